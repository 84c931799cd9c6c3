"""Listing people."""

from __future__ import annotations

import pytest

from sym.audit.events import Actor
from sym.store.audit import entries
from sym.store.identities import Identity, save_identity
from sym.store.users import deactivate
from tests.runtime.api.conftest import World, assert_error


def listed(api: World, query: str = "") -> list[str]:
    return [one["username"].partition("@")[0] for one in api.get(f"/users{query}", name="root").json()["users"]]


def test_admins_see_people_and_no_bots(api: World) -> None:
    answer = api.get("/users", name="terraform").json()
    assert [one["username"] for one in answer["users"]] == [
        "ann@acme.example", "bob@acme.example", "eve@acme.example", "root@acme.example",
    ]  # fmt: skip
    assert answer["next_cursor"] is None


def test_a_person_is_shown_with_their_identities(api: World) -> None:
    ann = api.users["ann"]
    with api.store.transaction() as conn:
        okta = Identity(user_id=ann.id, service="okta", service_id="acme.okta.com", external_user_id="00u")
        save_identity(conn, okta, api.now)
    assert api.get("/users?email=ANN@acme.example", name="root").json()["users"] == [{
        "id": ann.id, "srn": f"acme:user:normal:{ann.id}:latest", "username": "ann@acme.example",
        "email": "ann@acme.example", "type": "normal", "role": "member", "first_name": None, "last_name": None,
        "name": "", "state": "active", "created_at": "2026-03-14 15:09:26.535897+00:00", "deactivated_at": None,
        "identities": [{"service_type": "okta", "external_id": "acme.okta.com", "user_id": "00u"}],
    }]  # fmt: skip


def test_filters_narrow_the_list(api: World) -> None:
    with api.store.transaction() as conn:
        deactivate(conn, api.users["bob"].id, actor=Actor.SYSTEM, now=api.now)
    assert listed(api, "?role=guest") == ["eve"]
    assert listed(api, "?state=deactivated") == ["bob"]
    assert listed(api, "?state=active&role=member") == ["ann"]
    assert listed(api, "?email=nobody@acme.example") == []


def test_pages_together_are_the_list(api: World) -> None:
    seen, cursor = [], ""
    while True:
        answer = api.get(f"/users?limit=1{cursor}", name="root").json()
        seen += answer["users"]
        if answer["next_cursor"] is None:
            break
        cursor = f"&cursor={answer['next_cursor']}"
    assert [one["username"].partition("@")[0] for one in seen] == ["ann", "bob", "eve", "root"]


@pytest.mark.parametrize("query", ["?role=requester", "?state=open", "?limit=0", "?limit=501", "?cursor=x"])
def test_a_bad_query_is_refused(api: World, query: str) -> None:
    field = query[1:].partition("=")[0]
    assert_error(api.get(f"/users{query}", name="root"), 400, "API:INVALID_REQUEST", field)


@pytest.mark.parametrize("name", ["ann", "eve", "ci"])
def test_nobody_else_sees_people_and_the_attempt_is_on_record(api: World, name: str) -> None:
    assert_error(api.get("/users?email=ann@acme.example&cursor=x", name=name), 403, "Auth:FORBIDDEN")
    with api.store.reading() as conn:
        assert entries(conn)[-1]["fields"]["action"].endswith("/users")
    assert_error(api.call("GET", "/api/v1/users"), 401, "Auth:INVALID_TOKEN")
