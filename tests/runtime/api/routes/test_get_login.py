"""``GET /login``."""

from __future__ import annotations

from sym.oidc.settings import OidcSettings
from tests.runtime.api.conftest import World, assert_error


def test_the_terms_say_where_to_log_in(api: World) -> None:
    api.oidc.settings = OidcSettings(issuer="https://id.example.com", client_id="symflow")
    assert api.call("GET", "/api/v1/login").json() == {
        "org": "acme", "issuer": "https://id.example.com", "client_id": "symflow", "public_secret": None,
        "scopes": ["openid", "email", "profile", "offline_access"],
    }  # fmt: skip


def test_without_an_issuer_there_is_no_login(api: World) -> None:
    message = assert_error(api.call("GET", "/api/v1/login"), 404, "LoginAPI:NOT_CONFIGURED")
    assert "SYM_OIDC_ISSUER" in message
