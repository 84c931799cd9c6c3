"""Which workers are alive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from sym.store import rows
from sym.store.tables import worker as table


@dataclass(frozen=True, kw_only=True)
class Worker:
    """One start of one worker process."""

    executor_id: str
    started_at: datetime
    last_seen: datetime
    release: str | None = None
    host: str | None = None
    stopped_at: datetime | None = None


def heartbeat(conn: Connection, executor_id: str, now: datetime) -> None:
    """Note that the worker is alive; the first time is its start."""
    seen = table.update().where(table.c.executor_id == executor_id).values(last_seen=now)
    if conn.execute(seen).rowcount:
        return
    try:
        with conn.begin_nested():
            rows.insert(conn, table, Worker(executor_id=executor_id, started_at=now, last_seen=now))
    except sa.exc.IntegrityError:
        conn.execute(seen)


def workers(conn: Connection) -> list[Worker]:
    """Every worker there ever was, the one heard of last first."""
    return rows.many(conn, Worker, table.select().order_by(table.c.last_seen.desc(), table.c.executor_id))


def forget_workers(conn: Connection, *, before: datetime) -> int:
    """Remove workers not heard of since that moment; gives how many."""
    return conn.execute(table.delete().where(table.c.last_seen < before)).rowcount
