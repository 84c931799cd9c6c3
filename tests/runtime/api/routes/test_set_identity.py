"""Saying who people are elsewhere."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from sym.store.audit import entries
from tests.runtime.api.conftest import World, assert_error

OKTA = {"service_type": "okta", "external_id": "acme.okta.com", "user_id": "00u1"}


def put(api: World, whom: str, body: dict[str, Any], name: str = "root") -> requests.Response:
    return api.call("PUT", f"/api/v1/users/{api.users[whom].id}/identities", token=api.token(name), json=body)


def test_an_identity_is_set_and_replaced(api: World) -> None:
    assert put(api, "ann", OKTA).json() == {"identities": [OKTA]}
    slack = {"service_type": "slack", "external_id": "T1", "user_id": "U1"}
    put(api, "ann", slack)
    new = {**OKTA, "user_id": "00u2"}
    assert put(api, "ann", new).json() == {"identities": [new, slack]}
    with api.store.reading() as conn:
        saved = entries(conn, name="identity.saved")
    assert [entry["fields"]["identity"]["external_user_id"] for entry in saved] == ["00u1", "U1", "00u2"]


def test_an_identity_is_one_users(api: World) -> None:
    put(api, "ann", OKTA)
    message = assert_error(put(api, "bob", OKTA), 409, "IdentityAPI:TAKEN", "user_id")
    assert "ann@acme.example" in message
    assert put(api, "bob", {**OKTA, "external_id": "other.okta.com"}).status_code == 200
    assert put(api, "ann", OKTA).status_code == 200


def test_whoever_is_no_admin_learns_nothing_of_others_identities(api: World) -> None:
    put(api, "ann", OKTA)
    taken, free = put(api, "bob", OKTA, "bob"), put(api, "bob", {**OKTA, "user_id": "00u9"}, "bob")
    assert_error(taken, 403, "Auth:FORBIDDEN")
    assert taken.text == free.text


@pytest.mark.parametrize("kind", ["custom", "aws_sso", "slack"])
def test_every_type_of_integration_will_do(api: World, kind: str) -> None:
    arn = "arn:aws:sso:::instance/ssoins-7"
    assert put(api, "ann", {**OKTA, "service_type": kind, "external_id": arn}).status_code == 200


def test_types_nobody_knows_are_refused_with_those_there_are(api: World) -> None:
    message = assert_error(put(api, "ann", {**OKTA, "service_type": "slakc"}), 400, "IdentityAPI:UNKNOWN_TYPE",
                           "service_type")  # fmt: skip
    assert "slack" in message
