"""What services grant beside what Sym has granted, as it was last seen."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from sym.store import rows
from sym.store.grants import LIVE, Lease
from sym.store.tables import drift as table
from sym.store.tables import drift_check as check_table
from sym.store.tables import lease as lease_table

DriftKind = Literal["unapproved", "vanished"]
_ONLY = 1
_FIRST_CHECK = {"id": _ONLY, "checked": 0, "problems": []}
_BEGIN = {
    "postgresql": postgresql.insert(check_table).on_conflict_do_nothing(),
    "sqlite": sqlite.insert(check_table).on_conflict_do_nothing(),
}


@dataclass(frozen=True, kw_only=True)
class Check:
    """The check: when it last began and ended, ``reached`` how far it came when its time was up (None: all was
    ``checked``, so many places), and ``problems`` with places that could not be asked, as texts."""

    started_at: datetime | None = None
    finished_at: datetime | None = None
    reached: str | None = None
    checked: int = 0
    problems: list[str]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """``unapproved``: ``identity`` has access at ``place`` that no lease is about. ``vanished``: the lease is active
    and its access is not there. ``place`` is ``{"integration": {"type", "external_id"}, "strategy", "target": {"type",
    "settings"}, "label", "flow", "environment_id"}``; ``told_at`` is when people were told last."""

    id: str
    kind: str
    place_id: str
    place: dict[str, Any]
    identity: str
    lease_id: str | None = None
    first_seen_at: datetime
    last_seen_at: datetime
    told_at: datetime | None = None


def claim_check(conn: Connection, now: datetime, every: timedelta) -> Check | None:
    """Begin the check, unless somebody has within ``every``; then None. Gives how the last one ended."""
    conn.execute(_BEGIN[conn.dialect.name], _FIRST_CHECK)
    due = sa.or_(check_table.c.started_at.is_(None), check_table.c.started_at <= now - every)
    before = last_check(conn)
    done = conn.execute(check_table.update().where(check_table.c.id == _ONLY, due).values(started_at=now))
    return before if done.rowcount == 1 else None


def last_check(conn: Connection) -> Check | None:
    """The check as it was last; None before the first."""
    return rows.one(conn, Check, check_table.select())


def finish_check(conn: Connection, now: datetime, *, reached: str | None, checked: int, problems: list[str]) -> None:
    """Note how the check ended."""
    values = {"finished_at": now, "reached": reached, "checked": checked, "problems": problems}
    conn.execute(check_table.update().where(check_table.c.id == _ONLY).values(values))


def note_findings(conn: Connection, place_id: str, found: Iterable[Finding]) -> None:
    """What is so at a place now: what was found before and is not any more is forgotten."""
    before = {item.id: item for item in rows.many(conn, Finding, table.select().where(table.c.place_id == place_id))}
    for item in found:
        known = before.pop(item.id, None)
        if known is not None:
            kept = replace(item, first_seen_at=known.first_seen_at, told_at=known.told_at)
            conn.execute(table.update().where(table.c.id == item.id).values(vars(kept)))
        else:
            rows.insert(conn, table, item)
    if before:
        conn.execute(table.delete().where(table.c.id.in_(before)))


def forget_places(conn: Connection, existing: Collection[str]) -> None:
    """Forget what was found at places that are not there any more."""
    known = conn.execute(sa.select(table.c.place_id).distinct()).scalars()
    gone = [place_id for place_id in known if place_id not in existing]
    if gone:
        conn.execute(table.delete().where(table.c.place_id.in_(gone)))


def list_findings(conn: Connection, *, untold_since: datetime | None = None) -> list[Finding]:
    """What was found, the first found first; with ``untold_since`` only what nobody was told after that moment."""
    query = table.select().order_by(table.c.first_seen_at, table.c.id)
    if untold_since is not None:
        query = query.where(sa.or_(table.c.told_at.is_(None), table.c.told_at <= untold_since))
    return rows.many(conn, Finding, query)


def note_told(conn: Connection, ids: Collection[str], now: datetime) -> None:
    """People were told of these findings."""
    conn.execute(table.update().where(table.c.id.in_(ids)).values(told_at=now))


def count_findings(conn: Connection) -> dict[str, int]:
    """How many findings of each kind there are."""
    found = conn.execute(sa.select(table.c.kind, sa.func.count().label("count")).group_by(table.c.kind))
    return {"unapproved": 0, "vanished": 0} | {row.kind: row._mapping["count"] for row in found}


def leases_that_explain(conn: Connection, since: datetime) -> list[Lease]:
    """The leases that access at a service may be due to: live ones, those that ended after ``since``, and those whose
    access was there before."""
    recent = sa.and_(lease_table.c.status == "ended", lease_table.c.ended_at >= since)
    wanted = sa.or_(lease_table.c.status.in_(LIVE), recent, lease_table.c.preexisting.is_(True))
    return rows.many(conn, Lease, lease_table.select().where(wanted).order_by(lease_table.c.id))
