"""What services grant beside what was granted, as it was last seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sym.store import drift
from sym.store.database import Store
from sym.store.drift import Finding

HOUR = timedelta(hours=1)


def finding(now: datetime, identity: str = "00u1", place: str = "p1") -> Finding:
    return Finding(id=f"{place} {identity}", kind="unapproved", place_id=place, place={"label": "Readers"},
                   identity=identity, first_seen_at=now, last_seen_at=now)  # fmt: skip


def test_a_check_is_begun_by_one_and_only_when_it_is_due(store: Store, now: datetime) -> None:
    with store.transaction() as conn:
        assert drift.last_check(conn) is None
        assert drift.claim_check(conn, now, HOUR) is not None
        assert drift.claim_check(conn, now, HOUR) is None
        drift.finish_check(conn, now, reached="p7", checked=3, problems=["p2 could not be asked"])
        assert drift.claim_check(conn, now + HOUR - timedelta(seconds=1), HOUR) is None
        last = drift.claim_check(conn, now + HOUR, HOUR)
    assert last is not None
    assert (last.reached, last.checked, last.problems) == ("p7", 3, ["p2 could not be asked"])


def test_a_finding_keeps_when_it_began_and_when_it_was_told(store: Store, now: datetime) -> None:
    with store.transaction() as conn:
        first, other = finding(now), finding(now, "00u2")
        drift.note_findings(conn, "p1", [first, other])
        drift.note_told(conn, [first.id], now)
        later = finding(now + HOUR)
        drift.note_findings(conn, "p1", [later])
        assert drift.list_findings(conn) == [replace(first, last_seen_at=now + HOUR, told_at=now)]
        assert drift.list_findings(conn, untold_since=now - HOUR) == []
        assert len(drift.list_findings(conn, untold_since=now)) == 1
        assert drift.count_findings(conn) == {"unapproved": 1, "vanished": 0}


def test_places_that_are_gone_are_forgotten(store: Store, now: datetime) -> None:
    with store.transaction() as conn:
        drift.note_findings(conn, "p1", [finding(now)])
        drift.note_findings(conn, "p2", [finding(now, place="p2")])
        drift.forget_places(conn, {"p2": None})
        assert [item.place_id for item in drift.list_findings(conn)] == ["p2"]
