"""Removing the oldest part of the audit log."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from sym.audit.export import Pruning
from sym.audit.seals import Seal
from sym.store.grants import LIVE
from sym.store.log_cursors import oldest_waiting_seal
from sym.store.seals import get_seal
from sym.store.tables import audit_entry as entry_table
from sym.store.tables import audit_personal as personal_table
from sym.store.tables import audit_seal as seal_table
from sym.store.tables import lease as lease_table


def last_pruning(conn: Connection) -> Pruning | None:
    """What the newest entry about a pruning says, or None if nothing was ever removed."""
    query = sa.select(entry_table.c.document).where(entry_table.c.name == "audit.pruned")
    document = conn.execute(query.order_by(entry_table.c.sequence.desc()).limit(1)).scalar()
    try:
        stored = document["fields"]["pruning"] if document else None
        return None if stored is None else Pruning(**{key: value for key, value in stored.items() if key != "entries"})
    except (KeyError, TypeError, AttributeError):
        return None  # somebody changed it: what is gone then counts as removed without right


def prunable(conn: Connection, *, after: int, before: datetime) -> Seal | None:
    """The last seal up to which entries may be removed: made before that moment, as all before it, and with no entry,
    nor any before it, of a run that may still mean access, or that a log destination waits for. None if that is none
    after ``after``."""
    young = conn.execute(sa.select(sa.func.min(seal_table.c.id)).where(seal_table.c.sealed_at >= before)).scalar()
    newest = conn.execute(sa.select(sa.func.max(seal_table.c.id))).scalar()
    live = sa.select(lease_table.c.run_id).where(lease_table.c.status.in_(LIVE))
    needed = sa.select(sa.func.min(entry_table.c.seal_id)).where(entry_table.c.run_id.in_(live))
    bounds = [young, conn.execute(needed).scalar(), oldest_waiting_seal(conn), None if newest is None else newest + 1]
    through = min((bound for bound in bounds if bound is not None), default=1) - 1
    return get_seal(conn, through) if through > after else None


def remove_entries(conn: Connection, *, through: int) -> int:
    """Remove the entries of the seals up to that number, with their personal values; how many there were."""
    covered = entry_table.c.seal_id <= through
    ids = sa.select(entry_table.c.id).where(covered)
    conn.execute(personal_table.delete().where(personal_table.c.entry_id.in_(ids)))
    removed = conn.execute(entry_table.delete().where(covered)).rowcount
    conn.execute(seal_table.update().where(seal_table.c.id <= through).values(leaves=None))
    return removed
