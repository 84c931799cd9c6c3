"""Tokens that are revoked."""

from __future__ import annotations

import pytest

from sym.api.auth import issue
from sym.store.audit import entries
from tests.runtime.api.conftest import World, assert_error


def test_a_revoked_token_is_refused_at_once(api: World) -> None:
    row = api.row("ci")
    token = issue(api.keys, row, api.users["ci"], "acme")
    assert api.call("GET", "/api/v1/runs", token=token).status_code == 200
    root = api.token("root")
    for _ in range(2):
        gone = api.call("DELETE", f"/api/v1/tokens/{row.jti.upper()}", token=root).json()
        assert (gone["jti"], gone["state"], gone["username"]) == (row.jti, "revoked", "ci")
    assert_error(api.call("GET", "/api/v1/runs", token=token), 401, "Auth:INVALID_TOKEN")
    with api.store.reading() as conn:
        (revoked,) = entries(conn, name="token.revoked")
    assert revoked["actor"]["username"] == "root@acme.example"


def test_one_can_revoke_the_token_one_uses(api: World) -> None:
    row = api.row("ann")
    token = issue(api.keys, row, api.users["ann"], "acme")
    assert api.call("DELETE", f"/api/v1/tokens/{row.jti}", token=token).json()["state"] == "revoked"
    assert_error(api.call("DELETE", f"/api/v1/tokens/{row.jti}", token=token), 401, "Auth:INVALID_TOKEN")


@pytest.mark.parametrize("name", ["bob", "eve", "ci"])
def test_nobody_revokes_another_ones(api: World, name: str) -> None:
    row, token = api.row("ann"), api.token(name)
    said = {
        assert_error(api.call("DELETE", f"/api/v1/tokens/{jti}", token=token), 403, "Auth:FORBIDDEN")
        for jti in (row.jti, "nothing")
    }
    assert len(said) == 1
    with api.store.reading() as conn:
        refused, revoked = entries(conn, name="action.refused"), entries(conn, name="token.revoked")
    assert (len(refused), revoked) == (2, [])
    assert row.jti not in str(refused)


def test_an_unknown_token_is_not_found(api: World) -> None:
    gone = api.call("DELETE", "/api/v1/tokens/nothing", token=api.token("root"))
    assert_error(gone, 404, "TokenAPI:NOT_FOUND")
