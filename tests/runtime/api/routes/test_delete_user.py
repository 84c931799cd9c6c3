"""Closing accounts."""

from __future__ import annotations

import requests

from sym.store.audit import entries
from tests.runtime.api.conftest import World, assert_error


def delete(api: World, whom: str, name: str = "root") -> requests.Response:
    return api.call("DELETE", f"/api/v1/users/{api.users[whom].id}", token=api.token(name))


def test_a_deleted_person_can_do_nothing_and_stays_on_record(api: World) -> None:
    token = api.token("ann")
    assert delete(api, "ann").json()["state"] == "deactivated"
    assert_error(api.call("GET", "/api/v1/runs", token=token), 401, "Auth:INVALID_TOKEN")
    assert delete(api, "ann").json()["state"] == "deactivated"
    with api.store.reading() as conn:
        names = [entry["name"] for entry in entries(conn)]
    assert names.count("user.deactivated") == 1


def test_the_last_admin_is_not_deleted(api: World) -> None:
    assert_error(delete(api, "root"), 409, "UserAPI:LAST_ADMIN")


def test_only_admins_delete_and_only_people(api: World) -> None:
    assert_error(delete(api, "bob", "ann"), 403, "Auth:FORBIDDEN")
    assert_error(delete(api, "ann", "ann"), 403, "Auth:FORBIDDEN")
    assert_error(delete(api, "ci"), 404, "UserAPI:NOT_FOUND")
