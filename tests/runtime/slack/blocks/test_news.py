"""What the requester hears."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sym.engine import cards
from sym.slack.blocks import ids
from sym.slack.blocks.news import news
from tests.runtime.slack.blocks import documents
from tests.slack_rules import loose_marks, problems_of_message

Golden = Callable[[str, Any], None]
KINDS = sorted({*cards._NEWS.values(), "errored"})


def made(document: dict[str, Any], **details: Any) -> dict[str, Any]:
    message = news(document, documents.mention, **details)
    assert problems_of_message(message) == []
    assert loose_marks(message) == []
    return message


def line(document: dict[str, Any]) -> str:
    text: str = made(document)["blocks"][0]["text"]["text"]
    return text


@pytest.mark.parametrize("what", KINDS)
def test_news_are_what_they_were_when_somebody_looked_at_them(what: str, golden: Golden) -> None:
    golden(f"news_{what}", made(documents.news(what)))


def test_there_is_a_golden_file_for_every_kind(no_golden_but: Callable[[str, set[str]], None]) -> None:
    no_golden_but("news_", set(KINDS))


def test_every_kind_has_words_of_its_own() -> None:
    assert len({line(documents.news(what)) for what in KINDS}) == len(KINDS)
    assert "Your request for" in line(documents.news("something_new", state="granted"))


def test_a_decision_is_told_with_what_was_said() -> None:
    message = made(documents.news("denied", decision=documents.decision("deny", message="a\nb", reason="<c>")))
    texts = [block["text"]["text"] for block in message["blocks"] if block["type"] == "section"]
    assert texts == [
        "⛔ Your request for *Orders, read and write* for *1 hour* was denied by <@U0BOB>.", "> a\n> b", "> &lt;c&gt;",
    ]  # fmt: skip


def test_nobody_is_said_to_have_decided_where_nobody_did() -> None:
    assert line(documents.news("denied", decision=None)).endswith("was denied.")


def test_an_approval_only_request_promises_no_access() -> None:
    run = documents.run(target=None, duration=None)
    assert line(documents.news("approved", run=run)) == (
        "✅ Your request for *Production database* was approved by <@U0BOB>."
    )


def test_access_without_an_end_is_told_without_one() -> None:
    run = documents.run(duration=None)
    assert line(documents.news("granted", run=run, ends_at=None)) == "🔓 You have access to *Orders, read and write*."


def test_news_can_be_found_again_and_have_buttons() -> None:
    message = made(documents.news("granted", actions=["revoke"]), message_id="m-2")
    assert message["blocks"][0]["block_id"] == "sym:m-2"
    (row,) = [block for block in message["blocks"] if block["type"] == "actions"]
    assert [button["action_id"] for button in row["elements"]] == [ids.REVOKE]
    assert "block_id" not in made(documents.news("granted"))["blocks"][0]
