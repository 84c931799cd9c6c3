"""What a refusal of Slack's means for a message."""

from __future__ import annotations

import logging
from typing import Any
from urllib.error import URLError

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from sym.engine.outbound import Undeliverable, Unreachable
from sym.errors import Refused, Unavailable
from sym.slack.delivering_failures import PAUSE_SECONDS, code_of, understood

TOKEN = "xoxb-not-to-be-seen"


def refusal(error: str, status: int = 200, headers: dict[str, Any] | None = None, **more: Any) -> SlackApiError:
    response = SlackResponse(
        client=WebClient(token=TOKEN), http_verb="POST", api_url="http://127.0.0.1/api/chat.postMessage",
        req_args={"headers": {"Authorization": f"Bearer {TOKEN}"}}, data={"ok": False, "error": error, **more},
        headers=headers or {}, status_code=status,
    )  # fmt: skip
    return SlackApiError("The request failed", response)


def meaning(error: Exception) -> Undeliverable | Unreachable:
    with pytest.raises((Undeliverable, Unreachable)) as caught, understood("the channel #ops"):
        raise error
    assert TOKEN not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    found = caught.value
    assert isinstance(found, Undeliverable | Unreachable)
    return found


@pytest.mark.parametrize(
    ("error", "says"),
    [
        ("not_in_channel", "The app is not in the channel #ops: invite it there."),
        ("channel_not_found", "The channel #ops does not exist, or is private without the app in it"),
        ("is_archived", "The channel #ops is archived: unarchive it"),
        ("user_disabled", "deactivated"),
        ("restricted_action", "ask an owner"),
        ("cant_update_message", "another app's"),
    ],
)
def test_what_is_closed_or_unknown_is_not_tried_again_and_says_what_to_do(error: str, says: str) -> None:
    found = meaning(refusal(error))
    assert isinstance(found, Undeliverable)
    assert (says in str(found), found.code) == (True, error)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        ("invalid_auth", "install the app again"),
        ("token_revoked", "install the app again"),
        ("missing_scope", "lacks the scope channels:history: install it again"),
        ("internal_error", "Slack failed (internal_error)"),
        ("fatal_error", "Slack failed (fatal_error)"),
        ("something_new", "Slack failed (something_new)"),
    ],
)
def test_what_passes_or_can_be_put_right_is_tried_again(error: str, says: str) -> None:
    found = meaning(refusal(error, needed="channels:history"))
    assert isinstance(found, Unreachable)
    assert says in str(found)
    assert found.retry_after is None


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"retry-after": ["12"]}, 12.0),
        ({}, PAUSE_SECONDS),
        ({"Retry-After": "soon"}, 30.0),
    ],
)
def test_slack_says_how_long_to_wait(headers: dict[str, Any], seconds: float) -> None:
    found = meaning(refusal("ratelimited", 429, headers))
    assert isinstance(found, Unreachable)
    assert found.retry_after == seconds


@pytest.mark.parametrize(
    "error",
    [URLError("refused"), TimeoutError("slow"), ConnectionResetError(TOKEN), Unavailable("Slack does not answer.")],
)
def test_a_slack_that_does_not_answer_is_tried_again(error: Exception) -> None:
    assert isinstance(meaning(error), Unreachable)


def test_a_workspace_that_is_not_linked_is_not_tried_again() -> None:
    assert isinstance(meaning(Refused("The workspace T1 is not linked.", hint="Link it.")), Undeliverable)


def test_a_message_that_slack_takes_to_be_wrong_is_a_defect_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    messages = ["[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"]
    with caplog.at_level(logging.ERROR):
        found = meaning(refusal("invalid_blocks", response_metadata={"messages": messages}))
    assert isinstance(found, Undeliverable)
    assert "/blocks/0/text/text" in caplog.text


def test_an_answer_that_is_not_slacks_is_known_by_its_status() -> None:
    assert code_of(refusal("Received a response in a non-JSON format: <html>", 200)) == "http_200"
    assert code_of(refusal("whatever", 503)) == "http_503"
    assert isinstance(meaning(refusal("whatever", 503)), Unreachable)
