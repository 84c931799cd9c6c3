"""Giving people accounts."""

from __future__ import annotations

from typing import Any

import pytest

from sym.store.audit import entries
from sym.store.users import find_user
from tests.runtime.api.conftest import World, assert_error

OKTA = {"service_type": "okta", "external_id": "acme.okta.com", "user_id": "00u1"}


def test_a_person_is_created_with_who_they_are(api: World) -> None:
    body = {"email": "Zoe@Acme.example", "role": "guest", "first_name": " Zoe ", "identities": [OKTA]}
    made = api.post("/users", body, name="root").json()
    assert (made["email"], made["username"], made["role"], made["name"]) == (
        "zoe@acme.example", "zoe@acme.example", "guest", "Zoe",
    )  # fmt: skip
    assert made["identities"] == [OKTA]
    with api.store.reading() as conn:
        written = entries(conn)[-2:]
        assert find_user(conn, email="zoe@acme.example")
    assert [entry["name"] for entry in written] == ["user.created", "identity.saved"]
    assert {entry["actor"]["user"] for entry in written} == {f"acme:user:normal:{api.users['root'].id}:latest"}


def test_a_role_is_member_unless_it_is_said(api: World) -> None:
    assert api.post("/users", {"email": "zoe@acme.example"}, name="root").json()["role"] == "member"


def test_a_taken_address_is_a_conflict(api: World) -> None:
    assert_error(api.post("/users", {"email": "ANN@acme.example"}, name="root"), 409, "API:CONFLICT", "username")


def test_a_taken_identity_leaves_nothing_behind(api: World) -> None:
    api.post("/users", {"email": "zoe@acme.example", "identities": [OKTA]}, name="root")
    response = api.post("/users", {"email": "yan@acme.example", "identities": [OKTA]}, name="root")
    assert "zoe@acme.example" in assert_error(response, 409, "IdentityAPI:TAKEN", "user_id")
    with api.store.reading() as conn:
        assert find_user(conn, email="yan@acme.example") is None


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"email": "nowhere"}, "UserAPI:INVALID_EMAIL", "email"),
        ({"email": "a b@c"}, "UserAPI:INVALID_EMAIL", "email"),
        ({"email": "a\u202eb@c"}, "UserAPI:INVALID_EMAIL", "email"),
        ({"role": "requester"}, "API:INVALID_REQUEST", "role"),
        ({"first_name": "a\u202eb"}, "UserAPI:INVALID_NAME", "first_name"),
        ({"type": "bot"}, "API:INVALID_REQUEST", "type"),
        ({"identities": [{**OKTA, "service_type": "oktaa"}]}, "IdentityAPI:UNKNOWN_TYPE", "service_type"),
        ({"identities": [{**OKTA, "user_id": " 00u1"}]}, "IdentityAPI:INVALID", "user_id"),
        ({"identities": [{**OKTA, "service_type": "sym", "external_id": "cloud"}]}, "IdentityAPI:OWN", "service_type"),
    ],
)
def test_bad_values_are_refused(api: World, change: dict[str, Any], code: str, field: str) -> None:
    assert_error(api.post("/users", {"email": "zoe@acme.example", **change}, name="root"), 400, code, field)
    with api.store.reading() as conn:
        assert find_user(conn, email="zoe@acme.example") is None


@pytest.mark.parametrize("name", ["ann", "eve", "ci"])
def test_nobody_else_creates_people(api: World, name: str) -> None:
    for body in ({"email": "zoe@acme.example"}, {"email": "ann@acme.example"}, {"nonsense": 1}):
        assert_error(api.post("/users", body, name=name), 403, "Auth:FORBIDDEN")
