"""Changing people."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from sym.audit.events import Actor
from sym.store.audit import entries
from sym.store.erasure import erase_person
from sym.store.tokens import get_token
from tests.runtime.api.conftest import World, assert_error


def patch(api: World, whom: str, body: dict[str, Any], name: str = "root") -> requests.Response:
    return api.call("PATCH", f"/api/v1/users/{api.users[whom].id}", token=api.token(name), json=body)


def written(api: World) -> list[str]:
    with api.store.reading() as conn:
        return [entry["name"] for entry in entries(conn) if entry["name"] != "token.issued"]


def test_role_and_name_are_changed_and_recorded(api: World) -> None:
    before = written(api)
    changed = patch(api, "ann", {"role": "admin", "first_name": "Ann", "last_name": "Ash"}).json()
    assert (changed["role"], changed["name"]) == ("admin", "Ann Ash")
    assert written(api) == [*before, "user.renamed", "user.role_changed"]
    assert patch(api, "ann", {"first_name": None}).json()["name"] == "Ash"
    assert patch(api, "ann", {"role": "admin", "last_name": "Ash"}).json()["name"] == "Ash"
    assert len(written(api)) == len(before) + 3


def test_an_account_is_closed_and_opened_again_and_its_tokens_stay_invalid(api: World) -> None:
    before, row, token = written(api), api.row("ann"), api.token("ann")
    closed = patch(api, "ann", {"deactivated": True}).json()
    assert (closed["state"], closed["deactivated_at"]) == ("deactivated", "2026-03-14 15:09:26.535897+00:00")
    assert written(api) == [*before, "user.deactivated", "token.revoked", "token.revoked", "user.offboarded"]
    assert patch(api, "ann", {"deactivated": True}).json() == closed
    assert patch(api, "ann", {"deactivated": False}).json()["state"] == "active"
    assert written(api)[-1] == "user.reactivated"
    assert_error(api.call("GET", "/api/v1/users/me", token=token), 401, "Auth:INVALID_TOKEN")
    with api.store.reading() as conn:
        known = get_token(conn, row.jti)
    assert known is not None
    assert known.revoked_at == api.now


@pytest.mark.parametrize("body", [{"role": "member"}, {"role": "guest"}, {"deactivated": True}])
def test_the_last_admin_stays(api: World, body: dict[str, Any]) -> None:
    """A bot that is an admin does not count."""
    message = assert_error(patch(api, "root", body, "terraform"), 409, "UserAPI:LAST_ADMIN")
    assert message == "root@acme.example is the last admin. Make somebody else an admin first."
    patch(api, "ann", {"role": "admin"})
    assert patch(api, "root", body, "terraform").status_code == 200


def test_a_deactivated_admin_does_not_count(api: World) -> None:
    patch(api, "ann", {"role": "admin"})
    patch(api, "ann", {"deactivated": True})
    assert_error(patch(api, "root", {"role": "member"}), 409, "UserAPI:LAST_ADMIN")


def test_a_refused_change_changes_nothing(api: World) -> None:
    before = written(api)
    assert_error(patch(api, "root", {"first_name": "Rita", "role": "guest"}), 409, "UserAPI:LAST_ADMIN")
    assert api.get(f"/users/{api.users['root'].id}", name="root").json()["name"] == ""
    assert written(api) == before


@pytest.mark.parametrize(
    ("body", "field"),
    [({"role": "requester"}, "role"), ({"role": None}, "role"), ({"deactivated": None}, "role"),
     ({"email": "x@y"}, "email"), ({"deactivated": "yes"}, "deactivated")],
)  # fmt: skip
def test_what_cannot_be_changed_is_refused(api: World, body: dict[str, Any], field: str) -> None:
    assert_error(patch(api, "ann", body), 400, "API:INVALID_REQUEST", field)


def test_bots_are_changed_elsewhere(api: World) -> None:
    assert_error(patch(api, "ci", {"role": "admin"}), 404, "UserAPI:NOT_FOUND")


def test_of_the_erased_nothing_can_be_changed(api: World) -> None:
    with api.store.transaction() as conn:
        erase_person(conn, api.users["bob"], actor=Actor.SYSTEM, now=api.now)
    for body in ({"deactivated": False}, {"role": "admin"}, {"first_name": "Bob"}):
        assert_error(patch(api, "bob", body), 409, "UserAPI:ERASED")


@pytest.mark.parametrize("name", ["ann", "eve", "ci"])
def test_nobody_changes_themselves_or_others(api: World, name: str) -> None:
    for whom in (name, "root"):
        assert_error(patch(api, whom, {"role": "admin"}, name), 403, "Auth:FORBIDDEN")
