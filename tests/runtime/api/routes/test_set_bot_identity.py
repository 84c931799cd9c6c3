"""Who bots are in services."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from sym.audit.events import Actor
from sym.store.audit import entries
from sym.store.identities import Identity, save_identity
from tests.runtime.api.conftest import World, assert_error

OKTA = {"service_type": "okta", "external_id": "acme.okta.com", "user_id": "00u1"}
URL = {"service_type": "boundary", "external_id": "https://b.example/x?y", "user_id": "u_1"}


def put(api: World, body: dict[str, Any], bot: str = "ci") -> requests.Response:
    return api.call("PUT", f"/api/v1/bots/{bot}/identities", token=api.token("root"), json=body)


def test_a_bot_has_one_identity_in_each_account(api: World) -> None:
    assert put(api, OKTA).json() == {"identities": [OKTA]}
    assert put(api, URL).json() == {"identities": [URL, OKTA]}
    assert put(api, {**OKTA, "user_id": "00u2"}).json()["identities"][1]["user_id"] == "00u2"
    with api.store.reading() as conn:
        saved = entries(conn, name="identity.saved")
    assert [entry["actor"]["username"] for entry in saved] == ["root@acme.example"] * 3


def test_two_cannot_be_the_same(api: World) -> None:
    theirs = Identity(user_id=api.users["ann"].id, service="okta", service_id="acme.okta.com", external_user_id="00u1")
    with api.store.transaction() as conn:
        save_identity(conn, theirs, api.now, actor=Actor.SYSTEM)
    said = assert_error(put(api, OKTA), 409, "IdentityAPI:TAKEN", "user_id")
    assert "ann@acme.example" in said  # an admin needs to know whom to take it from
    for name in ("ann", "ci"):
        refused = api.call("PUT", "/api/v1/bots/ci/identities", token=api.token(name), json=OKTA)
        assert "ann@" not in assert_error(refused, 403, "Auth:FORBIDDEN")
    assert put(api, {**OKTA, "external_id": "other.okta.com"}).status_code == 200


def test_a_deleted_bot_gets_none(api: World) -> None:
    api.call("DELETE", "/api/v1/bots/ci", token=api.token("root"))
    assert_error(put(api, OKTA), 409, "API:CONFLICT")
    assert_error(put(api, OKTA, "nothing"), 404, "BotAPI:NOT_FOUND")


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [({"service_type": "sym"}, "service_type", "IdentityAPI:UNKNOWN_TYPE"),
     ({"service_type": "Okta!"}, "service_type", "IdentityAPI:UNKNOWN_TYPE"),
     ({"service_type": "sym", "external_id": "cloud"}, "service_type", "IdentityAPI:OWN"),
     ({"user_id": ""}, "user_id", "API:INVALID_REQUEST"), ({"user_id": " a"}, "user_id", "IdentityAPI:INVALID"),
     ({"user_id": "a\nb"}, "user_id", "IdentityAPI:INVALID"),
     ({"external_id": " "}, "external_id", "IdentityAPI:INVALID"), ({"x": 1}, "x", "API:INVALID_REQUEST")],
)  # fmt: skip
def test_what_is_no_identity_is_refused(api: World, change: dict[str, Any], field: str, code: str) -> None:
    assert_error(put(api, {**OKTA, **change}), 400, code, field)
