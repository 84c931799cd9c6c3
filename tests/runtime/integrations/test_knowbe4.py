from __future__ import annotations

from sym.integrations import knowbe4
from tests.shelf_settings import choices, optional, required, secrets


def test_the_account_is_a_domain() -> None:
    assert "domain" in knowbe4.external_id


def test_it_needs_a_token_and_one_of_five_regions() -> None:
    assert required(knowbe4.Settings) == {"api_token_secret", "region"}
    assert optional(knowbe4.Settings) == set()
    assert secrets(knowbe4.Settings) == {"api_token_secret"}
    assert choices(knowbe4.Settings, "region") == ("us", "eu", "ca", "uk", "de")
