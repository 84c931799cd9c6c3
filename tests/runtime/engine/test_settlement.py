"""What the tables of a life cycle cannot say: the ends of what was granted. The rest is in test_lifecycle.py."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sym.engine.effects import Deescalate, Escalate, Restore
from sym.engine.lifecycle import RunState
from sym.engine.settlement import settle

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
APPROVED = RunState(id="r", status="approved", requester_id="ada", is_access_flow=True, duration=60, lease="pending")


@pytest.mark.parametrize("duration", [None, 0])
def test_a_grant_that_should_have_an_end_and_says_none_ends_at_once(duration: int | None) -> None:
    decision = settle(
        replace(APPROVED, duration=duration), Escalate(run_id="r"), tries=1, failure=None, retryable=False, now=NOW
    )
    assert decision.ends_at == NOW
    assert decision.following is not None
    assert decision.following.at == NOW


@pytest.mark.parametrize("failure", [None, "down"])
def test_a_cleanup_does_not_change_what_became_of_the_run(failure: str | None) -> None:
    errored = replace(APPROVED, status="errored", lease="ending")
    decision = settle(errored, Deescalate(run_id="r"), tries=1, failure=failure, retryable=False, now=NOW)
    assert decision.status is None
    assert decision.lease == (None if failure else "ended")


def test_the_pauses_between_tries_of_ending_double() -> None:
    ending = replace(APPROVED, status="escalated", lease="ending")
    pauses = []
    for tries in range(1, 6):
        decision = settle(ending, Deescalate(run_id="r"), tries=tries, failure="x", retryable=False, now=NOW)
        assert decision.retry_at is not None
        pauses.append((decision.retry_at - NOW) / timedelta(seconds=1))
    assert pauses == [2, 4, 8, 16, 32]


def test_what_was_taken_away_too_early_is_given_back_without_changing_its_end() -> None:
    active = replace(APPROVED, status="escalated", lease="active")
    done = settle(active, Restore(run_id="r"), tries=1, failure=None, retryable=False, now=NOW)
    assert (done.status, done.lease, done.ends_at, done.following) == (None, None, None, None)
    assert done.audit == ("lease.restored",)
    failed = settle(active, Restore(run_id="r"), tries=5, failure="down", retryable=False, now=NOW)
    assert (failed.retry_at, failed.error) == (NOW + timedelta(seconds=32), "down")
    given_up = settle(active, Restore(run_id="r"), tries=6, failure="down", retryable=True, now=NOW)
    assert (given_up.retry_at, given_up.status, given_up.audit) == (None, None, ("event.failed",))
