from __future__ import annotations

import pytest

from sym.errors import Invalid
from sym.oidc.settings import oidc_settings

GIVEN = {"SYM_OIDC_ISSUER": "https://id.example.com", "SYM_OIDC_CLIENT_ID": "symflow"}


def test_nothing_set_is_no_login() -> None:
    assert oidc_settings({}) is None
    assert oidc_settings({"SYM_OIDC_ISSUER": " "}) is None


def test_an_issuer_and_a_client_are_enough() -> None:
    settings = oidc_settings(GIVEN)
    assert settings is not None
    assert (settings.issuer, settings.client_id, settings.roles) == ("https://id.example.com", "symflow", {})
    assert settings.scopes == ("openid", "email", "profile", "offline_access")
    assert (settings.groups_claim, settings.takes_all_emails) == ("groups", False)


def test_groups_have_roles() -> None:
    settings = oidc_settings({**GIVEN, "SYM_OIDC_ROLES": "platform=admin, a=b=member,everyone = guest,"})
    assert settings is not None
    assert settings.roles == {"platform": "admin", "a=b": "member", "everyone": "guest"}


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SYM_OIDC_ISSUER", "http://id.example.com"), ("SYM_OIDC_ISSUER", "https://u:p@id.example.com"),
        ("SYM_OIDC_ISSUER", "https://id.example.com/?x"), ("SYM_OIDC_ISSUER", "https://ID.example.com"),
        ("SYM_OIDC_ISSUER", "id.example.com"), ("SYM_OIDC_ISSUER", "https://id.example.com/#x"),
        ("SYM_OIDC_ROLES", "platform"), ("SYM_OIDC_ROLES", "platform=root"), ("SYM_OIDC_ROLES", "=admin"),
        ("SYM_OIDC_ROLES", "a=admin,a=member"), ("SYM_OIDC_ROLES", "a=requester"), ("SYM_OIDC_SCOPES", "profile"),
        ("SYM_OIDC_EMAILS", "yes"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(variable: str, value: str) -> None:
    with pytest.raises(Invalid) as caught:
        oidc_settings({**GIVEN, variable: value})
    assert caught.value.path == variable


@pytest.mark.parametrize("missing", sorted(GIVEN))
def test_one_without_the_other_is_no_login(missing: str) -> None:
    with pytest.raises(Invalid) as caught:
        oidc_settings({name: value for name, value in GIVEN.items() if name != missing})
    assert caught.value.path == missing


def test_the_secret_is_not_shown() -> None:
    assert "hunter2" not in repr(oidc_settings({**GIVEN, "SYM_OIDC_PUBLIC_SECRET": "hunter2"}))
