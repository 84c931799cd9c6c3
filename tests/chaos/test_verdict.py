"""The verdict finds what it is there to find: every kind of disagreement, planted in books that agree."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from sym.store.events import Event
from sym.store.grants import Lease
from sym.store.runs import Run
from tests.chaos.knobs import Knobs
from tests.chaos.verdict import Books, judge, percentile
from tests.fakes.vendor.books import Call, Stay
from tests.fakes.vendor.process import Ledger

GROUP, MEMBER, RUN = "red", "p0@example.com", "run-1"


def entry(name: str, event: str = "") -> dict[str, Any]:
    return {"name": name, "event": {"type": event}}


@pytest.fixture
def books(now: datetime) -> Books:
    """A run that was granted for a minute, and ended a second late."""
    end = now + timedelta(minutes=1)
    run = Run(
        id=RUN, flow_id="f", flow_slug="door", flow_version=1, requester_id="u", status="deescalated", version=5,
        source="api", fields={}, target_id="t", target_version=1, duration=60, permissions=None, actors={},
        created_at=now, updated_at=now, expires_at=end,
    )  # fmt: skip
    lease = Lease(
        id="lease-1", run_id=RUN, key="k", key_document={}, status="ended", requester_id="u", identity=MEMBER,
        snapshot={"target": {"settings": {"identifier": GROUP}}}, starts_at=now, ends_at=end,
        ended_at=end + timedelta(seconds=1),
    )  # fmt: skip
    event = Event(
        id="event-1", run_id=RUN, name="deescalate", status="success", phase="done", attempt=1, actor_id="u",
        channel_type="internal", channel_identifier=None, fields={}, context={}, output=None, error=None, cause_id=None,
        idempotency_key=None, created_at=end, scheduled_at=end, due_at=None, finished_at=end,
    )  # fmt: skip
    trail = [entry(name) for name in ("run.requested", "run.approved", "run.escalated", "run.deescalated")]
    return Books(runs=[run], events=[event], leases=[lease], trail={RUN: trail}, accepted={RUN})


@pytest.fixture
def ledger(now: datetime) -> Ledger:
    """What the vendor says of it; somebody else's membership was there before."""
    start = now.timestamp()
    stays = [Stay(GROUP, MEMBER, RUN, start - 0.1, start + 60.5, RUN), Stay("blue", MEMBER, "", start - 99)]
    calls = [
        Call(start, "PUT", GROUP, MEMBER, RUN, "changed"),
        Call(start + 60, "DELETE", GROUP, MEMBER, RUN, "changed"),
    ]
    return Ledger(stays, calls, [], [])


def kinds(books: Books, ledger: Ledger) -> set[str]:
    return {complaint.split(":")[0] for complaint in judge(books, ledger).complaints}


def test_books_that_agree(books: Books, ledger: Ledger) -> None:
    verdict = judge(books, ledger)
    assert verdict.complaints == []
    assert (verdict.figures["requests"], verdict.figures["granted"]) == (1, 1)
    assert verdict.lateness == [1.0]


def test_an_accepted_request_that_is_not_in_the_store_is_lost(books: Books, ledger: Ledger) -> None:
    assert kinds(replace(books, accepted={RUN, "run-2"}), ledger) == {"lost"}


def test_a_run_an_event_or_a_lease_that_never_came_to_rest_is_lost(books: Books, ledger: Ledger) -> None:
    assert kinds(replace(books, runs=[replace(books.runs[0], status="approved")]), ledger) == {"lost"}
    assert kinds(replace(books, events=[replace(books.events[0], phase="perform")]), ledger) == {"lost"}
    assert kinds(replace(books, leases=[replace(books.leases[0], status="ending")]), ledger) == {"lost"}


def test_a_failure_that_nobody_is_told_of_is_a_loss_and_one_of_the_products_own_a_defect(
    books: Books, ledger: Ledger
) -> None:
    errored = replace(books, runs=[replace(books.runs[0], status="errored")])
    assert kinds(errored, ledger) == {"lost"}
    books.trail[RUN].append(entry("event.failed", "escalate"))
    assert kinds(errored, ledger) == set()
    failed = replace(books.events[0], error="the runtime failed (OSError); its log says more")
    assert kinds(replace(books, events=[failed]), ledger) == {"defects"}


