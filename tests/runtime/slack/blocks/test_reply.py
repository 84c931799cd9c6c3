"""What somebody hears whose click came to nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sym.engine.authority import ACTIONS
from sym.slack.blocks.reply import reply
from tests.runtime.slack.blocks import documents
from tests.slack_rules import loose_marks, problems_of_message

Golden = Callable[[str, Any], None]


def made(**changes: Any) -> dict[str, Any]:
    text = "Requesters may not approve their own requests in this flow."
    document = {"what": "refused", "action": "approve", "run": documents.run(), "text": text, "state": "requested"}
    message = reply(document | changes, documents.mention)
    assert problems_of_message(message) == []
    assert loose_marks(message) == []
    return message


@pytest.mark.parametrize("what", ["refused", "ignored", "failed"])
def test_replies_are_what_they_were_when_somebody_looked_at_them(what: str, golden: Golden) -> None:
    golden(f"reply_{what}", made(what=what, text=None) if what == "failed" else made(what=what))


def test_every_action_has_words_of_its_own() -> None:
    lines = {made(action=action)["text"] for action in (*ACTIONS, "request")}
    assert len(lines) == len(ACTIONS) + 1
    assert not [line for line in lines if "do this" in line]
    assert made(action="prompt", what="other", text=None)["text"] == "⚠️ You could not do this."


def test_what_a_flow_says_notifies_nobody() -> None:
    assert "&lt;!channel&gt;" in made(text="<!channel>")["text"]


def submitted(*asked: dict[str, Any]) -> str:
    return str(made(what="submitted", action="request", text=None, asked=list(asked))["text"])


def test_where_a_request_went_is_what_it_was_when_somebody_looked_at_it(golden: Golden) -> None:
    asked = [{"kind": "slack_channel", "name": "#ops"}, {"kind": "person", "user_id": documents.BOB["user_id"]}]
    golden("reply_submitted", made(what="submitted", action="request", text=None, asked=asked))


@pytest.mark.parametrize(
    ("destination", "place"),
    [
        ({"kind": "slack_channel", "name": "ops"}, "#ops"),
        ({"kind": "slack_channel", "id": "C0123"}, "<#C0123>"),
        ({"kind": "slack_channel", "id": "<!channel>"}, "&lt;!channel&gt;"),
        ({"kind": "slack_user", "id": "U0BOB"}, "<@U0BOB>"),
        ({"kind": "slack_user", "id": "bob@acme.example"}, "bob@acme.example"),
        ({"kind": "slack_group", "ids": ["U0BOB", "U0EVE"]}, "<@U0BOB>, <@U0EVE>"),
    ],
)
def test_every_destination_is_named(destination: dict[str, Any], place: str) -> None:
    assert f"was submitted to {place}. You get a message" in submitted(destination)


def test_nobody_is_named_where_nobody_was_asked_and_not_everybody_where_many_were() -> None:
    assert "was submitted. You" in submitted()
    assert submitted({"kind": "slack_group", "ids": [f"U{number}" for number in range(8)]}).count("<@U") == 5
    assert " and 3 more." in submitted({"kind": "slack_group", "ids": [f"U{number}" for number in range(8)]})
