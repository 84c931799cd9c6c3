"""The accounts of services that are known."""

from __future__ import annotations

from typing import Any

import pytest

from sym.audit.events import Actor
from sym.store.identities import Identity, save_identity
from sym.store.resources import save
from tests.runtime.api.conftest import World, assert_error

BOUNDARY = "https://b.example/x?y#z"


def declared(api: World, name: str, **more: Any) -> None:
    """An integration of Okta, in the account acme.okta.com."""
    document = {"type": "okta", "name": name, "external_id": "acme.okta.com", "settings": {}, **more}
    with api.store.transaction() as conn:
        save(conn, "integration", document, actor=Actor.SYSTEM, now=api.now)


def known(api: World, whose: str, service: str, account: str) -> None:
    """An identity."""
    identity = Identity(user_id=api.users[whose].id, service=service, service_id=account, external_user_id=f"{whose}1")
    with api.store.transaction() as conn:
        save_identity(conn, identity, api.now)


def test_they_come_from_integrations_identities_and_labels(api: World) -> None:
    declared(api, "main", label="Acme")
    declared(api, "second")
    known(api, "ann", "okta", "acme.okta.com")
    known(api, "bob", "okta", "acme.okta.com")
    known(api, "ann", "boundary", BOUNDARY)
    found = api.get("/services", name="root").json()
    assert found == {"services": [
        {"service_type": "boundary", "external_id": BOUNDARY, "label": "", "integrations": [], "identities": 1},
        {"service_type": "okta", "external_id": "acme.okta.com", "label": "Acme", "integrations": ["main", "second"],
         "identities": 2},
    ], "next_cursor": None}  # fmt: skip
    assert api.get("/services?service_type=boundary", name="root").json()["services"] == found["services"][:1]
    first = api.get("/services?limit=1", name="root").json()
    assert first["services"] == found["services"][:1]
    rest = api.get(f"/services?cursor={first['next_cursor']}", name="root").json()
    assert (rest["services"], rest["next_cursor"]) == (found["services"][1:], None)


@pytest.mark.parametrize("name", ["ann", "eve", "ci"])
def test_they_are_for_admins(api: World, name: str) -> None:
    known(api, "ann", "okta", "acme.okta.com")
    token = api.token(name)
    for method, path, body in (
        ("GET", "/services", None), ("PATCH", "/services/okta/acme.okta.com", {"label": "x"}),
        ("DELETE", "/services/okta/acme.okta.com", None), ("DELETE", "/services/okta/nothing", None),
        ("GET", "/organization", None),
    ):  # fmt: skip
        answer = api.call(method, f"/api/v1{path}", token=token, json=body)
        assert_error(answer, 403, "Auth:FORBIDDEN")
    (left,) = api.get("/services", name="root").json()["services"]
    assert (left["label"], left["identities"]) == ("", 1)
