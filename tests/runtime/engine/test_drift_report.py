"""What the error logger hears of drift."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sym.engine.drift_report import MOST_NAMED, by_environment, report_content
from sym.slack.blocks.report import report
from sym.store.drift import Finding


def finding(now: datetime, identity: str, kind: str = "unapproved", **place: Any) -> Finding:
    where = {"label": "Readers", "integration": {"type": "okta", "external_id": "acme.okta.com"}, **place}
    return Finding(id=f"{kind} {identity}", kind=kind, place_id="p", place=where, identity=identity, first_seen_at=now,
                   last_seen_at=now)  # fmt: skip


def test_people_of_one_place_are_named_in_one_line(now: datetime) -> None:
    text = report_content([finding(now, "00u1"), finding(now, "00u2"), finding(now, "00u3", "vanished")])["text"]
    assert text.splitlines() == [
        "Readers (okta acme.okta.com): nobody approved here the access of 00u1, 00u2.",
        "Readers (okta acme.okta.com): gone is the access of 00u3, which was approved.",
    ]


def test_a_message_does_not_grow_without_end(now: datetime) -> None:
    text = report_content([finding(now, f"00u{number}") for number in range(MOST_NAMED + 5)])["text"]
    assert text.endswith("and 5 more.")


def test_each_environment_hears_of_its_own(now: datetime) -> None:
    found = [finding(now, "a", environment_id="prod"), finding(now, "b", environment_id=None)]
    assert {key: [item.identity for item in items] for key, items in by_environment(found).items()} == {
        "prod": ["a"], "": ["b"],
    }  # fmt: skip


def test_slack_can_show_it(now: datetime) -> None:
    shown = str(report(report_content([finding(now, "00u1")]), lambda _user: None))  # type: ignore[arg-type]
    assert "Access at a service is not as it was approved" in shown
    assert "00u1" in shown
    assert "symflow leases drift" in shown
