from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from sym.store import workers
from sym.store.database import Store
from sym.store.jobs import Job, insert_job
from sym.store.workers import Worker

SECOND = timedelta(seconds=1)


def worker(name: str, now: datetime) -> Worker:
    return Worker(executor_id=name, started_at=now, last_seen=now, release="3.7.0", host="here")


def test_a_heartbeat_keeps_the_start_and_moves_the_end(store: Store, now: datetime) -> None:
    later = now + timedelta(seconds=5)
    with store.transaction() as conn:
        for name in ("a", "b"):
            workers.register(conn, worker(name, now))
        assert workers.heartbeat(conn, "a", later)
        a = Worker(executor_id="a", started_at=now, last_seen=later, release="3.7.0", host="here")
        assert workers.workers(conn) == workers.living_workers(conn) == [a, worker("b", now)]


def test_a_name_is_taken_once(store: Store, now: datetime) -> None:
    with store.transaction() as conn:
        workers.register(conn, worker("a", now))
        with pytest.raises(sa.exc.IntegrityError), conn.begin_nested():
            workers.register(conn, worker("a", now))


def test_who_is_silent_is_declared_dead_once_and_finds_out(store: Store, now: datetime) -> None:
    with store.transaction() as conn:
        for name in ("quiet", "loud", "me"):
            workers.register(conn, worker(name, now))
        assert workers.heartbeat(conn, "loud", now + 9 * SECOND)
        then = now + 10 * SECOND
        assert workers.declare_dead(conn, silent_since=now + SECOND, now=then, but="me") == ["quiet"]
        assert workers.declare_dead(conn, silent_since=now + SECOND, now=then, but="me") == []
        assert {item.executor_id for item in workers.living_workers(conn)} == {"loud", "me"}
        assert not workers.heartbeat(conn, "quiet", then)
        assert not workers.heartbeat(conn, "nobody", then)


def test_who_stopped_is_forgotten_once_nothing_is_in_their_hands(store: Store, now: datetime) -> None:
    with store.transaction() as conn:
        for name in ("busy", "idle", "alive"):
            workers.register(conn, worker(name, now))
        insert_job(conn, Job(subject_id="e", phase="decide", attempt=1, due_at=now, claimed_by="busy"))
        for name in ("busy", "idle"):
            workers.stopped(conn, name, now)
        assert workers.forget_workers(conn, before=now) == 0
        assert workers.forget_workers(conn, before=now + SECOND) == 1
        assert {item.executor_id for item in workers.workers(conn)} == {"busy", "alive"}
