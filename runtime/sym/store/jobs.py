"""Jobs: what is to be run next, by whichever worker takes it first. A row of ours, written with what made it necessary.

A job is one phase of one subject (an event, a message), in one attempt. It is free until a worker claims it, and
deleted when it was run. A claim has no end of its own: it ends with the worker that holds it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from sym.store import rows
from sym.store.tables import event as event_table
from sym.store.tables import job as table
from sym.store.tables import worker as worker_table


@dataclass(frozen=True, kw_only=True)
class Job:
    """``phase`` says what to do, ``subject_id`` to which event or message, ``attempt`` in which try. ``due_at`` is when
    it may begin; ``claimed_by`` the worker that has it, None while it is free."""

    subject_id: str
    phase: str
    attempt: int
    due_at: datetime
    claimed_by: str | None = None

    @property
    def key(self) -> tuple[str, str, int]:
        """What tells it from every other job."""
        return self.subject_id, self.phase, self.attempt


_KEY = sa.tuple_(table.c.subject_id, table.c.phase, table.c.attempt)
# Literal texts, as in the indexes' conditions: SQLite does not use a partial index for a bound value.
_FREE, _CLAIMED = sa.text("claimed_by IS NULL"), sa.text("claimed_by IS NOT NULL")
_INSERT = {
    "postgresql": postgresql.insert(table).on_conflict_do_nothing(),
    "sqlite": sqlite.insert(table).on_conflict_do_nothing(),
}


def insert_job(conn: Connection, job: Job) -> None:
    """Add a job; one that is there already stays as it is."""
    conn.execute(_INSERT[conn.dialect.name], vars(job))


def take_jobs(conn: Connection, worker: str, phases: Collection[str], *, now: datetime, limit: int) -> list[Job]:
    """Claim up to ``limit`` free jobs that are due, of the phases the worker knows, the longest due first.

    Two workers never get the same one, and neither waits for the other.
    """
    due = sa.select(table.c.subject_id, table.c.phase, table.c.attempt).where(
        _FREE, table.c.due_at <= now, table.c.phase.in_(sorted(phases))
    )
    due = due.order_by(table.c.due_at).limit(limit).with_for_update(skip_locked=True)
    # Read first: the planner of PostgreSQL may run a subquery of an UPDATE more than once, and so past its limit.
    found = due.cte("due").prefix_with("MATERIALIZED", dialect="postgresql")
    keys = sa.select(found.c.subject_id, found.c.phase, found.c.attempt)
    claim = table.update().where(_KEY.in_(keys)).values(claimed_by=worker).returning(*table.c)
    return sorted((rows.read(Job, row) for row in conn.execute(claim)), key=lambda job: job.due_at)


def next_due(conn: Connection, *, before: datetime) -> datetime | None:
    """When the next free job is due, None if none is before that moment."""
    query = sa.select(table.c.due_at).where(_FREE, table.c.due_at < before).order_by(table.c.due_at).limit(1)
    return conn.execute(query).scalar()


def finish_jobs(conn: Connection, keys: Sequence[tuple[str, str, int]]) -> None:
    """Delete jobs that were run."""
    delete = table.delete().where(
        table.c.subject_id == sa.bindparam("s"),
        table.c.phase == sa.bindparam("p"),
        table.c.attempt == sa.bindparam("a"),
    )
    if keys:
        conn.execute(delete, [{"s": subject, "p": phase, "a": attempt} for subject, phase, attempt in keys])


def free_jobs_of(conn: Connection, worker: str) -> int:
    """Let go of every job the worker has claimed, for others to run; how many there were. Messages stay with it until
    they are taken over, in their next attempt: it may have handed one over already."""
    held = (_CLAIMED, table.c.claimed_by == worker, table.c.phase != "deliver")
    return conn.execute(table.update().where(*held).values(claimed_by=None)).rowcount


def orphaned_jobs(conn: Connection, *, limit: int = 500) -> list[Job]:
    """Jobs in the hands of workers that have stopped, were declared dead, or never were."""
    joined = table.outerjoin(worker_table, table.c.claimed_by == worker_table.c.executor_id)
    gone = worker_table.c.executor_id.is_(None) | worker_table.c.stopped_at.is_not(None)
    query = sa.select(*table.c).select_from(joined).where(_CLAIMED, gone)
    return rows.many(conn, Job, query.order_by(table.c.due_at).limit(limit))


def delete_orphan(conn: Connection, job: Job) -> bool:
    """Delete the job if the worker that had it still is the one; False if somebody was faster."""
    same = (table.c.subject_id == job.subject_id, table.c.phase == job.phase, table.c.attempt == job.attempt)
    return conn.execute(table.delete().where(*same, table.c.claimed_by == job.claimed_by)).rowcount == 1


def has_job(conn: Connection, subject_id: str) -> bool:
    """Whether there is any job for the subject."""
    return conn.execute(sa.select(table.c.phase).where(table.c.subject_id == subject_id).limit(1)).first() is not None


def lost_events(conn: Connection, *, before: datetime, limit: int = 100) -> list[str]:
    """Ids of unfinished events that should have moved before that moment and have no job at all."""
    no_job = ~sa.exists().where(table.c.subject_id == event_table.c.id)
    query = sa.select(event_table.c.id).where(sa.text("phase <> 'done'"), event_table.c.due_at < before, no_job)
    return list(conn.execute(query.order_by(event_table.c.due_at).limit(limit)).scalars())


def count_jobs(conn: Connection, *, due_before: datetime) -> dict[str, int]:
    """How many jobs are free and due, by phase: the depth of the queue."""
    free = sa.select(table.c.phase, sa.func.count().label("depth")).where(_FREE, table.c.due_at <= due_before)
    return {row.phase: row.depth for row in conn.execute(free.group_by(table.c.phase))}
