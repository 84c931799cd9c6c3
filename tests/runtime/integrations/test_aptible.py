from __future__ import annotations

from sym.integrations import aptible
from tests.shelf_settings import optional, required, secrets


def test_it_logs_in_with_a_name_and_a_password_that_are_both_secrets() -> None:
    assert "UUID" in aptible.external_id
    assert required(aptible.Settings) == secrets(aptible.Settings) == {"username_secret", "password_secret"}
    assert optional(aptible.Settings) == set()
