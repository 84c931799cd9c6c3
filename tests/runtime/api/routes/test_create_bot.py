"""New bots."""

from __future__ import annotations

import pytest

from sym.store.audit import entries
from tests.runtime.api.conftest import World, assert_error


def test_a_bot_is_a_requester_unless_said_otherwise(api: World) -> None:
    made = api.post("/bots", {"name": "Deployer"}, name="root").json()
    assert (made["username"], made["role"], made["tokens"]) == ("deployer", "requester", 0)
    assert api.post("/bots", {"name": "tf2", "role": "admin"}, name="terraform").json()["role"] == "admin"
    with api.store.reading() as conn:
        created = entries(conn, name="bot.created")[-2:]
    assert [entry["actor"]["username"] for entry in created] == ["root@acme.example", "terraform"]


def test_a_name_is_taken_once(api: World) -> None:
    assert_error(api.post("/bots", {"name": "CI"}, name="root"), 409, "API:CONFLICT", "name")


def test_the_name_of_a_deleted_bot_stays_its_own(api: World) -> None:
    api.call("DELETE", "/api/v1/bots/ci", token=api.token("root"))
    said = assert_error(api.post("/bots", {"name": "ci"}, name="root"), 409, "API:CONFLICT", "name")
    assert "reactivate" in said


@pytest.mark.parametrize("name", ["a@b.example", "a b", "-", "ä", "", "x" * 64, "a\n", 7, None])
def test_a_name_can_be_no_address(api: World, name: object) -> None:
    assert_error(api.post("/bots", {"name": name}, name="root"), 400, "API:INVALID_REQUEST", "name")


@pytest.mark.parametrize(("body", "field"), [({}, "name"), ({"name": "x", "role": "guest"}, "role"),
                                             ({"name": "x", "email": "a@b"}, "email")])  # fmt: skip
def test_a_wrong_body_is_a_400_that_names_it(api: World, body: dict[str, str], field: str) -> None:
    assert_error(api.post("/bots", body, name="root"), 400, "API:INVALID_REQUEST", field)
