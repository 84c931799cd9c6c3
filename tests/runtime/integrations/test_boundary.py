from __future__ import annotations

from sym.integrations import boundary
from tests.shelf_settings import optional, required, secrets


def test_it_logs_in_with_a_password_account_and_requires_none_of_its_own_names() -> None:
    assert "address" in boundary.external_id
    assert required(boundary.Settings) == set()
    assert optional(boundary.Settings) == {"auth_method_id", "login_name", "login_name_secret", "password_secret"}
    assert secrets(boundary.Settings) == {"login_name_secret", "password_secret"}
    assert "this\nproject's own" in str(boundary.__doc__)
