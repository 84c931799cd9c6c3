"""``DELETE /login``."""

from __future__ import annotations

from dataclasses import replace

from sym.api.auth import issue
from sym.audit.events import Actor
from sym.store.audit import entries
from sym.store.tokens import insert_token
from tests.runtime.api.conftest import World, assert_error


def logged_in(api: World, name: str) -> tuple[str, str]:
    """A token as a login gives it, and its id."""
    row = replace(api.row(name), jti="0d6b3f0a-7f51-4a3c-8a2b-5f5d4f6b1c11", label="login", binding={"sub": "u"})
    with api.store.transaction() as conn:
        insert_token(conn, row, actor=Actor.SYSTEM)
    return issue(api.keys, row, api.users[name], "acme"), row.jti


def test_logging_out_revokes_the_token(api: World) -> None:
    token, jti = logged_in(api, "ann")
    assert api.call("GET", "/api/v1/version", token=token).status_code == 200
    assert api.call("DELETE", "/api/v1/login", token=token).json() == {"token_id": jti}
    assert api.call("GET", "/api/v1/version", token=token).status_code == 401
    assert_error(api.call("DELETE", "/api/v1/login", token=token), 401, "Auth:INVALID_TOKEN")
    with api.store.reading() as conn:
        (entry,) = entries(conn, name="token.revoked")
    assert api.users["ann"].id in entry["actor"]["user"]


def test_a_token_that_was_issued_by_hand_does_not_revoke_itself(api: World) -> None:
    token = api.token("ci")
    assert_error(api.call("DELETE", "/api/v1/login", token=token), 403, "LoginAPI:NOT_A_LOGIN")
    assert api.call("GET", "/api/v1/version", token=token).status_code == 200
    assert_error(api.call("DELETE", "/api/v1/login"), 401, "Auth:INVALID_TOKEN")
