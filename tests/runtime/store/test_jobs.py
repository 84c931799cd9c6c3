from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest

from sym.store import jobs, workers
from sym.store.database import Store
from sym.store.jobs import Job

SECOND = timedelta(seconds=1)
KNOWN = ("decide", "perform")


def job(name: str, now: datetime, **more: Any) -> Job:
    return Job(**{"subject_id": name, "phase": "decide", "attempt": 1, "due_at": now, **more})


def put(store: Store, *given: Job) -> None:
    with store.transaction() as conn:
        for item in given:
            jobs.insert_job(conn, item)


def take(store: Store, worker: str, now: datetime, limit: int = 10) -> list[str]:
    with store.transaction() as conn:
        return [item.subject_id for item in jobs.take_jobs(conn, worker, KNOWN, now=now, limit=limit)]


def test_jobs_are_taken_when_due_the_longest_due_first_and_once(store: Store, now: datetime) -> None:
    put(store, job("later", now + SECOND), job("b", now), job("a", now - SECOND), job("c", now - 2 * SECOND))
    assert take(store, "w", now, limit=2) == ["c", "a"]
    assert take(store, "w", now) == ["b"]
    assert take(store, "w", now) == []
    assert take(store, "w", now + SECOND) == ["later"]


def test_a_job_that_is_there_stays_as_it_is(store: Store, now: datetime) -> None:
    put(store, job("a", now, claimed_by="w"), job("a", now), job("a", now, attempt=2))
    with store.transaction() as conn:
        assert [item.attempt for item in jobs.take_jobs(conn, "x", KNOWN, now=now, limit=10)] == [2]


def test_a_phase_the_worker_does_not_know_is_left_to_those_who_do(store: Store, now: datetime) -> None:
    put(store, job("new", now, phase="foresee"), job("old", now))
    assert take(store, "w", now) == ["old"]


def test_finished_jobs_are_gone(store: Store, now: datetime) -> None:
    put(store, job("a", now), job("a", now, phase="perform"), job("b", now))
    with store.transaction() as conn:
        jobs.finish_jobs(conn, [])
        jobs.finish_jobs(conn, [("a", "decide", 1), ("b", "decide", 1), ("c", "decide", 1)])
        (left,) = jobs.take_jobs(conn, "w", KNOWN, now=now, limit=10)
    assert left.key == ("a", "perform", 1)


def test_the_next_free_job_says_when_to_look(store: Store, now: datetime) -> None:
    put(store, job("taken", now, claimed_by="w"), job("b", now + 2 * SECOND), job("a", now + SECOND))
    with store.reading() as conn:
        assert jobs.next_due(conn, before=now + SECOND) is None
        assert jobs.next_due(conn, before=now + 5 * SECOND) == now + SECOND
        assert jobs.count_jobs(conn, due_before=now + SECOND) == {"decide": 1}


def test_what_a_worker_lets_go_is_free(store: Store, now: datetime) -> None:
    put(store, job("a", now, claimed_by="w"), job("b", now, claimed_by="other"))
    with store.transaction() as conn:
        assert jobs.free_jobs_of(conn, "w") == 1
    assert take(store, "x", now) == ["a"]


def test_messages_stay_with_a_worker_that_stops_until_they_are_taken_over(store: Store, now: datetime) -> None:
    put(store, job("a", now, phase="deliver", claimed_by="w"))
    with store.transaction() as conn:
        assert jobs.free_jobs_of(conn, "w") == 0
        assert [orphan.subject_id for orphan in jobs.orphaned_jobs(conn)] == ["a"]


def test_orphans_are_jobs_whose_worker_stopped_or_never_was(store: Store, now: datetime) -> None:
    put(store, *(job(name, now, claimed_by=name) for name in ("alive", "stopped", "unknown")), job("free", now))
    with store.transaction() as conn:
        for name in ("alive", "stopped"):
            workers.register(conn, workers.Worker(executor_id=name, started_at=now, last_seen=now))
        workers.stopped(conn, "stopped", now)
        orphans = jobs.orphaned_jobs(conn)
        assert {item.subject_id for item in orphans} == {"stopped", "unknown"}
        assert jobs.delete_orphan(conn, orphans[0])
        assert not jobs.delete_orphan(conn, orphans[0])


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_two_workers_never_get_the_same_job_and_do_not_wait_for_each_other(store: Store, now: datetime) -> None:
    put(store, *(job(f"{number:03}", now) for number in range(40)))
    with store.transaction() as conn:
        first = jobs.take_jobs(conn, "a", KNOWN, now=now, limit=10)
        got: list[str] = []
        thread = threading.Thread(target=lambda: got.extend(take(store, "b", now, limit=10)))
        thread.start()
        thread.join(timeout=10)
        assert len(got) == 10
    assert not {item.subject_id for item in first} & set(got)
