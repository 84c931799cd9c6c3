"""What comes of performing an event: a result, or that it has to wait; and the right to call the vendor for it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sym.engine.commit import Raced
from sym.engine.effects import Deescalate, Effect, Escalate, Restore
from sym.engine.overlap import Overlap, look
from sym.engine.views import Document, World
from sym.store.database import Connection
from sym.store.events import Event
from sym.store.grants import Effect as EffectRow
from sym.store.grants import Lease, lock_lease, move_effect

RESTORE = {"escalate_type": "restore"}
"""The fields of an event that grants once more what a late call may have taken away."""
AGAIN = {"deescalate_type": "cleanup", "again": True}
"""The fields of an event that ends once more what a late call may have granted."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """The right to call the vendor for one event. ``is_first`` says that the vendor has not been called for it, so that
    it can be asked what was there before; ``resumed`` is the operation to go on with instead of calling."""

    event: Event
    lease: Lease
    row: EffectRow
    tries: int
    effect: Effect
    is_first: bool = False
    resumed: Document | None = None


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Nothing is decided yet: perform the event again after ``delay`` seconds. ``operation`` is how far it got, to be
    kept in its lease; None leaves that as it is."""

    effect: Effect
    delay: float
    operation: Document | None = None
    started_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Result:
    """What came of one strategy call: its ``output``, or the ``failure`` and whether trying again may help.
    ``is_verified`` says that it was read back, ``is_called`` False that it failed before the vendor was called."""

    effect: Effect
    row: EffectRow
    tries: int
    output: dict[str, Any] | None = None
    failure: str | None = None
    retryable: bool = False
    is_verified: bool = False
    is_called: bool = True
    note: Document = field(default_factory=dict)

    def close(self, conn: Connection, now: datetime) -> None:
        """Note in the effect's row what came of it, in the transaction that settles it."""
        status = "done" if self.failure is None else "failed" if self.is_called else "uncalled"
        move_effect(conn, self.row, status=status, error=self.failure, finished_at=now)

    def unrecorded(self) -> Result:
        """The same as a failure for good, because the audit log does not take that it succeeded."""
        failure = self.failure or "The audit log cannot be written, so the access that was granted is taken back."
        return replace(self, output=None, failure=failure, retryable=False)


@dataclass(frozen=True, kw_only=True)
class Spared:
    """Access is over without a call. ``note`` says why: ``held_by`` is the run that needs the membership still,
    ``preexisting`` that it was there before, ``never_granted`` that the vendor was not called for it."""

    effect: Effect
    lease_id: str
    event_id: str
    note: Document
    tries: int = 0
    output: dict[str, Any] | None = None
    failure: str | None = None
    retryable: bool = False
    is_verified: bool = False

    def close(self, conn: Connection, now: datetime) -> None:  # noqa: ARG002 - as of a result
        """Make sure that it still holds, in the transaction that settles it. Raises Raced if not."""
        if spared(conn, lock_lease(conn, self.lease_id), self.event_id) is None:
            raise Raced


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A decision that was written, the world after it, and what became of claiming its effect at once: None if that was
    left to a job."""

    going_on: list[str]
    world: World
    claimed: Claim | Waiting | Spared | None


def effect_of(event: Event) -> Effect:
    """What an event that is to be performed does outside."""
    if event.name == "deescalate":
        return Deescalate(run_id=event.run_id)
    if RESTORE.items() <= event.fields.items():
        return Restore(run_id=event.run_id)
    return Escalate(run_id=event.run_id)


def spared(conn: Connection, lease: Lease, event_id: str) -> Spared | None:
    """That ``lease``, whose key is locked, ends without a call; None if the vendor has to be told."""
    return spared_by(look(conn, lease, event_id))


def spared_by(overlap: Overlap) -> Spared | None:
    """:func:`spared` for what was found of the key."""
    lease = overlap.lease
    holder = overlap.holder()
    note: Document | None = {"held_by": holder.run_id} if holder else None
    if note is None and lease.preexisting:
        note = {"preexisting": True}
    if note is None and overlap.is_uncalled():
        note = {"never_granted": True}
    if note is None:
        return None
    return Spared(effect=Deescalate(run_id=lease.run_id), lease_id=lease.id, event_id=overlap.event_id, note=note)


def is_repair(event: Event) -> bool:
    """Whether an event puts right what a late call did, so that it is none that its flow knows of."""
    return RESTORE.items() <= event.fields.items() or AGAIN.items() <= event.fields.items()


def is_over(event: Event, lease: Lease) -> bool:
    """Whether nothing is left to do for an event that was to be performed."""
    if isinstance(effect_of(event), Restore):
        return lease.status not in ("pending", "active")
    return lease.status == "ended" and not is_repair(event)
