from __future__ import annotations

from sym.integrations import okta
from tests.shelf_settings import optional, required, secrets


def test_the_account_is_an_okta_domain() -> None:
    assert "domain" in okta.external_id


def test_an_api_token_is_all_it_needs_and_is_kept_as_a_secret() -> None:
    assert required(okta.Settings) == secrets(okta.Settings) == {"api_token_secret"}
    assert optional(okta.Settings) == set()
