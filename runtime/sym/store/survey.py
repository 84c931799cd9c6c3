"""The state of everything in a few numbers: what is measured, and what an operator is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from sym.store.grants import LIVE
from sym.store.tables import audit_entry, audit_seal, event, lease, message, worker

ALIVE_FOR = timedelta(seconds=30)
"""A worker that was not heard of for longer is taken to be dead."""

HORIZON = timedelta(minutes=10)
"""What is in hand is due within this time: unfinished events beyond are timers, of which there may be any number."""


@dataclass(frozen=True, kw_only=True)
class Survey:
    """``leases`` counts the live ones by status; ``overdue_leases`` are active or ending past their end, of which the
    first ended at ``first_lease_end``.

    ``queue`` counts by phase the events whose time has come and that are not finished; ``overdue_events`` of them
    should have moved by now, the first at ``first_due``. ``first_timer`` is the time of the earliest timer that is due
    and has not begun. ``messages`` wait to be delivered. ``workers`` are alive. ``last_seal`` and ``first_unsealed``
    are moments of the audit log. A moment is None where there is no such thing.
    """

    leases: Mapping[str, int]
    overdue_leases: int
    first_lease_end: datetime | None
    queue: Mapping[str, int]
    overdue_events: int
    first_due: datetime | None
    first_timer: datetime | None
    messages: int
    workers: int
    last_seal: datetime | None
    first_unsealed: datetime | None


def survey(conn: Connection, now: datetime) -> Survey:
    """Look at everything, with one query for each kind of thing; none of them reads what is over and done with."""
    leases, overdue_leases, first_lease_end = _leases(conn, now)
    rows = _queue(conn, now)
    return Survey(
        leases=leases, overdue_leases=overdue_leases, first_lease_end=first_lease_end,
        queue={row.phase: row.waiting for row in rows},
        overdue_events=sum(row.overdue for row in rows),
        first_due=min((row.first_due for row in rows if row.first_due), default=None),
        first_timer=min((row.first_timer for row in rows if row.first_timer), default=None),
        messages=_count(conn, sa.select(sa.func.count()).select_from(message).where(sa.text("status = 'waiting'"))),
        workers=_count(conn, sa.select(sa.func.count()).select_from(worker).where(
            worker.c.last_seen > now - ALIVE_FOR, worker.c.stopped_at.is_(None))),
        last_seal=_moment(conn, sa.select(audit_seal.c.sealed_at).order_by(audit_seal.c.id.desc()).limit(1)),
        first_unsealed=_moment(conn, sa.select(audit_entry.c.recorded_at).where(
            audit_entry.c.seal_id.is_(None)).order_by(audit_entry.c.sequence).limit(1)),
    )  # fmt: skip


def _leases(conn: Connection, now: datetime) -> tuple[dict[str, int], int, datetime | None]:
    is_overdue = sa.and_(lease.c.status.in_(("active", "ending")), lease.c.ends_at < now)
    query = (
        sa.select(
            lease.c.status,
            sa.func.count().label("number"),
            sa.func.sum(sa.case((is_overdue, 1), else_=0)).label("overdue"),
            sa.func.min(sa.case((is_overdue, lease.c.ends_at))).label("first_end"),
        )
        .where(lease.c.status.in_(LIVE))
        .group_by(lease.c.status)
    )
    rows = conn.execute(query).all()
    found = {row.status: row.number for row in rows}
    first = min((row.first_end for row in rows if row.first_end), default=None)
    return {status: found.get(status, 0) for status in LIVE}, sum(row.overdue for row in rows), first


def _queue(conn: Connection, now: datetime) -> list[sa.Row[Any]]:
    # Literal text, as in the index's condition: SQLite does not use a partial index for a bound value.
    conditions = (sa.text("phase <> 'done'"), event.c.due_at < now + HORIZON, event.c.scheduled_at <= now)
    query = (
        sa.select(
            event.c.phase,
            sa.func.count().label("waiting"),
            sa.func.sum(sa.case((event.c.due_at < now, 1), else_=0)).label("overdue"),
            sa.func.min(sa.case((event.c.due_at < now, event.c.due_at))).label("first_due"),
            sa.func.min(sa.case((event.c.status == "scheduled", event.c.scheduled_at))).label("first_timer"),
        )
        .where(*conditions)
        .group_by(event.c.phase)
    )
    return list(conn.execute(query))


def _count(conn: Connection, query: sa.Select[Any]) -> int:
    number: int = conn.execute(query).scalar_one()
    return number


def _moment(conn: Connection, query: sa.Select[Any]) -> datetime | None:
    moment: datetime | None = conn.execute(query).scalar()
    return moment


def database_time(conn: Connection) -> datetime | None:
    """What the database server's clock says, in UTC; None for SQLite, which has no clock of its own."""
    if conn.dialect.name != "postgresql":
        return None
    moment: datetime = conn.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
    return moment.astimezone(UTC)
