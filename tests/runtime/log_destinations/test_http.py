from __future__ import annotations

from sym.log_destinations import http
from tests.shelf_settings import optional, required, secrets


def test_it_needs_an_address_and_no_integration() -> None:
    assert (http.integration, http.integration_optional) == (None, True)
    assert required(http.Settings) == {"url"}


def test_what_is_its_own_is_optional_and_secret() -> None:
    assert optional(http.Settings) == secrets(http.Settings) == {"authorization_secret", "signing_secret"}
    assert "this project's own" in str(http.__doc__)
