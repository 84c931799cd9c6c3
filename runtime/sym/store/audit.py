"""The audit log: appended in the transaction of what it tells about, read back whole or with personal values hidden."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from sym.audit import chain, classification
from sym.audit.chain import PersonalValue
from sym.audit.events import AuditEvent
from sym.errors import Unrecorded
from sym.store.tables import audit_entry as entry_table
from sym.store.tables import audit_personal as personal_table
from sym.store.tables import run as run_table

SPOOL = "sym_audit_spool"
"""Execution option of a connection: a list that takes the entries (as :func:`insert` does) instead of the tables."""

# PostgreSQL's SQLSTATEs for what is nobody's fault: serialization failure and deadlock.
_TRY_AGAIN = {"40001", "40P01"}


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which entries are meant; what is None does not matter. ``flow`` is the slug of the flow whose runs are meant,
    ``user_id`` of somebody the entry names, ``since`` (included) and ``until`` bound the time of recording."""

    run_id: str | None = None
    flow: str | None = None
    user_id: str | None = None
    name: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """What the rows must fulfil."""
        entry, found = entry_table.c, []
        if self.run_id is not None:
            found.append(entry.run_id == self.run_id)
        if self.flow is not None:
            runs = sa.select(run_table.c.id).where(run_table.c.flow_slug == self.flow.lower())
            found.append(entry.run_id.in_(runs))
        if self.user_id is not None:
            found.append(sa.cast(entry.document, sa.Text).contains(self.user_id, autoescape=True))
        if self.name is not None:
            found.append(entry.name == self.name)
        if self.since is not None:
            found.append(entry.recorded_at >= self.since)
        if self.until is not None:
            found.append(entry.recorded_at < self.until)
        return found


def append(conn: Connection, event: AuditEvent, *, now: datetime) -> str:
    """Add an entry and give its id. It is committed, or not, with everything else in this transaction.

    Raises Unrecorded if the log cannot be written; the transaction must then be rolled back.
    """
    entry_id = str(uuid.uuid4())
    document, personal = classification.split(event.document(entry_id, now))
    entry = {
        "id": entry_id,
        "name": event.name,
        "run_id": event.run_id,
        "event_id": event.event_id,
        "recorded_at": now,
        "document": document,
        "entry_hash": chain.entry_hash(document),
    }
    values = [{"entry_id": entry_id, "path": p.path, "salt": p.salt, "value": p.value} for p in personal]
    spooled: list[tuple[dict[str, Any], list[dict[str, Any]]]] | None = conn.get_execution_options().get(SPOOL)
    if spooled is not None:
        spooled.append((entry, values))
        return entry_id
    try:
        insert(conn, entry, values)
    except sa.exc.DBAPIError as error:
        if error.connection_invalidated or getattr(error.orig, "sqlstate", None) in _TRY_AGAIN:
            raise
        raise Unrecorded(hint="The database's log says why; access that is due ends all the same.") from error
    return entry_id


def insert(conn: Connection, entry: dict[str, Any], personal: list[dict[str, Any]]) -> None:
    """Insert the row of an entry and those of its personal values."""
    conn.execute(entry_table.insert().values(entry))
    if personal:
        conn.execute(personal_table.insert(), personal)


def require_writable(conn: Connection, event: AuditEvent, *, now: datetime) -> None:
    """Raises Unrecorded unless ``event`` could be recorded now: it is tried, and taken back."""
    with conn.begin_nested() as attempt:
        append(conn, event, now=now)
        attempt.rollback()


def exists(conn: Connection, entry_id: str) -> bool:
    """Whether there is an entry with that id."""
    return conn.execute(sa.select(entry_table.c.id).where(entry_table.c.id == entry_id)).first() is not None


def entries(  # noqa: PLR0913 - the filters there are
    conn: Connection,
    *,
    run_id: str | None = None,
    name: str | None = None,
    only: Filter | None = None,
    after_sequence: int = 0,
    limit: int = 1000,
    reveal: bool = True,
) -> list[dict[str, Any]]:
    """Entries in the order they were written, as documents with ``name`` and ``sequence`` added.

    Personal values are put back; one that was erased is ``{"erased": true}``. Without ``reveal`` their commitments are
    shown. ``after_sequence`` pages through a list. It is no cursor to deliver from on PostgreSQL: of two transactions
    the later one to commit may have the lower sequence.
    """
    only = only or Filter(run_id=run_id, name=name)
    query = sa.select(entry_table).where(entry_table.c.sequence > after_sequence, *only.conditions())
    found = conn.execute(query.order_by(entry_table.c.sequence).limit(limit)).all()
    personal = _personal(conn, [row.id for row in found]) if reveal else {}
    return [
        {"name": row.name, "sequence": row.sequence, **classification.join(row.document, personal.get(row.id, []))}
        for row in found
    ]


def _personal(conn: Connection, entry_ids: Sequence[str]) -> dict[str, list[PersonalValue]]:
    by_entry: dict[str, list[PersonalValue]] = defaultdict(list)
    query = sa.select(personal_table).where(personal_table.c.entry_id.in_(entry_ids))
    for row in conn.execute(query):
        erased = row.erased_at is not None
        value = PersonalValue(path=row.path, value=row.value, salt=row.salt, erased=erased)
        by_entry[row.entry_id].append(value)
    return by_entry


def erase(conn: Connection, entry_id: str, *, now: datetime, path: str | None = None) -> int:
    """Erase the personal values of an entry, or the one at ``path`` (a JSON Pointer); gives how many there were.

    Value and salt are gone for good; the entry, its hash and whatever seals it stay as they are.
    """
    query = personal_table.update().where(personal_table.c.entry_id == entry_id, personal_table.c.erased_at.is_(None))
    if path is not None:
        query = query.where(personal_table.c.path == path)
    return conn.execute(query.values(salt=None, value=None, erased_at=now)).rowcount


def verify(conn: Connection, entry_id: str) -> list[str]:
    """What is wrong with an entry as it is stored, in words; nothing if it is as it was written."""
    row = conn.execute(sa.select(entry_table).where(entry_table.c.id == entry_id)).first()
    if row is None:
        return ["there is no such entry"]
    return chain.verify_entry(row.document, row.entry_hash, _personal(conn, [entry_id])[entry_id])
