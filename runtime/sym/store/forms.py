"""Forms that are being filled in, and what became of them: any server can go on with one until it expires."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from sym.store import rows
from sym.store.surface_tables import form as table


@dataclass(frozen=True, kw_only=True)
class StoredForm:
    """The form of one person. ``document`` is the engine's; ``run_id`` and ``event_id`` are those of the request it
    was submitted as, None until then. ``source`` is where it was opened: slack, api or cli."""

    id: str
    user_id: str
    flow_id: str
    flow_version: int
    source: str
    document: dict[str, Any]
    run_id: str | None = None
    event_id: str | None = None
    created_at: datetime
    expires_at: datetime


def insert_form(conn: Connection, form: StoredForm) -> None:
    """Add a form."""
    rows.insert(conn, table, form)


def get_form(conn: Connection, form_id: str, *, lock: bool = False) -> StoredForm | None:
    """The form, expired or not, or None. With ``lock`` nobody else may change it before this transaction ends."""
    query = table.select().where(table.c.id == form_id)
    return rows.one(conn, StoredForm, query.with_for_update() if lock else query)


def keep_document(conn: Connection, form_id: str, document: dict[str, Any]) -> None:
    """Put ``document`` in place of the one that is there. Have the form locked."""
    conn.execute(table.update().where(table.c.id == form_id).values(document=document))


def claim_form(conn: Connection, form: StoredForm, *, run_id: str, event_id: str) -> StoredForm | None:
    """Note what the form was submitted as, once: None if it was submitted already."""
    return rows.move(conn, table, form, ["run_id"], {"run_id": run_id, "event_id": event_id})


def purge_forms(conn: Connection, *, before: datetime) -> int:
    """Forget the forms that had expired by that moment; how many there were."""
    return conn.execute(table.delete().where(table.c.expires_at < before)).rowcount
