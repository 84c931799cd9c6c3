from __future__ import annotations

from sym.integrations import jira
from tests.shelf_settings import optional, required, secrets


def test_it_takes_the_token_of_a_user_and_requires_none_of_its_own_names() -> None:
    assert "domain" in jira.external_id
    assert required(jira.Settings) == set()
    assert optional(jira.Settings) == {"email", "api_token_secret"}
    assert secrets(jira.Settings) == {"api_token_secret"}
    assert "this project's own" in str(jira.__doc__)
