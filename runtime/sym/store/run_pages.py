"""Runs, newest first, a page at a time, by what they are about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from sym.store import rows
from sym.store.runs import Run
from sym.store.tables import run as table


@dataclass(frozen=True, kw_only=True)
class RunFilter:
    """Which runs are meant; what is None does not matter. ``flow`` is the flow's slug; ``since`` (included) and
    ``until`` bound when they were asked for."""

    status: str | None = None
    flow: str | None = None
    requester_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """What the rows must fulfil."""
        exact = {"status": self.status, "flow_slug": self.flow and self.flow.lower(), "requester_id": self.requester_id}
        found: list[sa.ColumnElement[bool]] = [
            table.c[name] == value for name, value in exact.items() if value is not None
        ]
        if self.since is not None:
            found.append(table.c.created_at >= self.since)
        if self.until is not None:
            found.append(table.c.created_at < self.until)
        return found


def runs_page(
    conn: Connection, only: RunFilter, *, after: tuple[datetime, str] | None = None, limit: int = 100
) -> list[Run]:
    """Runs that ``only`` lets through, newest first; ``after`` is the ``created_at`` and id of the last one of the page
    before."""
    query = table.select().where(*only.conditions())
    if after is not None:
        moment, run_id = after
        older = sa.and_(table.c.created_at == moment, table.c.id < run_id)
        query = query.where(sa.or_(table.c.created_at < moment, older))
    return rows.many(conn, Run, query.order_by(table.c.created_at.desc(), table.c.id.desc()).limit(limit))
