"""Seals over the audit log, and the log as it is stored, in the order of its chain.

Which entries a seal covers is a column of the entries, not a range of numbers: on PostgreSQL a transaction takes its
numbers when it writes and commits later, so a lower number can appear after a higher one has been sealed. It is then
sealed by the next seal.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from sym.audit.seals import EntryHead, Seal, Sign, make_seal
from sym.audit.verification import StoredEntry, StoredValue
from sym.store.audit import Filter
from sym.store.tables import audit_entry as entry_table
from sym.store.tables import audit_personal as personal_table
from sym.store.tables import audit_seal as table

_MOST_ENTRIES = 2000
_LOCK = "sym audit seal"
_HEAD = tuple(entry_table.c[name] for name in EntryHead.__dataclass_fields__)
# As text: what is verified is what is there, and a document is parsed once.
_ENTRY = (*_HEAD, entry_table.c.seal_id, sa.cast(entry_table.c.document, sa.Text).label("text"))
_VALUE = (
    personal_table.c.entry_id,
    personal_table.c.path,
    personal_table.c.salt,
    sa.cast(personal_table.c.value, sa.Text).label("text"),
    personal_table.c.erased_at,
)


def has_unsealed(conn: Connection) -> bool:
    """Whether there are entries that no seal covers yet."""
    query = sa.select(entry_table.c.sequence).where(entry_table.c.seal_id.is_(None)).limit(1)
    return conn.execute(query).first() is not None


def seal_next(conn: Connection, *, sign: Sign, now: datetime, limit: int = _MOST_ENTRIES) -> Seal | None:
    """Seal the oldest entries that are not, at most ``limit`` of them; None if there are none, or somebody else does
    it at this moment. Everything this transaction sees is committed."""
    if not _alone(conn):
        return None
    waiting = sa.select(*_HEAD).where(entry_table.c.seal_id.is_(None)).order_by(entry_table.c.sequence).limit(limit)
    entries = [EntryHead(**row._mapping) for row in conn.execute(waiting)]
    if not entries:
        return None
    seal = make_seal(last_seal(conn), entries, sign=sign, now=now)
    _insert(conn, seal)
    sequences = [entry.sequence for entry in entries]
    conn.execute(entry_table.update().where(entry_table.c.sequence.in_(sequences)).values(seal_id=seal.number))
    return seal


def _alone(conn: Connection) -> bool:
    if conn.dialect.name != "postgresql":
        return True  # one writer at a time
    return bool(conn.execute(sa.select(sa.func.pg_try_advisory_xact_lock(sa.func.hashtextextended(_LOCK, 0)))).scalar())


def _insert(conn: Connection, seal: Seal) -> None:
    values = {name: value for name, value in vars(seal).items() if name != "number"}
    leaves = [[sequence, leaf] for sequence, leaf in seal.leaves]
    conn.execute(table.insert().values({**values, "id": seal.number, "leaves": leaves}))


def _seal(row: sa.Row[Any]) -> Seal:
    values = dict(row._mapping)
    leaves = values.pop("leaves")
    return Seal(number=values.pop("id"), leaves=_leaves(leaves), **values)


def _leaves(stored: Any) -> tuple[tuple[int, str], ...]:
    """The list as it is stored; what is no such list, because somebody changed it, fits no seal."""
    if stored is None:
        return ()
    try:
        return tuple((int(sequence), str(leaf)) for sequence, leaf in stored)
    except (TypeError, ValueError):
        return ((0, ""),)


def last_seal(conn: Connection) -> Seal | None:
    """The newest seal, or None."""
    row = conn.execute(table.select().order_by(table.c.id.desc()).limit(1)).first()
    return None if row is None else _seal(row)


def get_seal(conn: Connection, number: int) -> Seal | None:
    """The seal with that number, or None."""
    row = conn.execute(table.select().where(table.c.id == number)).first()
    return None if row is None else _seal(row)


def next_seals(conn: Connection, after: int, *, most_entries: int = 5000, limit: int = 500) -> list[Seal]:
    """The seals after that number, as many as together have some ``most_entries``; at least one, if there is one."""
    sizes = sa.select(table.c.id, table.c.entry_count).where(table.c.id > after).order_by(table.c.id).limit(limit)
    last, total = after, 0
    for row in conn.execute(sizes):
        total += row.entry_count
        if last > after and total > most_entries:
            break
        last = row.id
    query = table.select().where(table.c.id > after, table.c.id <= last).order_by(table.c.id)
    return [_seal(row) for row in conn.execute(query)]


def entries_of_seals(conn: Connection, seals: Sequence[Seal]) -> dict[int, list[StoredEntry]]:
    """The entries of consecutive seals by the seal's number, in the order of their own."""
    if not seals:
        return {}
    found: dict[int, list[StoredEntry]] = {seal.number: [] for seal in seals}
    within = entry_table.c.seal_id.between(seals[0].number, seals[-1].number)
    rows = conn.execute(sa.select(*_ENTRY).where(within).order_by(entry_table.c.sequence)).all()
    joined = personal_table.join(entry_table, entry_table.c.id == personal_table.c.entry_id)
    values = _values(conn, sa.select(*_VALUE).select_from(joined).where(within))
    for row in rows:
        found.setdefault(row.seal_id, []).append(_entry(row, values))
    return found


