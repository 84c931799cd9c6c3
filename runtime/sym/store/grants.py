"""Grants: leases of access, and the effects that were to change what a vendor knows."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy import Connection

from sym.store import postgres, rows
from sym.store.references import lock_resources_in
from sym.store.tables import effect as effect_table
from sym.store.tables import lease as lease_table

LeaseStatus = Literal["pending", "active", "ending", "ended", "stuck"]
LIVE: tuple[LeaseStatus, ...] = ("pending", "active", "ending", "stuck")
"""The states in which a vendor may still hold access that must be taken away."""

# What every phase asks for is built once: building a query takes as long as having it answered.
_BY_ID = lease_table.select().where(lease_table.c.id == sa.bindparam("id"))
_BY_RUN = lease_table.select().where(lease_table.c.run_id == sa.bindparam("run_id"))
_LIVE_OF_KEY = (
    lease_table.select()
    .where(lease_table.c.key == sa.bindparam("key"), lease_table.c.status.in_(LIVE))
    .order_by(lease_table.c.id)
)
_CALLS_OF_KEY = (
    sa.select(*effect_table.c)
    .select_from(effect_table.join(lease_table, lease_table.c.run_id == effect_table.c.run_id))
    .where(
        lease_table.c.key == sa.bindparam("key"),
        sa.or_(lease_table.c.status.in_(LIVE), effect_table.c.status == "intended"),
    )
    .order_by(effect_table.c.started_at)
)
_EFFECTS = (
    effect_table.select()
    .where(effect_table.c.event_id == sa.bindparam("event_id"))
    .order_by(effect_table.c.name, effect_table.c.attempt)
)

MOVED_LEASES = "sym_moved_leases"
"""Execution option of a connection that collects (before, after) of the leases its transaction moves."""


@dataclass(frozen=True, kw_only=True)
class Lease:
    """Access one run led to, or is about to.

    ``key`` is the SHA-256 of ``key_document``: integration type and external id, resolved target settings, identity.
    Leases with one key are one membership at the vendor. ``snapshot`` holds all that ending needs, so that deleting a
    flow, strategy or target strands nobody. ``preexisting`` access was there before and is never removed.
    ``operation`` is how far the call in hand got, while its outcome is not known: what an asynchronous vendor is still
    working on, or what is to be read back. ``instructions`` say how stuck access is removed by hand; ``closed_by`` and
    ``closed_reason`` who did so.
    """

    id: str
    run_id: str
    key: str
    key_document: dict[str, Any]
    status: str
    version: int = 1
    requester_id: str
    snapshot: dict[str, Any]
    identity: str | None = None
    preexisting: bool = False
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    ended_at: datetime | None = None
    verified_at: datetime | None = None
    attempts: int = 0
    next_attempt_at: datetime | None = None
    last_error: str | None = None
    output: dict[str, Any] | None = None
    operation: dict[str, Any] | None = None
    instructions: str | None = None
    closed_by: str | None = None
    closed_reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Effect:
    """One call of a strategy: ``escalate`` or ``deescalate``.

    Committed as ``intended`` before the call; then ``done`` or ``failed``. One that is found still intended was cut
    short and is marked ``ambiguous``: nobody knows whether the vendor heard it.
    """

    run_id: str
    name: str
    attempt: int
    event_id: str
    status: str
    error: str | None = None
    started_at: datetime
    finished_at: datetime | None = None


def insert_lease(conn: Connection, lease: Lease) -> None:
    """Add a lease. From now until it has ended, integrations and secrets its snapshot mentions cannot be deleted.

    Waits for whoever holds the leases of the same key with :func:`leases_of_key`.
    """
    postgres.lock_key(conn, lease.key)
    lock_resources_in(conn, lease.snapshot)
    rows.insert(conn, lease_table, lease)


def get_lease(conn: Connection, lease_id: str) -> Lease | None:
    """The lease, or None."""
    return rows.one(conn, Lease, _BY_ID, {"id": lease_id})


def lease_of_run(conn: Connection, run_id: str) -> Lease | None:
    """The lease of the run, or None if it has led to none."""
    return rows.one(conn, Lease, _BY_RUN, {"run_id": run_id})


def leases_of_key(conn: Connection, key: str, *, lock: bool = False) -> list[Lease]:
    """Live leases with that key: the requests that still need this membership.

    With ``lock`` none is added, and nobody else who locks the key goes on, until this transaction ends: of two that end
    at once one is the last. Their rows are not locked: whoever commits a decision locks a run before its lease.
    """
    if lock:
        postgres.lock_key(conn, key)
    return rows.many(conn, Lease, _LIVE_OF_KEY, {"key": key})


def lock_lease(conn: Connection, lease_id: str, *, also: str = "") -> Lease:
    """The lease as it is now, its key locked as with :func:`leases_of_key`, and the key ``also`` with it."""
    lease = get_lease(conn, lease_id)
    while lease is not None:
        for key in sorted({lease.key, also or lease.key}):
            postgres.lock_key(conn, key)
        fresh = get_lease(conn, lease_id)
        if fresh is not None and fresh.key == lease.key:
            return fresh
        lease = fresh
    raise LookupError(f"there is no lease {lease_id}")


def calls_of_key(conn: Connection, key: str) -> list[Effect]:
    """The calls made for live leases with that key, and those for any that nobody knows the outcome of yet; the oldest
    first."""
    return rows.many(conn, Effect, _CALLS_OF_KEY, {"key": key})


def last_ended_of_key(conn: Connection, key: str, *, since: datetime) -> Lease | None:
    """The lease with that key that ended last, if that was not before ``since``."""
    conditions = (lease_table.c.key == key, lease_table.c.status == "ended", lease_table.c.ended_at >= since)
    return rows.one(conn, Lease, lease_table.select().where(*conditions).order_by(lease_table.c.ended_at.desc()))


def move_lease(conn: Connection, lease: Lease, **changes: Any) -> Lease | None:
    """Change the lease if nobody has since it was read, and count its version up; None if somebody was faster.

    Once it is committed, the store's ``lease_observer`` hears of it.
    """
    moved = rows.move(conn, lease_table, lease, ["version"], {**changes, "version": lease.version + 1})
    if moved is not None:
        conn.get_execution_options().get(MOVED_LEASES, []).append((lease, moved))
    return moved


def reopen_lease(conn: Connection, lease: Lease, begun: Lease) -> Lease | None:
    """Let the ended ``lease`` of a run begin again with what ``begun`` says: it takes everything but its id and version
    from there. None if somebody was faster. Waits as :func:`insert_lease` does."""
    postgres.lock_key(conn, begun.key)
    lock_resources_in(conn, begun.snapshot)
    kept = {"id", "run_id", "version"}
    names = (field.name for field in dataclasses.fields(begun) if field.name not in kept)
    return move_lease(conn, lease, **{name: getattr(begun, name) for name in names})


def list_leases(
    conn: Connection, *, statuses: Sequence[str] | None = None, requester_id: str | None = None, limit: int = 1000,
    offset: int = 0, after: tuple[datetime | None, str] | None = None,
) -> list[Lease]:  # fmt: skip
    """Leases in any of the statuses, or all, of one requester if given; the earliest begun first, those not begun
    before them. ``offset`` leaves out as many from the beginning; ``after`` is the ``starts_at`` and id of the lease
    they continue after."""
    query = lease_table.select().order_by(lease_table.c.starts_at.asc().nulls_first(), lease_table.c.id)
    if after is not None:
        query = query.where(_follows(*after))
    query = query.limit(limit).offset(offset)
    if statuses is not None:
        query = query.where(lease_table.c.status.in_(statuses))
    if requester_id is not None:
        query = query.where(lease_table.c.requester_id == requester_id)
    return rows.many(conn, Lease, query)


def _follows(starts_at: datetime | None, lease_id: str) -> sa.ColumnElement[bool]:
    begins, later = lease_table.c.starts_at, lease_table.c.id > lease_id
    if starts_at is None:
        return sa.or_(begins.is_not(None), sa.and_(begins.is_(None), later))
    return sa.or_(begins > starts_at, sa.and_(begins == starts_at, later))


def live_leases(conn: Connection) -> list[Lease]:
    """Every lease that may still mean access at a vendor."""
    query = lease_table.select().where(lease_table.c.status.in_(LIVE))
    return rows.many(conn, Lease, query.order_by(lease_table.c.starts_at.asc().nulls_first(), lease_table.c.id))


def insert_effect(conn: Connection, effect: Effect) -> None:
    """Add an effect, as a rule ``intended``."""
    rows.insert(conn, effect_table, effect)


def move_effect(conn: Connection, effect: Effect, **changes: Any) -> Effect | None:
    """Write down how an intended effect went; None if that has been written down already."""
    if effect.status != "intended":
        return None
    return rows.move(conn, effect_table, effect, ["status"], changes)


def delete_effect(conn: Connection, effect: Effect) -> None:
    """Remove an intended effect whose call is known not to have been made."""
    same = (
        getattr(effect_table.c, name) == getattr(effect, name) for name in ("run_id", "name", "event_id", "attempt")
    )
    conn.execute(effect_table.delete().where(*same, effect_table.c.status == "intended"))


def effects_of_event(conn: Connection, event_id: str) -> list[Effect]:
    """What was done, or tried, for the event, in the order of the tries."""
    return rows.many(conn, Effect, _EFFECTS, {"event_id": event_id})


def leases_mentioning(conn: Connection, resource_id: str) -> list[Lease]:
    """Live leases whose snapshot holds the id somewhere."""
    mentioned = sa.cast(lease_table.c.snapshot, sa.Text).contains(resource_id, autoescape=True)
    query = lease_table.select().where(lease_table.c.status.in_(LIVE), mentioned)
    return rows.many(conn, Lease, query.order_by(lease_table.c.id))
