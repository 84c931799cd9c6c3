from __future__ import annotations

from sym.log_destinations import datadog
from tests.shelf_settings import optional, required, secrets


def test_it_needs_no_integration_and_requires_none_of_its_own_names() -> None:
    assert (datadog.integration, datadog.integration_optional) == (None, True)
    assert required(datadog.Settings) == set()
    assert optional(datadog.Settings) == {"api_key_secret", "site", "service", "tags"}
    assert secrets(datadog.Settings) == {"api_key_secret"}
    assert "this project's own" in str(datadog.__doc__)
