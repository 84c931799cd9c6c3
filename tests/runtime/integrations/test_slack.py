from __future__ import annotations

from sym.integrations import slack
from tests.shelf_settings import optional, required


def test_the_account_is_a_workspace_and_there_are_no_settings() -> None:
    assert "workspace" in slack.external_id
    assert required(slack.Settings) | optional(slack.Settings) == set()
