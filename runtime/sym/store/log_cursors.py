"""How far each log destination has come in the audit log, and what it has still to be sent.

A place in the log is the number of a seal and, within it, of an entry. Seals only ever follow each other, whereas the
number of an entry may on PostgreSQL appear after a higher one; so what is behind a place was there when it was reached.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from sym.audit import classification
from sym.audit.chain import PersonalValue
from sym.store import rows
from sym.store.tables import audit_entry as entry_table
from sym.store.tables import audit_personal as personal_table
from sym.store.tables import audit_seal as seal_table
from sym.store.tables import log_cursor as table
from sym.store.tables import reference as reference_table
from sym.store.tables import resource as resource_table
from sym.store.tables import resource_version as version_table
from sym.store.tables import run as run_table

MOST_COUNTED = 10_000
"""Where more entries wait, it is said that it is so many."""
_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_INSERT = {
    "postgresql": postgresql.insert(table).on_conflict_do_nothing(),
    "sqlite": sqlite.insert(table).on_conflict_do_nothing(),
}


@dataclass(frozen=True, kw_only=True)
class LogCursor:
    """How far a destination has come: to the entry ``sequence`` of ``seal``.

    ``tries`` in vain since ``failing_since``, the last with ``error``; ``next_at`` is when it is tried again, and
    ``told_at`` when people were told. ``sent_at`` is when it last took something. ``claimed_by`` sends to it until
    ``claimed_until`` at the latest.
    """

    destination_id: str
    seal: int
    sequence: int
    tries: int = 0
    failing_since: datetime | None = None
    told_at: datetime | None = None
    next_at: datetime | None = None
    error: str | None = None
    sent_at: datetime | None = None
    claimed_by: str | None = None
    claimed_until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class SealedEntry:
    """An entry as it is sent: its ``document`` with its personal values, or with commitments in their place."""

    id: str
    name: str
    run_id: str
    event_id: str | None
    seal: int
    sequence: int
    recorded_at: datetime
    document: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What comes next for a destination; once that is sent, it has come to ``seal`` and ``sequence``."""

    entries: list[SealedEntry]
    seal: int
    sequence: int


@dataclass(frozen=True, kw_only=True)
class Lag:
    """A destination, and by how much it is behind: ``entries`` (``MOST_COUNTED`` at most) have not been sent, the
    first of them from ``since`` (None if there is none). ``cursor`` is None before a worker has seen it."""

    id: str
    type: str
    slug: str
    cursor: LogCursor | None
    entries: int
    since: datetime | None


def due_destinations(conn: Connection, now: datetime) -> list[str]:
    """Ids of the destinations that nobody sends to, that are to be tried now, and that may have something to be sent;
    and of those that have no cursor yet."""
    seal = seal_table.c
    beyond = sa.or_(seal.id > table.c.seal, seal.last_sequence > table.c.sequence)
    more = sa.exists().where(seal.id >= table.c.seal, beyond).correlate(table)
    due = sa.or_(
        table.c.destination_id.is_(None),
        sa.and_(more, sa.or_(table.c.next_at.is_(None), table.c.next_at <= now), _free(now)),
    )
    joined = resource_table.outerjoin(table, table.c.destination_id == resource_table.c.id)
    query = sa.select(resource_table.c.id).select_from(joined)
    query = query.where(resource_table.c.name == "log_destination", due).order_by(resource_table.c.slug)
    return list(conn.execute(query).scalars())


