"""Runs: one row per request, its state and what it was pinned to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from sym.store import rows
from sym.store.tables import run as table


@dataclass(frozen=True, kw_only=True)
class Run:
    """One request. ``flow_version`` and ``target_version`` pin it to what was declared when it began; ``duration`` is
    in seconds; ``actors`` maps an event's name to the id of the user who caused it; ``source`` is api, slack or cli;
    ``routing`` is the list of notifications and which of them is out."""

    id: str
    flow_id: str
    flow_slug: str
    flow_version: int
    requester_id: str
    status: str
    version: int = 1
    source: str
    fields: dict[str, Any]
    target_id: str | None = None
    target_version: int | None = None
    duration: int | None = None
    permissions: dict[str, Any] | None = None
    routing: dict[str, Any] | None = None
    actors: dict[str, str]
    created_at: datetime
    updated_at: datetime
    expires_at: datetime | None = None


def insert_run(conn: Connection, run: Run) -> None:
    """Add a run."""
    rows.insert(conn, table, run)


def get_run(conn: Connection, run_id: str, *, lock: bool = False) -> Run | None:
    """The run, or None. With ``lock`` nobody else may change it before this transaction ends."""
    query = table.select().where(table.c.id == run_id)
    return rows.one(conn, Run, query.with_for_update() if lock else query)


def move_run(conn: Connection, run: Run, **changes: Any) -> Run | None:
    """Change the run if nobody has since ``run`` was read, and count its version up.

    Gives the changed run, or None if somebody was faster: read it again and decide again. The caller passes
    ``updated_at`` with the other changes.
    """
    return rows.move(conn, table, run, ["version"], {**changes, "version": run.version + 1})


def list_runs(
    conn: Connection, *, status: str | None = None, requester_id: str | None = None, limit: int = 100
) -> list[Run]:
    """Runs, newest first, of one status or one requester if given."""
    query = table.select().order_by(table.c.created_at.desc(), table.c.id.desc()).limit(limit)
    if status is not None:
        query = query.where(table.c.status == status)
    if requester_id is not None:
        query = query.where(table.c.requester_id == requester_id)
    return rows.many(conn, Run, query)


def runs_in(
    conn: Connection, statuses: Sequence[str], *, requester_id: str | None = None, not_of: str | None = None,
    limit: int = 100, offset: int = 0,
) -> list[Run]:  # fmt: skip
    """Runs in any of the statuses, newest first: those of one requester, or of anybody but ``not_of``, if given.
    ``offset`` leaves out as many from the beginning."""
    query = table.select().where(table.c.status.in_(statuses)).limit(limit).offset(offset)
    if requester_id is not None:
        query = query.where(table.c.requester_id == requester_id)
    if not_of is not None:
        query = query.where(table.c.requester_id != not_of)
    return rows.many(conn, Run, query.order_by(table.c.created_at.desc(), table.c.id.desc()))
