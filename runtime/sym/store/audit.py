"""The audit log: appended in the transaction of what it tells about, read back whole or with personal values hidden."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from sym.audit import chain, classification
from sym.audit.chain import PersonalValue
from sym.audit.events import AuditEvent
from sym.store.tables import audit_entry as entry_table
from sym.store.tables import audit_personal as personal_table


def append(conn: Connection, event: AuditEvent, *, now: datetime) -> str:
    """Add an entry and give its id. It is committed, or not, with everything else in this transaction."""
    entry_id = str(uuid.uuid4())
    document, personal = classification.split(event.document(entry_id, now))
    conn.execute(
        entry_table.insert().values(
            id=entry_id,
            name=event.name,
            run_id=event.run_id,
            event_id=event.event_id,
            recorded_at=now,
            document=document,
            entry_hash=chain.entry_hash(document),
        )
    )
    if personal:
        rows = [{"entry_id": entry_id, "path": p.path, "salt": p.salt, "value": p.value} for p in personal]
        conn.execute(personal_table.insert(), rows)
    return entry_id


def entries(
    conn: Connection,
    *,
    run_id: str | None = None,
    name: str | None = None,
    after_sequence: int = 0,
    limit: int = 1000,
    reveal: bool = True,
) -> list[dict[str, Any]]:
    """Entries in the order they were written, as documents with ``name`` and ``sequence`` added.

    Personal values are put back; one that was erased is ``{"erased": true}``. Without ``reveal`` their commitments are
    shown. ``after_sequence`` pages through a list. It is no cursor to deliver from on PostgreSQL: of two transactions
    the later one to commit may have the lower sequence.
    """
    query = sa.select(entry_table).where(entry_table.c.sequence > after_sequence)
    if run_id is not None:
        query = query.where(entry_table.c.run_id == run_id)
    if name is not None:
        query = query.where(entry_table.c.name == name)
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
