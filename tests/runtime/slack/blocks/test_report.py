"""What the error logger's channel hears."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sym.engine import cards
from sym.slack.blocks.report import report
from tests.runtime.slack.blocks import documents
from tests.slack_rules import loose_marks, problems_of_message, texts

Golden = Callable[[str, Any], None]


def made(**changes: Any) -> dict[str, Any]:
    document: dict[str, Any] = {
        "what": "event.failed", "event": "escalate", "user": documents.BOB, "run": documents.run(),
        "text": "impl.py, line 12: KeyError: 'team' in <get_permissions>", "retry_at": None, "instructions": None,
    }  # fmt: skip
    message = report(document | changes, documents.mention, message_id="r-1")
    assert problems_of_message(message) == []
    assert loose_marks(message) == []
    assert message["blocks"][0]["block_id"] == "sym:r-1"
    return message


def said(message: dict[str, Any]) -> str:
    return "\n".join(text["text"] for text in texts(message["blocks"]))


@pytest.mark.parametrize("what", cards._REPORTED)
def test_reports_are_what_they_were_when_somebody_looked_at_them(what: str, golden: Golden) -> None:
    by_hand = "Open the administration of okta acme, find okta_group Orders (id), and remove alice from it."
    more: dict[str, Any] = {
        "event.failed": {"hint": "Look at get_permissions in the flow prod_db."},
        "lease.stuck": {"event": "deescalate", "instructions": by_hand, "retry_at": "2026-03-14T15:30:00+00:00"},
        "message.failed": {"event": "request", "user": None, "text": "channel_not_found"},
    }[what]
    golden(f"report_{what}", made(what=what, **more))


def test_every_kind_has_words_of_its_own() -> None:
    assert len({made(what=what)["blocks"][0]["text"]["text"] for what in cards._REPORTED}) == len(cards._REPORTED)
    assert "Something went wrong" in said(made(what="other"))


def test_a_report_says_where_and_whose_it_is() -> None:
    text = said(made())
    for part in ("*Flow*\nProduction database", "*Requester*\n<@U0ALICE>", "*By*\n<@U0BOB>", "*Event*\nescalate"):
        assert part in text
    assert documents.run()["srn"] in text


def test_what_went_wrong_before_there_was_a_request_is_told_too() -> None:
    text = said(made(run=None, event="prompt", flow="prod_db"))
    assert "*Flow*\nprod_db" in text
    assert "acme:run" not in text


def test_long_errors_are_cut() -> None:
    assert "…" in said(made(text="line\n" * 5000))
