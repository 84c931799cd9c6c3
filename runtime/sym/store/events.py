"""Events: what happened, or is to happen, to a run; the worker's list of work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy import Connection

from sym.store import rows
from sym.store.tables import event as table
from sym.store.tables import run as run_table

Status = Literal["scheduled", "processing", "success", "error"]
Phase = Literal["decide", "perform", "after", "done"]


# What every phase asks for is built once: building a query takes as long as having it answered.
_BY_ID = table.select().where(table.c.id == sa.bindparam("id"))
_OF_RUN = table.select().where(table.c.run_id == sa.bindparam("run_id")).order_by(table.c.created_at, table.c.id)


@dataclass(frozen=True, kw_only=True)
class Event:
    """One event of a run: ``request``, ``approve``, ``deny``, ``escalate``, ``deescalate``, ``request_expire`` …

    ``attempt`` counts the tries of the present ``phase``. ``due_at`` is when somebody should look why nothing moved,
    None once the phase is done. ``channel_type`` is sym (also for the API), slack, sdk or internal. ``cause_id`` is
    the event that caused this one.
    """

    id: str
    run_id: str
    name: str
    status: str
    phase: str
    attempt: int = 1
    actor_id: str
    channel_type: str
    channel_identifier: str | None = None
    fields: dict[str, Any]
    context: dict[str, Any]
    output: dict[str, Any] | None = None
    error: str | None = None
    cause_id: str | None = None
    idempotency_key: str | None = None
    created_at: datetime
    scheduled_at: datetime
    due_at: datetime | None = None
    finished_at: datetime | None = None


def insert_event(conn: Connection, event: Event) -> None:
    """Add an event. Raises SQLAlchemy's IntegrityError if its idempotency key is taken: look it up first, with
    :func:`find_event_by_key`, and again after the error."""
    rows.insert(conn, table, event)


def get_event(conn: Connection, event_id: str) -> Event | None:
    """The event, or None."""
    return rows.one(conn, Event, _BY_ID, {"id": event_id})


def find_event_by_key(conn: Connection, idempotency_key: str) -> Event | None:
    """The event that was made with this idempotency key, or None."""
    return rows.one(conn, Event, table.select().where(table.c.idempotency_key == idempotency_key))


def move_event(conn: Connection, event: Event, **changes: Any) -> Event | None:
    """Change the event if its phase and attempt still are what ``event`` says; None if somebody was faster.

    A change that moves neither does not keep a second one from succeeding. Moving to the phase ``done`` clears
    ``due_at``.
    """
    if changes.get("phase") == "done":
        changes = {**changes, "due_at": None}
    return rows.move(conn, table, event, ["phase", "attempt"], changes)


def events_of_run(conn: Connection, run_id: str) -> list[Event]:
    """Every event of the run, oldest first."""
    return rows.many(conn, Event, _OF_RUN, {"run_id": run_id})


def overdue_events(conn: Connection, *, before: datetime, limit: int = 100) -> list[Event]:
    """Unfinished events that should have moved before that moment, the longest overdue first."""
    # Literal text, as in the index's condition: SQLite does not use a partial index for a bound value.
    query = table.select().where(sa.text("phase <> 'done'"), table.c.due_at < before)
    return rows.many(conn, Event, query.order_by(table.c.due_at).limit(limit))


def count_events(  # noqa: PLR0913 - the filters authors may give
    conn: Connection,
    *,
    requester_id: str,
    name: str,
    since: datetime | None = None,
    until: datetime | None = None,
    flow_id: str | None = None,
    target_id: str | None = None,
    include_errored: bool = False,
) -> int:
    """How many events of that name succeeded on runs the user requested, of one flow or target if given.

    ``since`` and ``until`` bound the event's scheduled time and are both included. ``include_errored`` also counts
    events that failed or were ignored; one that is still being processed is never counted.
    """
    statuses = ["success", "error"] if include_errored else ["success"]
    conditions = [table.c.name == name, table.c.status.in_(statuses), run_table.c.requester_id == requester_id]
    if since is not None:
        conditions.append(table.c.scheduled_at >= since)
    if until is not None:
        conditions.append(table.c.scheduled_at <= until)
    if flow_id is not None:
        conditions.append(run_table.c.flow_id == flow_id)
    if target_id is not None:
        conditions.append(run_table.c.target_id == target_id)
    joined = table.join(run_table, table.c.run_id == run_table.c.id)
    return conn.execute(sa.select(sa.func.count()).select_from(joined).where(*conditions)).scalar_one()
