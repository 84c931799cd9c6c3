"""Carry a decision out: the run, its event, its lease, the audit entries and what follows, in one transaction."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sym.engine.decided import approval_note
from sym.engine.journal import noted, record
from sym.engine.leases import open_lease
from sym.engine.lifecycle import Decision, Following
from sym.engine.notices import Notices, Told
from sym.engine.queue import Queue
from sym.engine.views import World
from sym.store.database import Connection
from sym.store.events import Event, insert_event, move_event
from sym.store.grants import Lease, insert_lease, move_lease, reopen_lease
from sym.store.runs import Run, move_run

# After this long an event that did not move is due for the sweeper. Longer than any handler may run.
GRACE = timedelta(seconds=90)


class Raced(Exception):
    """Somebody else changed the run, its event or its lease meanwhile: decide again."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a phase found out besides its decision: the permissions the reducers gave, what a strategy returned and
    whether that was read back, how a person takes stuck access away (``instructions``), what the audit entry says
    besides (``note``), and whether an ``after_`` hook shall run."""

    permissions: dict[str, Any] | None = None
    output: dict[str, Any] | None = None
    has_after: bool = False
    is_verified: bool = False
    instructions: str | None = None
    note: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Written:
    """What a transition wrote: run, event and lease as they are now, and the ids of the events that go on at once."""

    run: Run
    event: Event
    lease: Lease | None
    going_on: list[str]

    def seen_from(self, world: World) -> World:
        """The world it was written on, as it is now."""
        events = tuple(self.event if item.id == self.event.id else item for item in world.events)
        return replace(world, run=self.run, event=self.event, events=events)


@dataclass(frozen=True, kw_only=True)
class Transition:
    """One decision about one event, ready to be written. ``lease`` is that of the run as it was read, if any;
    ``notices`` writes what people are told of it. ``keeps_hand`` says that whoever decides carries the effect out as
    well: its job goes on, and no other is made."""

    queue: Queue
    world: World
    lease: Lease | None
    decision: Decision
    outcome: Outcome
    now: datetime
    notices: Notices | None = None
    keeps_hand: bool = False

    def write(self, conn: Connection) -> Written:
        """Write it all in the transaction of ``conn``. Raises Raced if anything was changed since the world was read;
        the transaction must then be rolled back."""
        decision = self.decision
        for name in decision.audit:
            record(
                conn,
                name,
                noted(self.world, self._note(conn, name)),
                errors=(decision.error,) if decision.error else (),
                now=self.now,
            )
        run = self._move_run(conn)
        lease = self._move_lease(conn)
        moved = self._move_event(conn)
        going_on = [self.world.event.id]
        for following in (decision.following, decision.timer):
            if following is not None:
                event = following_event(run, self.world.event, following, self.now)
                insert_event(conn, event)
                self.queue.enqueue(conn, event.phase, event.id, event.attempt, seconds(event.scheduled_at - self.now))
                going_on.append(event.id)
        if self.notices is not None:
            self.notices.write(conn, Told(world=self.world, run=run, lease=lease, decision=decision), self.now)
        return Written(run=run, event=moved, lease=lease, going_on=going_on)

    def _note(self, conn: Connection, entry: str) -> dict[str, Any]:
        """What an audit entry says besides: that of an approval binds the run as it is approved."""
        if entry != "run.approved":
            return self.outcome.note
        return {**self.outcome.note, **approval_note(conn, self.world, replace(self.world.run, **self._run_changes()))}

    def _move_run(self, conn: Connection) -> Run:
        # Even a decision that changes nothing is held against the version it was made on.
        moved = move_run(conn, self.world.run, **self._run_changes(), updated_at=self.now)
        if moved is None:
            raise Raced
        return moved

    def _run_changes(self) -> dict[str, Any]:
        decision, event, run = self.decision, self.world.event, self.world.run
        changes: dict[str, Any] = {}
        if decision.status:
            changes["status"] = decision.status
        if decision.error is None and event.actor_id and decision.effect is None and decision.audit:
            changes["actors"] = {**run.actors, event.name: event.actor_id}
        if self.outcome.permissions is not None:
            changes["permissions"] = self.outcome.permissions
        if decision.routing is not None:
            changes["routing"] = dict(decision.routing)
        if decision.duration is not None:
            changes["duration"] = decision.duration
        if decision.ends_at is not None:
            changes["expires_at"] = decision.ends_at
        return changes

    def _move_lease(self, conn: Connection) -> Lease | None:
        decision, lease = self.decision, self.lease
        if decision.lease == "pending":
            return self._begin_lease(conn)
        is_settled = self.world.event.phase == "perform"
        if lease is None or (decision.lease is None and decision.ends_at is None and not is_settled):
            return lease
        moved = move_lease(conn, lease, **self._lease_changes(lease))
        if moved is None:
            raise Raced
        return moved

    def _lease_changes(self, lease: Lease) -> dict[str, Any]:
        decision = self.decision
        changes: dict[str, Any] = {"last_error": decision.error, "next_attempt_at": decision.retry_at,
                                   "operation": None}  # fmt: skip
        if decision.lease is not None:
            changes["status"] = decision.lease
        if decision.lease == "active":
            changes |= {"starts_at": self.now, "ends_at": decision.ends_at, "output": self.outcome.output}
        elif decision.ends_at is not None:
            changes |= {"ends_at": decision.ends_at}
        if decision.lease == "ended":
            changes |= {"ended_at": self.now}
        if "lease.removed_manually" in decision.audit:
            event = self.world.event
            changes |= {"closed_by": event.actor_id, "closed_reason": event.fields.get("removal_reason")}
        if decision.lease in ("active", "ended"):
            changes |= {"verified_at": self.now if self.outcome.is_verified else None}
        if self.outcome.instructions is not None:
            changes |= {"instructions": self.outcome.instructions}
        if decision.retry_at is not None:
            changes["attempts"] = lease.attempts + 1
        return changes

    def _begin_lease(self, conn: Connection) -> Lease:
        begun = open_lease(self.world)
        if self.lease is None:
            insert_lease(conn, begun)
            return begun
        # A grant that failed is tried again, as things are now.
        reopened = reopen_lease(conn, self.lease, begun)
        if reopened is None:
            raise Raced
        return reopened

    def _move_event(self, conn: Connection) -> Event:
        decision, now = self.decision, self.now
        changes: dict[str, Any] = {"error": decision.error, "attempt": 1, "due_at": now + GRACE}
        delay = 0.0
        if decision.retry_at is not None:
            delay = seconds(decision.retry_at - now)
            changes |= {"attempt": self.world.event.attempt + 1, "due_at": decision.retry_at + GRACE}
        elif decision.effect is not None:
            changes |= {"phase": "perform", "status": "processing"}
        elif self.outcome.has_after and decision.error is None and decision.audit:
            changes |= {"phase": "after", "status": "success", "output": self.outcome.output}
        else:
            changes |= {"phase": "done", "status": "error" if decision.error else "success", "due_at": None,
                        "output": self.outcome.output, "finished_at": now}  # fmt: skip
        moved = move_event(conn, self.world.event, **changes)
        if moved is None:
            raise Raced
        if moved.phase != "done" and not (self.keeps_hand and moved.phase == "perform"):
            self.queue.enqueue(conn, moved.phase, moved.id, moved.attempt, delay)
        return moved


def seconds(span: timedelta) -> float:
    """A span of time in seconds."""
    return span.total_seconds()


def following_event(run: Run, cause: Event, following: Following, now: datetime) -> Event:
    """The event that follows ``cause``, with the same person as its actor; ``following.at`` or ``following.delay``
    makes it a timer."""
    is_timer = following.at is not None or following.delay is not None
    at = following.at or now + timedelta(seconds=following.delay or 0)
    return Event(
        id=str(uuid.uuid4()),
        run_id=run.id,
        name=following.name,
        status="scheduled" if is_timer else "processing",
        phase="decide",
        actor_id=cause.actor_id,
        channel_type=following.channel,
        channel_identifier=None,
        fields=dict(following.fields),
        context={},
        output=None,
        error=None,
        cause_id=cause.id,
        idempotency_key=None,
        created_at=at,
        scheduled_at=at,
        due_at=at + GRACE,
        finished_at=None,
    )
