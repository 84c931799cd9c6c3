"""The keys of receipts, for everybody."""

from __future__ import annotations

import json
from datetime import timedelta

from sym.engine.audit_keys import read_public_keys
from tests.runtime.api.conftest import World


def test_anybody_may_have_the_keys_and_keep_them_for_a_while(api: World) -> None:
    for token in (None, "no.good.token", api.token("eve")):
        response = api.call("GET", "/api/v1/jwks.json", token=token)
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "public, max-age=300"
        assert response.headers["Content-Type"] == "application/json"
        (key,) = response.json()["keys"]
        assert set(key) == {"kty", "crv", "use", "alg", "kid", "x"}
        assert key["kid"] == api.keys.signing_key("receipt").key_id


def test_keys_of_tokens_and_of_the_log_are_not_among_them(api: World) -> None:
    listed = read_public_keys(json.dumps(api.call("GET", "/api/v1/jwks.json").json()))
    assert listed == api.keys.public_keys("receipt")
    assert not listed.keys() & {*api.keys.public_keys("token"), *api.keys.public_keys("audit")}


def test_a_key_that_was_rotated_out_still_verifies(api: World) -> None:
    old = api.keys.signing_key("receipt").key_id
    new = api.keys.add("receipt", api.now + timedelta(seconds=1))
    assert {key["kid"] for key in api.call("GET", "/api/v1/jwks.json").json()["keys"]} == {old, new}


def test_without_a_key_there_are_none(api: World) -> None:
    next(api.keys.path.glob("receipt-*")).unlink()
    assert api.call("GET", "/api/v1/jwks.json").json() == {"keys": []}


def test_keys_that_cannot_be_read_are_a_503_that_tells_nothing(api: World) -> None:
    next(api.keys.path.glob("receipt-*")).chmod(0o644)
    response = api.call("GET", "/api/v1/jwks.json")
    assert response.status_code == 503
    assert str(api.keys.path) not in response.text
