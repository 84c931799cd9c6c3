"""What a call did that came too late.

A worker may be frozen between its claim and its call, longer than a call may take. Others then go on without it. When
it wakes, the vendor hears the old call after newer ones, and nobody waits for its result. So whoever made such a call
finds out, under the lock of its key, what it may have left behind or taken away, and has that put right. A worker that
is killed before it can do so leaves an effect row "ambiguous", and the audit log says "effect.repeated".
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sym.engine.calls import AGAIN, RESTORE, Result, Spared
from sym.engine.commit import GRACE, following_event
from sym.engine.effects import Deescalate, Effect
from sym.engine.journal import record
from sym.engine.lifecycle import Following
from sym.engine.overlap import is_unsettled
from sym.engine.queue import Queue
from sym.engine.views import World, load_world
from sym.store.database import Connection
from sym.store.events import insert_event
from sym.store.grants import Lease, calls_of_key, lease_of_run, leases_of_key, lock_lease, move_lease
from sym.store.runs import get_run

_GRANTED_AGAIN = "a call that came late may have granted it again"
_TAKEN_AWAY = "a call that came late may have taken it away"


@dataclass(frozen=True, kw_only=True)
class Repair:
    """Puts right, in the transaction of ``conn``, what a call for the event of ``world`` may have done."""

    conn: Connection
    queue: Queue
    world: World
    now: datetime

    def after_late_call(self, effect: Effect) -> None:
        """The call was made, or came back, after others had gone on without it."""
        lease = self._lease()
        if isinstance(effect, Deescalate):
            self._give_back(lease)
        else:
            self._take_back(lease)

    def close(self, result: Result | Spared) -> None:
        """The call came back in time for its event: note what came of it. If it was a removal that took longer than
        others wait for it, what they were granted meanwhile may be gone. Raises Raced if nothing may come of it."""
        result.close(self.conn, self.now)
        if not isinstance(result, Result) or not isinstance(result.effect, Deescalate):
            return
        if self.now - result.row.started_at > GRACE:
            self._give_back(self._lease(), since=result.row.started_at)

    def _lease(self) -> Lease:
        lease = lease_of_run(self.conn, self.world.run.id)
        assert lease is not None, "what was called had a lease"
        return lock_lease(self.conn, lease.id)

    def _take_back(self, lease: Lease) -> None:
        """End access once more that a call may have granted after it had ended. Nothing is done while it has not: its
        own end is to come. An end that is in hand may have come before the call: it is ended after that, too."""
        is_ending = lease.status == "ending" and (is_unsettled(lease) or self._is_called(lease))
        if lease.status == "ended":
            move_lease(self.conn, lease, status="ending", ended_at=None)
        elif not is_ending:
            return
        self._perform(self.world, "deescalate", AGAIN, _GRANTED_AGAIN)

    def _is_called(self, lease: Lease) -> bool:
        calls = calls_of_key(self.conn, lease.key)
        return any(call.name == "deescalate" and call.run_id == lease.run_id for call in calls)

    def _give_back(self, lease: Lease, since: datetime | None = None) -> None:
        """Grant once more the access of every run that was granted the same membership, since ``since`` or at all."""
        granted = {
            call.run_id
            for call in calls_of_key(self.conn, lease.key)
            if call.name == "escalate" and call.status != "uncalled" and (since is None or call.started_at >= since)
        }
        for other in leases_of_key(self.conn, lease.key):
            if other.status in ("pending", "active") and other.run_id in granted:
                self._perform(self._world_of(other), "escalate", RESTORE, _TAKEN_AWAY)

    def _world_of(self, lease: Lease) -> World:
        run = get_run(self.conn, lease.run_id)
        assert run is not None, "a lease belongs to a run"
        return load_world(self.conn, run, replace(self.world.event, run_id=run.id), lease.snapshot["flow"])

    def _perform(self, world: World, name: str, fields: dict[str, Any], note: str) -> None:
        record(self.conn, "effect.repeated", world, errors=(note,), now=self.now)
        following = Following(name=name, channel="internal", fields=fields)
        event = replace(following_event(world.run, world.event, following, self.now), phase="perform")
        insert_event(self.conn, event)
        self.queue.enqueue(self.conn, event.phase, event.id, event.attempt)
