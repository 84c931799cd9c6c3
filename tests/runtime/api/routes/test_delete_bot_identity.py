"""Identities of bots that are forgotten."""

from __future__ import annotations

import requests

from sym.store.audit import entries
from tests.runtime.api.conftest import World, assert_error
from tests.runtime.api.routes.test_set_bot_identity import OKTA, URL, put


def delete(api: World, **query: str) -> requests.Response:
    return api.call("DELETE", "/api/v1/bots/ci/identities", token=api.token("root"), params=query)


def test_only_the_one_that_is_meant_is_forgotten(api: World) -> None:
    put(api, OKTA)
    put(api, URL)
    assert delete(api, service_type="boundary", external_id=URL["external_id"]).json() == {"identities": [OKTA]}
    again = delete(api, service_type="boundary", external_id=URL["external_id"])
    assert_error(again, 404, "IdentityAPI:NOT_FOUND")
    with api.store.reading() as conn:
        (gone,) = entries(conn, name="identity.deleted")
    assert gone["fields"]["identity"]["service"] == "boundary"


def test_an_account_has_to_be_named(api: World) -> None:
    assert_error(delete(api, service_type="okta"), 400, "API:INVALID_REQUEST", "external_id")
    assert_error(delete(api, service_type="okta", external_id="a\0"), 400, "API:INVALID_REQUEST", "external_id")
    said = delete(api, service_type="okta", external_id="a", all="yes")
    assert_error(said, 400, "API:INVALID_REQUEST", "all")
