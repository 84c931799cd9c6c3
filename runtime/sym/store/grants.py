"""Grants: leases of access, and the effects that were to change what a vendor knows."""

from __future__ import annotations

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

MOVED_LEASES = "sym_moved_leases"
"""Execution option of a connection that collects (before, after) of the leases its transaction moves."""


@dataclass(frozen=True, kw_only=True)
class Lease:
    """Access one run led to, or is about to.

    ``key`` is the SHA-256 of ``key_document``: integration type and external id, resolved target settings, identity.
    Leases with one key are one membership at the vendor. ``snapshot`` holds all that ending needs, so that deleting a
    flow, strategy or target strands nobody. ``preexisting`` access was there before and is never removed.
    ``operation`` is what an asynchronous vendor is still working on. ``closed_by`` and ``closed_reason`` say who
    removed stuck access by hand.
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
    return rows.one(conn, Lease, lease_table.select().where(lease_table.c.id == lease_id))


def lease_of_run(conn: Connection, run_id: str) -> Lease | None:
    """The lease of the run, or None if it has led to none."""
    return rows.one(conn, Lease, lease_table.select().where(lease_table.c.run_id == run_id))


def leases_of_key(conn: Connection, key: str, *, lock: bool = False) -> list[Lease]:
    """Live leases with that key: the requests that still need this membership.

    With ``lock`` they stay as they are, and none is added, until this transaction ends: of two that end at once one is
    the last.
    """
    if lock:
        postgres.lock_key(conn, key)
    conditions = (lease_table.c.key == key, lease_table.c.status.in_(LIVE))
    query = lease_table.select().where(*conditions).order_by(lease_table.c.id)
    return rows.many(conn, Lease, query.with_for_update() if lock else query)


def move_lease(conn: Connection, lease: Lease, **changes: Any) -> Lease | None:
    """Change the lease if nobody has since it was read, and count its version up; None if somebody was faster.

    Once it is committed, the store's ``lease_observer`` hears of it.
    """
    moved = rows.move(conn, lease_table, lease, ["version"], {**changes, "version": lease.version + 1})
    if moved is not None:
        conn.get_execution_options().get(MOVED_LEASES, []).append((lease, moved))
    return moved


def list_leases(
    conn: Connection, *, statuses: Sequence[str] | None = None, requester_id: str | None = None, limit: int = 1000,
    offset: int = 0,
) -> list[Lease]:  # fmt: skip
    """Leases in any of the statuses, or all, of one requester if given; the earliest begun first, those not begun
    before them. ``offset`` leaves out as many from the beginning."""
    query = lease_table.select().order_by(lease_table.c.starts_at.asc().nulls_first(), lease_table.c.id)
    query = query.limit(limit).offset(offset)
    if statuses is not None:
        query = query.where(lease_table.c.status.in_(statuses))
    if requester_id is not None:
        query = query.where(lease_table.c.requester_id == requester_id)
    return rows.many(conn, Lease, query)


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


def effects_of_event(conn: Connection, event_id: str) -> list[Effect]:
    """What was done, or tried, for the event, in the order of the tries."""
    query = effect_table.select().where(effect_table.c.event_id == event_id)
    return rows.many(conn, Effect, query.order_by(effect_table.c.name, effect_table.c.attempt))


def leases_mentioning(conn: Connection, resource_id: str) -> list[Lease]:
    """Live leases whose snapshot holds the id somewhere."""
    mentioned = sa.cast(lease_table.c.snapshot, sa.Text).contains(resource_id, autoescape=True)
    query = lease_table.select().where(lease_table.c.status.in_(LIVE), mentioned)
    return rows.many(conn, Lease, query.order_by(lease_table.c.id))
