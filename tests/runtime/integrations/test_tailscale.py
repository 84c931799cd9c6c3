from __future__ import annotations

from sym.integrations import tailscale
from tests.shelf_settings import optional, required, secrets


def test_the_account_is_a_tailnet() -> None:
    assert "tailnet" in tailscale.external_id


def test_an_api_token_is_all_it_needs_and_is_kept_as_a_secret() -> None:
    assert required(tailscale.Settings) == secrets(tailscale.Settings) == {"api_token_secret"}
    assert optional(tailscale.Settings) == set()
