"""Messages: what people are told of a run. Written with the decision that made it necessary, delivered afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy import Connection

from sym.store import rows
from sym.store.tables import message as table

MessageStatus = Literal["waiting", "delivered", "failed", "superseded"]


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message to one destination.

    ``kind`` says what it is (``request``, ``decision``, ``ended`` …), ``destination`` to whom it goes and ``content``
    what it says, as documents of the engine's outbound port. ``attempt`` counts its jobs, ``tries`` how often what it
    says now was tried in vain. ``reference`` is what the surface gave for it, by which it
    can be changed later. ``due_at`` is when it is to be tried, None once it is delivered or given up. A message whose
    run has moved on is ``superseded``: it can no longer be acted upon.
    """

    id: str
    run_id: str
    event_id: str | None = None
    kind: str
    destination: dict[str, Any]
    content: dict[str, Any]
    status: str = "waiting"
    attempt: int = 1
    tries: int = 0
    reference: dict[str, Any] | None = None
    error: str | None = None
    created_at: datetime
    due_at: datetime | None = None
    delivered_at: datetime | None = None


def insert_message(conn: Connection, message: Message) -> None:
    """Add a message."""
    rows.insert(conn, table, message)


def get_message(conn: Connection, message_id: str) -> Message | None:
    """The message, or None."""
    return rows.one(conn, Message, table.select().where(table.c.id == message_id))


def move_message(conn: Connection, message: Message, **changes: Any) -> Message | None:
    """Change the message if its status and attempt still are what ``message`` says; None if somebody was faster."""
    return rows.move(conn, table, message, ["status", "attempt"], changes)


def messages_of_run(conn: Connection, run_id: str) -> list[Message]:
    """Every message of the run, oldest first."""
    query = table.select().where(table.c.run_id == run_id).order_by(table.c.created_at, table.c.id)
    return rows.many(conn, Message, query)


def due_messages(conn: Connection, *, before: datetime, limit: int = 100) -> list[Message]:
    """Messages that wait and should have been tried before that moment, the longest overdue first."""
    # Literal text, as in the index's condition: SQLite does not use a partial index for a bound value.
    query = table.select().where(sa.text("status = 'waiting'"), table.c.due_at < before)
    return rows.many(conn, Message, query.order_by(table.c.due_at).limit(limit))
