from __future__ import annotations

from sym.integrations import onelogin
from tests.shelf_settings import optional, required, secrets


def test_of_its_credential_pair_only_the_second_part_is_a_secret() -> None:
    assert "domain" in onelogin.external_id
    assert required(onelogin.Settings) == {"client_id", "client_secret"}
    assert secrets(onelogin.Settings) == {"client_secret"}
    assert optional(onelogin.Settings) == set()
