from __future__ import annotations

from sym.integrations import pagerduty
from tests.shelf_settings import optional, required, secrets


def test_the_account_is_a_pagerduty_domain() -> None:
    assert "domain" in pagerduty.external_id


def test_an_api_token_is_all_it_needs_and_is_kept_as_a_secret() -> None:
    assert required(pagerduty.Settings) == secrets(pagerduty.Settings) == {"api_token_secret"}
    assert optional(pagerduty.Settings) == set()
