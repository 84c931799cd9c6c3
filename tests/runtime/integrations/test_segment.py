from __future__ import annotations

from sym.integrations import segment
from tests.shelf_settings import optional, required, secrets


def test_the_write_key_may_go_by_either_of_the_names_it_was_documented_under() -> None:
    assert "workspace" in segment.external_id
    assert segment.Settings.one_of == (("write_key_secret", "api_token_secret"),)
    assert required(segment.Settings) == set()
    assert optional(segment.Settings) == secrets(segment.Settings) == {"write_key_secret", "api_token_secret"}
