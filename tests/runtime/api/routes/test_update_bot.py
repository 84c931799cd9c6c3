"""Roles of bots, and bots that come back."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from sym.store.audit import entries
from tests.runtime.api.conftest import World, assert_error


def patch(api: World, body: dict[str, Any], name: str = "ci") -> requests.Response:
    return api.call("PATCH", f"/api/v1/bots/{name}", token=api.token("root"), json=body)


def test_a_bot_gets_another_role(api: World) -> None:
    assert patch(api, {"role": "member"}).json()["role"] == "member"
    assert patch(api, {}).json()["role"] == "member"
    with api.store.reading() as conn:
        (changed,) = entries(conn, name="user.role_changed")
    assert changed["fields"]["user"]["previous_role"] == "requester"


def test_a_deleted_bot_comes_back_without_its_tokens(api: World) -> None:
    old = api.token("ci")
    api.call("DELETE", "/api/v1/bots/ci", token=api.token("root"))
    assert_error(patch(api, {"role": "member"}), 409, "API:CONFLICT")
    back = patch(api, {"state": "active", "role": "member"}).json()
    assert (back["state"], back["role"], back["tokens"], back["deactivated_at"]) == ("active", "member", 0, None)
    assert_error(api.call("GET", "/api/v1/runs", token=old), 401, "Auth:INVALID_TOKEN")
    with api.store.reading() as conn:
        assert len(entries(conn, name="user.reactivated")) == 1
    assert patch(api, {"state": "active"}).status_code == 200
    with api.store.reading() as conn:
        assert len(entries(conn, name="user.reactivated")) == 1


def test_what_is_not_there_cannot_change(api: World) -> None:
    assert_error(patch(api, {"role": "admin"}, "ann@acme.example"), 404, "BotAPI:NOT_FOUND")


@pytest.mark.parametrize(("body", "field"), [({"role": "guest"}, "role"), ({"state": "deactivated"}, "state"),
                                             ({"username": "x"}, "username")])  # fmt: skip
def test_a_wrong_body_is_a_400_that_names_it(api: World, body: dict[str, str], field: str) -> None:
    assert_error(patch(api, body), 400, "API:INVALID_REQUEST", field)