def unsealed_entries(conn: Connection, *, after_seal: int = 0, after_sequence: int = 0,
                     limit: int = 1000) -> list[StoredEntry]:  # fmt: skip
    """Entries no seal up to ``after_seal`` covers, after that sequence, in order."""
    beyond = sa.or_(entry_table.c.seal_id.is_(None), entry_table.c.seal_id > after_seal)
    query = sa.select(*_ENTRY).where(beyond, entry_table.c.sequence > after_sequence)
    return _read(conn, query.order_by(entry_table.c.sequence).limit(limit))


def chosen_entries(conn: Connection, only: Filter, *, after_sequence: int = 0,
                   limit: int = 1000) -> list[tuple[StoredEntry, int | None]]:  # fmt: skip
    """Entries that ``only`` lets through, after that sequence, in order, each with the number of its seal."""
    query = sa.select(*_ENTRY).where(entry_table.c.sequence > after_sequence, *only.conditions())
    query = query.order_by(entry_table.c.sequence).limit(limit)
    entries = _read(conn, query)
    within = entry_table.c.sequence.in_([entry.head.sequence for entry in entries])
    rows = conn.execute(sa.select(entry_table.c.sequence, entry_table.c.seal_id).where(within))
    numbers = {row.sequence: row.seal_id for row in rows}
    return [(entry, numbers.get(entry.head.sequence)) for entry in entries]


def _read(conn: Connection, query: sa.Select[Any]) -> list[StoredEntry]:
    rows = conn.execute(query).all()
    values = _values(conn, sa.select(*_VALUE).where(personal_table.c.entry_id.in_([row.id for row in rows])))
    return [_entry(row, values) for row in rows]


def _values(conn: Connection, query: sa.Select[Any]) -> dict[str, list[StoredValue]]:
    found: dict[str, list[StoredValue]] = {}
    for entry_id, path, salt, text, erased_at in conn.execute(query):
        found.setdefault(entry_id, []).append(StoredValue(path, salt, text, erased_at is not None))
    return found


def _entry(row: sa.Row[Any], values: dict[str, list[StoredValue]]) -> StoredEntry:
    sequence, entry_id, name, run_id, event_id, recorded_at, entry_hash, *_ = tuple(row)
    head = EntryHead(sequence=sequence, id=entry_id, name=name, run_id=run_id, event_id=event_id,
                     recorded_at=recorded_at, entry_hash=entry_hash)  # fmt: skip
    return StoredEntry(head=head, document=row.text, personal=values.get(entry_id, ()))


def orphans(conn: Connection) -> list[StoredEntry]:
    """Entries that name a seal after the last one there is; a hundred at most."""
    last = sa.select(sa.func.coalesce(sa.func.max(table.c.id), 0)).scalar_subquery()
    return _read(
        conn, sa.select(*_ENTRY).where(entry_table.c.seal_id > last).order_by(entry_table.c.sequence).limit(100)
    )
