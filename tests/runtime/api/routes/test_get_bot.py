"""One bot."""

from __future__ import annotations

from tests.runtime.api.conftest import World, assert_error


def test_a_bot_is_found_by_its_name_in_any_letter_case(api: World) -> None:
    found = api.get("/bots/CI", name="root").json()
    assert (found["id"], found["username"]) == (api.users["ci"].id, "ci")


def test_people_are_no_bots(api: World) -> None:
    for name in ("ann@acme.example", "nothing", "a%00b", "%20"):
        assert_error(api.get(f"/bots/{name}", name="root"), 404, "BotAPI:NOT_FOUND")
