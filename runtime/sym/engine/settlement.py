"""What follows a strategy call: the second half of the life cycle, as pure as the first."""

from __future__ import annotations

from datetime import datetime, timedelta

from sym.engine.effects import Effect, Escalate, Restore
from sym.engine.lifecycle import LEFT, Decision, Following, RunState

ESCALATE_TRIES = 3
DEESCALATE_TRIES = 6
STUCK_RETRY = timedelta(days=1)


def settle(run: RunState, effect: Effect, *, tries: int, failure: str | None, retryable: bool,
           now: datetime) -> Decision:  # fmt: skip
    """What follows a strategy call: ``failure`` says why it failed (None: it did not), ``tries`` how often it was
    called for this event, this call included."""
    if isinstance(effect, Escalate):
        return _settle_escalate(run, tries=tries, failure=failure, retryable=retryable, now=now)
    if isinstance(effect, Restore):
        return _settle_restore(tries=tries, failure=failure, now=now)
    return _settle_deescalate(run, tries=tries, failure=failure, now=now)


def _settle_escalate(run: RunState, *, tries: int, failure: str | None, retryable: bool, now: datetime) -> Decision:
    if failure is None:
        # A grant that should have an end and says none ends at once.
        if run.requester_left:  # while it was granted: it ends as it has begun
            end = Following(name="deescalate", channel="internal", fields={"deescalate_type": LEFT})
            return Decision(status="escalated", audit=("run.escalated",), lease="active", ends_at=now, following=end)
        ends_at = now + timedelta(seconds=run.duration or 0) if run.schedule_deescalation else None
        timer = Following(name="deescalate", channel="internal", at=ends_at,
                          fields={"deescalate_type": "scheduled"}) if ends_at else None  # fmt: skip
        return Decision(status="escalated", audit=("run.escalated",), lease="active", ends_at=ends_at, following=timer)
    if retryable and tries < ESCALATE_TRIES and not run.requester_left:
        return Decision(error=failure, audit=("event.failed",), retry_at=now + timedelta(seconds=2**tries))
    # The call may have taken effect before it failed: whatever it left behind is taken back.
    cleanup = Following(name="deescalate", channel="internal", fields={"deescalate_type": "cleanup"})
    return Decision(status="errored", error=failure, audit=("event.failed",), following=cleanup)


def _settle_restore(*, tries: int, failure: str | None, now: datetime) -> Decision:
    if failure is None:
        return Decision(audit=("lease.restored",))
    retry_at = now + timedelta(seconds=2**tries) if tries < DEESCALATE_TRIES else None
    return Decision(error=failure, audit=("event.failed",), retry_at=retry_at)


def _settle_deescalate(run: RunState, *, tries: int, failure: str | None, now: datetime) -> Decision:
    if failure is None:
        status = "deescalated" if run.status == "escalated" else None
        return Decision(status=status, audit=("run.deescalated",), lease="ended")
    if tries < DEESCALATE_TRIES:
        retry_at = now + timedelta(seconds=min(2**tries, 900))
        return Decision(error=failure, audit=("event.failed",), retry_at=retry_at)
    audit = ("event.failed",) if run.lease == "stuck" else ("lease.stuck",)
    return Decision(error=failure, retry_at=now + STUCK_RETRY, audit=audit, lease="stuck")