def test_access_that_ended_before_its_time_was_early(books: Books, ledger: Ledger) -> None:
    ledger.stays[0].until = ledger.stays[0].since + 30
    assert kinds(books, ledger) == {"early"}


def test_access_with_a_gap_was_early_unless_the_audit_log_shows_that_it_was_given_back(
    books: Books, ledger: Ledger
) -> None:
    start, end = ledger.stays[0].since, ledger.stays[0].until
    ledger.stays[0].until = start + 30
    ledger.stays.append(Stay(GROUP, MEMBER, RUN, start + 31, end, RUN))
    assert kinds(books, ledger) == {"early"}
    books.trail[RUN].append(entry("lease.restored"))
    assert kinds(books, ledger) == set()


def test_access_that_somebody_ended_was_not_early(books: Books, ledger: Ledger, now: datetime) -> None:
    ledger.stays[0].until = now.timestamp() + 30
    ended = replace(books.events[0], channel_type="api", created_at=now + timedelta(seconds=29))
    assert kinds(replace(books, events=[ended]), ledger) == set()
    refused = replace(ended, error="You may not.")
    assert kinds(replace(books, events=[refused]), ledger) == {"early"}


def test_a_membership_without_a_live_lease_is_left(books: Books, ledger: Ledger) -> None:
    ledger.stays[0].until = None
    assert kinds(books, ledger) == {"left"}
    stuck = replace(books, leases=[replace(books.leases[0], status="stuck", ended_at=None)])
    verdict = judge(stuck, ledger)
    assert verdict.complaints == []
    assert verdict.figures["stuck"] == 1


def test_work_that_the_vendor_still_has_in_hand_is_left(books: Books, ledger: Ledger) -> None:
    assert kinds(books, replace(ledger, working=["op-1"])) == {"left"}


def test_a_membership_of_somebody_else_that_a_run_ended_was_taken(books: Books, ledger: Ledger) -> None:
    ledger.stays[1].until, ledger.stays[1].ended_by = ledger.stays[0].until, RUN
    assert kinds(books, ledger) == {"taken"}


@pytest.mark.parametrize("number", [0, 1])
def test_a_call_that_the_audit_log_does_not_explain_is_a_double(books: Books, ledger: Ledger, number: int) -> None:
    ledger.calls.append(ledger.calls[number])
    assert kinds(books, ledger) == {"doubles"}
    books.trail[RUN].append(entry("effect.repeated"))
    assert kinds(books, ledger) == set()


def test_a_failed_call_explains_one_of_its_kind_only(books: Books, ledger: Ledger) -> None:
    ledger.calls.append(ledger.calls[0])
    books.trail[RUN].append(entry("event.failed", "deescalate"))
    assert kinds(books, ledger) == {"doubles"}
    books.trail[RUN].append(entry("event.failed", "escalate"))
    assert kinds(books, ledger) == set()


def test_two_entries_of_one_decision_are_a_double(books: Books, ledger: Ledger) -> None:
    books.trail[RUN].append(entry("run.approved"))
    assert kinds(books, ledger) == {"doubles"}


def test_a_call_that_the_vendor_refused_is_complained_about(books: Books, ledger: Ledger) -> None:
    assert kinds(books, replace(ledger, refused=["POST /groups: no such path"])) == {"refused by the vendor"}


def test_percentiles() -> None:
    assert [percentile([3.0, 1.0, 2.0], share) for share in (0.0, 0.5, 0.99)] == [1.0, 2.0, 3.0]
    assert percentile([], 0.5) == 0.0


def test_what_can_be_set_from_outside() -> None:
    assert Knobs.read(kills=9, environ={"CHAOS_SEED": "7"}) == Knobs(7, 9, 0.0)
    given = {"CHAOS_SEED": "7", "CHAOS_KILLS": "3", "CHAOS_MINUTES": "2.5"}
    assert Knobs.read(kills=9, environ=given) == Knobs(7, 3, 2.5)
    assert Knobs.read(kills=9, environ={}).seed > 0
