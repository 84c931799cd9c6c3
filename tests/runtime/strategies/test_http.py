from __future__ import annotations

from sym.strategies import http
from tests.shelf_settings import optional, required, secrets


def test_it_works_with_and_without_an_integration() -> None:
    assert http.integration is None
    assert http.integration_optional


def test_its_own_names_are_not_required_and_others_are_accepted() -> None:
    assert required(http.Settings) | required(http.targets["http"]) == set()
    assert optional(http.Settings) == {"url", "signing_secret"}
    assert secrets(http.Settings) == {"signing_secret"}
    assert http.Settings.takes_any_setting
    assert http.targets["http"].takes_any_setting
    assert "this project's own" in str(http.__doc__)
