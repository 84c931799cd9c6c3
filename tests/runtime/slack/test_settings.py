"""What has to be set together, and what is refused."""

from __future__ import annotations

import pytest

from sym import config
from sym.errors import Invalid
from sym.slack.settings import API_URL, slack_settings

BOT = {"SYM_SLACK_BOT_TOKEN": "xoxb-hunter2"}
SIGNING = {"SYM_SLACK_SIGNING_SECRET": "hunter2hunter2"}
APP = {"SYM_SLACK_APP_TOKEN": "xapp-hunter2"}
CLIENT = {"SYM_SLACK_CLIENT_ID": "123.456", "SYM_SLACK_CLIENT_SECRET": "hunter2hunter2"}
URL = "SYM_SLACK_API_URL"


def test_nothing_set_is_no_slack() -> None:
    assert slack_settings({}) is None
    assert slack_settings({"SYM_SLACK_BOT_TOKEN": "", "SYM_JWT": "x"}) is None
    assert config.load({}).slack is None


@pytest.mark.parametrize("given", [BOT | SIGNING, BOT | APP, BOT | SIGNING | APP, CLIENT | SIGNING,
                                   BOT | CLIENT | SIGNING | APP])  # fmt: skip
def test_what_is_enough(given: dict[str, str]) -> None:
    found = slack_settings(given)
    assert found is not None
    assert (found.api_url, found.command) == (API_URL, "/sym")
    assert found.bot_token == given.get("SYM_SLACK_BOT_TOKEN")
    assert found.signing_secret == given.get("SYM_SLACK_SIGNING_SECRET")
    assert found.app_token == given.get("SYM_SLACK_APP_TOKEN")
    assert found.client_id == given.get("SYM_SLACK_CLIENT_ID")
    assert found.client_secret == given.get("SYM_SLACK_CLIENT_SECRET")


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (BOT, "SYM_SLACK_SIGNING_SECRET"),
        (CLIENT, "SYM_SLACK_SIGNING_SECRET"),
        (SIGNING, "SYM_SLACK_BOT_TOKEN"),
        (APP, "SYM_SLACK_BOT_TOKEN"),
        (APP | SIGNING, "SYM_SLACK_BOT_TOKEN"),
        (APP | CLIENT, "SYM_SLACK_BOT_TOKEN"),
        ({URL: "https://slack.example/api/"}, "SYM_SLACK_BOT_TOKEN"),
        (BOT | SIGNING | {"SYM_SLACK_CLIENT_ID": "1.2"}, "SYM_SLACK_CLIENT_SECRET"),
        (BOT | SIGNING | {"SYM_SLACK_CLIENT_SECRET": "hunter2hunter2"}, "SYM_SLACK_CLIENT_ID"),
        (SIGNING | {"SYM_SLACK_BOT_TOKEN": "xoxp-hunter2"}, "SYM_SLACK_BOT_TOKEN"),
        (SIGNING | {"SYM_SLACK_BOT_TOKEN": "xoxb-hunter2 and"}, "SYM_SLACK_BOT_TOKEN"),
        (BOT | {"SYM_SLACK_APP_TOKEN": "xoxb-hunter2"}, "SYM_SLACK_APP_TOKEN"),
        (BOT | {"SYM_SLACK_SIGNING_SECRET": "short"}, "SYM_SLACK_SIGNING_SECRET"),
        (BOT | SIGNING | {URL: "slack.com/api"}, URL),
        (BOT | SIGNING | {URL: "https://u:hunter2@slack.com/api/"}, URL),
        (BOT | SIGNING | {URL: "https://[hunter2/api/"}, URL),
        (BOT | SIGNING | {URL: "http://slack.com/api/"}, URL),
    ],
)
def test_half_a_set_up_is_refused_by_what_is_missing_and_repeats_no_secret(given: dict[str, str], named: str) -> None:
    with pytest.raises(Invalid, match=f"^{named}: ") as refused:
        config.load(given)
    assert (refused.value.path, refused.value.code) == (named, "Config:INVALID")
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("https://slack.com/api", "https://slack.com/api/"),
        ("https://slack-gov.com/api/", "https://slack-gov.com/api/"),
        ("http://127.0.0.1:8099/api/", "http://127.0.0.1:8099/api/"),
        ("http://localhost:8099/api", "http://localhost:8099/api/"),
    ],
)
def test_the_address_ends_with_a_slash_and_is_in_the_clear_only_on_this_machine(given: str, used: str) -> None:
    found = slack_settings(BOT | SIGNING | {URL: given})
    assert found is not None
    assert found.api_url == used


def test_the_settings_can_be_logged() -> None:
    loaded = config.load(BOT | SIGNING | APP | CLIENT)
    assert "hunter2" not in repr(loaded)
    assert loaded.slack is not None
    assert len(loaded.slack.secrets) == 4
