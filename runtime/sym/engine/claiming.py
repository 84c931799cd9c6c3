"""Before a vendor is called: whose turn it is, what is noted, and whether the call is needed at all.

An effect row says "intended" in a transaction of its own. A later attempt that finds such a row knows that a call may
or may not have happened: it says so in the audit log and calls again, which is safe because escalate and deescalate
are idempotent. Only a call that the vendor is known to work on, or that is being read back, is not made again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sym.engine.calls import AGAIN, Claim, Spared, Waiting, effect_of, spared_by
from sym.engine.commit import GRACE
from sym.engine.effects import Deescalate, Restore
from sym.engine.journal import record
from sym.engine.overlap import is_unsettled, look
from sym.engine.views import Document, World
from sym.store.database import Connection
from sym.store.events import move_event
from sym.store.grants import Effect as EffectRow
from sym.store.grants import Lease, effects_of_event, insert_effect, lock_lease, move_effect, move_lease
from sym.store.postgres import lock_key

UNHEARD = frozenset({"intended", "ambiguous", "uncalled"})
"""Effects of strategies that can read back which say that the vendor was not called: what they are asked first is kept
before it is (:func:`note_before`)."""
BUSY_SECONDS = 1.0
"""How long to wait for another call of the same key."""


def claim(conn: Connection, world: World, lease_id: str, now: datetime) -> Claim | Waiting | Spared | None:
    """Take the right to call the vendor for the world's event, in the caller's transaction.

    None if another attempt has the event; Spared if nothing has to be called; Waiting if it is not its turn.
    """
    lease = lock_lease(conn, lease_id)
    if move_event(conn, world.event, due_at=now + GRACE) is None:
        return None
    return _resumed(conn, world, lease) or _take_turn(conn, world, lease, now)


def claim_decided(conn: Connection, world: World, lease: Lease, now: datetime) -> Claim | Waiting | Spared:
    """:func:`claim` in the transaction that decided on the event and wrote its ``lease``: nobody else has it."""
    lock_key(conn, lease.key)
    return _take_turn(conn, world, lease, now)


def _take_turn(conn: Connection, world: World, lease: Lease, now: datetime) -> Claim | Waiting | Spared:
    event, effect = world.event, effect_of(world.event)
    overlap = look(conn, lease, event.id)
    if isinstance(effect, Deescalate):
        if (without := spared_by(overlap)) is not None:
            # An earlier try that was cut short is over: others must not wait for it.
            _give_up_on(conn, world, effects_of_event(conn, event.id), now)
            return without
        lease = _reopened(conn, lease, event.fields)
        overlap = replace(overlap, lease=lease)
    if overlap.is_busy(now) or (isinstance(effect, Restore) and lease.status == "pending"):
        return Waiting(effect=effect, delay=BUSY_SECONDS)
    return _claimed(conn, world, lease, now)


def _resumed(conn: Connection, world: World, lease: Lease) -> Claim | None:
    operation = lease.operation or {}
    if not is_unsettled(lease) or operation.get("event_id") != world.event.id:
        return None
    rows = effects_of_event(conn, world.event.id)
    return Claim(event=world.event, lease=lease, row=rows[-1], tries=len(rows), effect=effect_of(world.event),
                 resumed=operation)  # fmt: skip


def _reopened(conn: Connection, lease: Lease, fields: Document) -> Lease:
    """A lease that has ended is ended once more only where a late call may have granted it again."""
    if lease.status != "ended" or not AGAIN.items() <= fields.items():
        return lease
    return move_lease(conn, lease, status="ending", ended_at=None) or lease


def _claimed(conn: Connection, world: World, lease: Lease, now: datetime) -> Claim:
    event = world.event
    earlier = effects_of_event(conn, event.id)
    _give_up_on(conn, world, earlier, now)
    row = EffectRow(
        run_id=world.run.id, name=event.name, attempt=len(earlier) + 1, event_id=event.id, status="intended",
        error=None, started_at=now, finished_at=None,
    )  # fmt: skip
    insert_effect(conn, row)
    asked = (lease.operation or {}).get("stage") == "asked"
    is_first = not asked and all(found.status in UNHEARD for found in earlier)
    return Claim(event=event, lease=lease, row=row, tries=len(earlier) + 1, effect=effect_of(event), is_first=is_first)


def _give_up_on(conn: Connection, world: World, rows: Sequence[EffectRow], now: datetime) -> None:
    for row in rows:
        if row.status == "intended":
            move_effect(conn, row, status="ambiguous", finished_at=now)
            note = f"the call of {row.name} started at {row.started_at.isoformat()} has no known outcome"
            record(conn, "effect.repeated", world, errors=(note,), now=now)


def note_before(conn: Connection, world: World, claimed: Claim, is_there: bool, now: datetime) -> Claim | None:
    """Keep whether the membership was there before the vendor was called for the first time; None, and nothing may be
    called, if another attempt has the event by now."""
    lease = lock_lease(conn, claimed.lease.id)
    if move_event(conn, world.event, due_at=now + GRACE) is None:
        return None
    moved = move_lease(conn, lease, preexisting=is_there, operation={"stage": "asked", "event_id": world.event.id})
    if is_there:
        record(conn, "lease.preexisted", world, now=now)
    return replace(claimed, lease=moved or lease)
