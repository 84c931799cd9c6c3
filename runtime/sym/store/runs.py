"""Runs: one row per request, its state and what it was pinned to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
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


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which runs are meant; what is None does not matter. ``flow`` is a flow's slug; ``since`` (included) and ``until``
    bound the time of the request."""

    status: str | None = None
    flow: str | None = None
    requester_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """What the rows must fulfil."""
        equal = {"status": self.status, "flow_slug": self.flow and self.flow.lower(), "requester_id": self.requester_id}
        found = [table.c[name] == value for name, value in equal.items() if value is not None]
        if self.since is not None:
            found.append(table.c.created_at >= self.since)
        if self.until is not None:
            found.append(table.c.created_at < self.until)
        return found


def list_runs(
    conn: Connection, *, status: str | None = None, requester_id: str | None = None, only: Filter | None = None,
    after: tuple[datetime, str] | None = None, limit: int = 100,
) -> list[Run]:  # fmt: skip
    """Runs, newest first: of one status or one requester if given, or those that ``only`` means. ``after`` is the
    ``created_at`` and id of the run they continue after."""
    only = only or Filter(status=status, requester_id=requester_id)
    query = table.select().where(*only.conditions()).order_by(table.c.created_at.desc(), table.c.id.desc())
    if after is not None:
        when, run_id = after
        same = sa.and_(table.c.created_at == when, table.c.id < run_id)
        query = query.where(sa.or_(table.c.created_at < when, same))
    return rows.many(conn, Run, query.limit(limit))


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
