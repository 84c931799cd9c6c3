"""Which workers are alive. One row for each start of a worker; whoever is silent for too long is declared dead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from sym.store import rows
from sym.store.tables import job as job_table
from sym.store.tables import worker as table


@dataclass(frozen=True, kw_only=True)
class Worker:
    """One start of one worker process. ``release`` is the version it runs, ``host`` the machine it runs on;
    ``stopped_at`` is when it stopped, or was declared dead, None while it lives."""

    executor_id: str
    started_at: datetime
    last_seen: datetime
    release: str | None = None
    host: str | None = None
    stopped_at: datetime | None = None


def register(conn: Connection, worker: Worker) -> None:
    """Add a worker that starts. Raises SQLAlchemy's IntegrityError if the name is taken."""
    rows.insert(conn, table, worker)


def heartbeat(conn: Connection, executor_id: str, now: datetime) -> bool:
    """Note that the worker is alive; False if it is not among the living any more: it must take a new name."""
    alive = (table.c.executor_id == executor_id, table.c.stopped_at.is_(None))
    return conn.execute(table.update().where(*alive).values(last_seen=now)).rowcount == 1


def stopped(conn: Connection, executor_id: str, now: datetime) -> None:
    """Note that the worker has stopped."""
    conn.execute(table.update().where(table.c.executor_id == executor_id).values(stopped_at=now))


def declare_dead(conn: Connection, *, silent_since: datetime, now: datetime, but: str | None = None) -> list[str]:
    """Note that workers not heard of since that moment have stopped, except the one named ``but``; their names."""
    silent = (table.c.stopped_at.is_(None), table.c.last_seen < silent_since, table.c.executor_id.is_distinct_from(but))
    dead = table.update().where(*silent).values(stopped_at=now).returning(table.c.executor_id)
    return list(conn.execute(dead).scalars())


def workers(conn: Connection) -> list[Worker]:
    """Every worker that is remembered, the one heard of last first."""
    return rows.many(conn, Worker, table.select().order_by(table.c.last_seen.desc(), table.c.executor_id))


def living_workers(conn: Connection) -> list[Worker]:
    """The workers that neither stopped nor were declared dead, the one heard of last first."""
    return [worker for worker in workers(conn) if worker.stopped_at is None]


def forget_workers(conn: Connection, *, before: datetime) -> int:
    """Remove workers that stopped before that moment and have no jobs in hand; gives how many."""
    idle = ~sa.exists().where(job_table.c.claimed_by == table.c.executor_id)
    return conn.execute(table.delete().where(table.c.stopped_at < before, idle)).rowcount