def _free(now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(table.c.claimed_until.is_(None), table.c.claimed_until <= now)


def begin_cursor(conn: Connection, destination_id: str) -> bool:
    """Let a destination begin where the log tells of its declaration; False as long as that is not sealed, and for one
    that is gone."""
    told = sa.type_coerce(entry_table.c.document, _JSON)["fields"]["resource"]["id"].as_string() == destination_id
    query = sa.select(entry_table.c.seal_id, entry_table.c.sequence).where(
        entry_table.c.name == "resource.created", told
    )
    row = conn.execute(query.order_by(entry_table.c.sequence).limit(1)).first()
    is_there = conn.execute(sa.select(resource_table.c.id).where(resource_table.c.id == destination_id)).first()
    if is_there is None or (row is not None and row.seal_id is None):
        return False
    # Where the entry has been removed, what is left of the log is younger than it.
    place = (row.seal_id, row.sequence) if row is not None else (0, 0)
    cursor = LogCursor(destination_id=destination_id, seal=place[0], sequence=place[1])
    conn.execute(_INSERT[conn.dialect.name], vars(cursor))
    return True


def get_cursor(conn: Connection, destination_id: str) -> LogCursor | None:
    """The cursor of a destination, or None."""
    return rows.one(conn, LogCursor, table.select().where(table.c.destination_id == destination_id))


def claim_cursor(
    conn: Connection, destination_id: str, *, by: str, now: datetime, lasts: timedelta
) -> LogCursor | None:
    """Take a destination that nobody has; None if somebody has, or was faster."""
    free = table.update().where(table.c.destination_id == destination_id, _free(now))
    done = conn.execute(free.values(claimed_by=by, claimed_until=now + lasts))
    return get_cursor(conn, destination_id) if done.rowcount == 1 else None


def move_cursor(conn: Connection, cursor: LogCursor, **changes: Any) -> LogCursor | None:
    """Change the cursor if it is still claimed and where ``cursor`` says; None if somebody else has taken it."""
    return rows.move(conn, table, cursor, ["claimed_by", "seal", "sequence"], changes)


def free_all_cursors(conn: Connection) -> None:
    """Nobody sends any more: for the one process of a store, when it begins."""
    conn.execute(table.update().where(table.c.claimed_by.is_not(None)).values(claimed_by=None, claimed_until=None))


def environments_of(conn: Connection, destination_id: str) -> list[str]:
    """Ids of the environments that list a destination, by their names."""
    joined = reference_table.join(resource_table, resource_table.c.id == reference_table.c.source_id)
    query = sa.select(resource_table.c.id, resource_table.c.slug).select_from(joined).where(
        reference_table.c.target_id == destination_id, resource_table.c.name == "environment"
    )  # fmt: skip
    return list(conn.execute(query.distinct().order_by(resource_table.c.slug)).scalars())


def next_batch(conn: Connection, cursor: LogCursor, *, limit: int, whole_seals: bool = False,
               personal: bool = False) -> Batch | None:  # fmt: skip
    """The sealed entries after the cursor of runs whose flow is in an environment that lists the destination: at most
    ``limit``, or with ``whole_seals`` all of one seal. None if nothing was sealed since."""
    newest = conn.execute(sa.select(seal_table).order_by(seal_table.c.id.desc()).limit(1)).first()
    if newest is None or (newest.id, newest.last_sequence) <= (cursor.seal, cursor.sequence):
        return None
    environments = environments_of(conn, cursor.destination_id)
    query = _entries(environments).where(_after(cursor), entry_table.c.seal_id <= newest.id)
    query = query.order_by(entry_table.c.seal_id, entry_table.c.sequence)
    if whole_seals:
        first = conn.execute(query.with_only_columns(entry_table.c.seal_id).limit(1)).scalar()
        query = query.where(entry_table.c.seal_id == (newest.id if first is None else first))
    found = conn.execute(query if whole_seals else query.limit(limit)).all() if environments else []
    place = (newest.id, newest.last_sequence)
    if found and (whole_seals or len(found) == limit):
        place = (found[-1].seal_id, found[-1].sequence)
    return Batch(entries=_read(conn, found, personal=personal), seal=place[0], sequence=place[1])


def _after(cursor: LogCursor) -> sa.ColumnElement[bool]:
    seal, sequence = entry_table.c.seal_id, entry_table.c.sequence
    return sa.and_(seal >= cursor.seal, sa.or_(seal > cursor.seal, sequence > cursor.sequence))


def _entries(environments: Collection[str]) -> sa.Select[Any]:
    """Entries of runs whose flow, as it was when they began, is in one of the environments."""
    version = sa.and_(
        version_table.c.resource_id == run_table.c.flow_id, version_table.c.version == run_table.c.flow_version
    )
    joined = entry_table.join(run_table, run_table.c.id == entry_table.c.run_id).join(version_table, version)
    within = sa.type_coerce(version_table.c.document, _JSON)["environment_id"].as_string().in_(sorted(environments))
    return sa.select(entry_table).select_from(joined).where(within)


def _read(conn: Connection, found: Sequence[sa.Row[Any]], *, personal: bool) -> list[SealedEntry]:
    values: dict[str, list[PersonalValue]] = {}
    if personal and found:
        query = sa.select(personal_table).where(personal_table.c.entry_id.in_([row.id for row in found]))
        for row in conn.execute(query):
            value = PersonalValue(path=row.path, value=row.value, salt=row.salt, erased=row.erased_at is not None)
            values.setdefault(row.entry_id, []).append(value)
    return [
        SealedEntry(
            id=row.id, name=row.name, run_id=row.run_id, event_id=row.event_id, seal=row.seal_id,
            sequence=row.sequence, recorded_at=row.recorded_at,
            document=classification.join(row.document, values.get(row.id, [])),
        )
        for row in found
    ]  # fmt: skip


def oldest_waiting_seal(conn: Connection) -> int | None:
    """The number of the seal that the slowest destination has come to; None if none has begun."""
    number: int | None = conn.execute(sa.select(sa.func.min(table.c.seal))).scalar()
    return number


def lags(conn: Connection) -> list[Lag]:
    """Every destination, by type and name, with what it has still to be sent, sealed or not."""
    query = resource_table.select().where(resource_table.c.name == "log_destination")
    cursors = {cursor.destination_id: cursor for cursor in rows.many(conn, LogCursor, table.select())}
    found = []
    for row in conn.execute(query.order_by(resource_table.c.type, resource_table.c.slug)).all():
        cursor = cursors.get(row.id)
        count, since = _waiting(conn, row.id, cursor)
        found.append(Lag(id=row.id, type=row.type, slug=row.slug, cursor=cursor, entries=count, since=since))
    return found


def _waiting(conn: Connection, destination_id: str, cursor: LogCursor | None) -> tuple[int, datetime | None]:
    environments = environments_of(conn, destination_id)
    if cursor is None or not environments:
        return 0, None
    found = _entries(environments).with_only_columns(entry_table.c.recorded_at)
    in_order = (entry_table.c.seal_id, entry_table.c.sequence)
    sealed = conn.execute(found.where(_after(cursor)).order_by(*in_order).limit(MOST_COUNTED)).scalars().all()
    fresh = conn.execute(found.where(entry_table.c.seal_id.is_(None)).limit(MOST_COUNTED)).scalars().all()
    return min(len(sealed) + len(fresh), MOST_COUNTED), next(iter(sealed), min(fresh, default=None))
