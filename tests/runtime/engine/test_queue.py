"""The real queue and real threads, on both databases."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from sym.engine import queue as module
from sym.engine.clock import StoreClock
from sym.engine.presence import Presence
from sym.engine.queue import CONCURRENCY, MOST_IN_HAND, Queue, Worker
from sym.errors import Conflict
from sym.store.database import Store
from sym.store.workers import living_workers

Done = tuple[str, str, int]


class Jobs:
    """Phases that note what they are called with."""

    def __init__(self) -> None:
        self.done: list[Done] = []
        self.behaviour: Callable[[str, str, int], None] = lambda *_: None

    def phases(self) -> dict[str, Callable[[str, int], None]]:
        return {name: self._phase(name) for name in ("decide", "perform", "after")}

    def _phase(self, name: str) -> Callable[[str, int], None]:
        def run(event_id: str, attempt: int) -> None:
            self.behaviour(name, event_id, attempt)
            self.done.append((name, event_id, attempt))

        return run

    def wait_for(self, *expected: Done, seconds: float = 15) -> None:
        deadline = time.monotonic() + seconds
        while not set(expected) <= set(self.done):
            assert time.monotonic() < deadline, f"{expected} should be among {self.done}"
            time.sleep(0.005)


def real_time() -> datetime:
    return datetime.now(UTC)


class Place:
    """A queue and a worker on a store."""

    def __init__(self, store: Store, jobs: Jobs) -> None:
        self.clock = StoreClock(store, real_time)
        self.queue = Queue(store, self.clock)
        self.worker = Worker(self.queue, jobs.phases(), Presence(store, self.clock, "1"))

    def put(self, phase: str, event_id: str, attempt: int, delay: float = 0) -> None:
        with self.queue.store.transaction() as conn:
            self.queue.enqueue(conn, phase, event_id, attempt, delay=delay)

    def rows(self) -> list[tuple[str, str | None]]:
        with self.queue.store.reading() as conn:
            return [tuple(row) for row in conn.execute(sa.text("select subject_id, claimed_by from sym_job"))]

    def start(self) -> None:
        self.worker.start(lambda: None)

    def stop(self, seconds: float = 5) -> None:
        self.worker.stop(seconds)
        self.worker.release()


@pytest.fixture
def jobs() -> Jobs:
    return Jobs()


@pytest.fixture
def place(store: Store, jobs: Jobs) -> Iterator[Place]:
    made = Place(store, jobs)
    yield made
    made.stop(seconds=0)


def test_jobs_are_run_once_each_with_their_event_and_attempt(place: Place, jobs: Jobs) -> None:
    place.start()
    for _ in range(2):
        with place.queue.store.transaction() as conn:
            place.queue.enqueue(conn, "perform", "e-1", 12)
            place.queue.enqueue(conn, "perform", "e-1", 12, delay=0.1)
    place.put("after", "e-2", 1)
    jobs.wait_for(("perform", "e-1", 12), ("after", "e-2", 1))
    assert set(jobs.done) == {("perform", "e-1", 12), ("after", "e-2", 1)}


def test_what_is_due_at_once_does_not_wait_for_a_poll(
    place: Place, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "POLL_SECONDS", 3600.0)
    place.start()
    place.put("decide", "now", 1)
    place.put("decide", "soon", 1, delay=0.2)
    jobs.wait_for(("decide", "now", 1), ("decide", "soon", 1))


def test_a_job_whose_transaction_was_rolled_back_is_not_run(place: Place, jobs: Jobs) -> None:
    place.start()
    with place.queue.store.transaction() as conn:
        place.queue.enqueue(conn, "decide", "ghost", 1)
        conn.rollback()

    def fail() -> None:
        with place.queue.store.transaction() as conn:
            place.queue.enqueue(conn, "decide", "ghost", 1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    place.put("decide", "real", 1)
    jobs.wait_for(("decide", "real", 1))
    assert jobs.done == [("decide", "real", 1)]


def test_a_delayed_job_waits_for_its_time(place: Place, jobs: Jobs) -> None:
    place.start()
    began = time.monotonic()
    place.put("decide", "later", 1, delay=1.2)
    place.put("decide", "now", 1)
    jobs.wait_for(("decide", "now", 1))
    assert ("decide", "later", 1) not in jobs.done
    jobs.wait_for(("decide", "later", 1))
    assert time.monotonic() - began >= 1.2


def test_what_was_put_without_a_worker_is_run_by_the_next_one(place: Place, jobs: Jobs) -> None:
    place.put("decide", "e", 1)
    assert place.rows() == [("e", None)]
    place.start()
    jobs.wait_for(("decide", "e", 1))


def test_jobs_are_gone_once_they_were_run(place: Place, jobs: Jobs) -> None:
    place.start()
    place.put("decide", "e", 1)
    jobs.wait_for(("decide", "e", 1))
    deadline = time.monotonic() + 10
    while place.rows():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_job_that_raises_stops_nobody_else(place: Place, jobs: Jobs) -> None:
    def fail(phase: str, event_id: str, attempt: int) -> None:
        if event_id == "bad":
            raise RuntimeError("on purpose")

    jobs.behaviour = fail
    place.start()
    for _ in range(CONCURRENCY + 1):
        place.put("decide", "bad", 1)
    place.put("decide", "good", 1)
    jobs.wait_for(("decide", "good", 1))


def test_a_worker_with_its_hands_full_leaves_the_rest_free(place: Place, jobs: Jobs) -> None:
    go = threading.Event()
    jobs.behaviour = lambda *_: go.wait(30) and None
    place.start()
    try:
        for number in range(MOST_IN_HAND + 3):
            place.put("decide", str(number), 1)
        assert sum(claimed is None for _, claimed in place.rows()) == 3
        assert not place.worker.has_room()
    finally:
        go.set()
    jobs.wait_for(*(("decide", str(number), 1) for number in range(MOST_IN_HAND + 3)))


def test_what_was_in_hand_at_the_stop_is_free_for_others(place: Place, jobs: Jobs) -> None:
    entered, go = threading.Event(), threading.Event()

    def wait(*_: object) -> None:
        entered.set()
        go.wait(30)

    jobs.behaviour = wait
    place.start()
    place.put("decide", "e", 1)
    assert entered.wait(15)
    place.stop(seconds=0)
    assert place.rows() == [("e", None)]
    with place.queue.store.reading() as conn:
        assert living_workers(conn) == []
    again = Jobs()
    other = Place(place.queue.store, again)
    other.start()
    try:
        again.wait_for(("decide", "e", 1))
    finally:
        go.set()
        other.stop()


def test_a_second_worker_on_a_sqlite_store_is_refused_and_shares_on_postgresql(
    place: Place, store: Store, store_url: str
) -> None:
    place.start()
    shared = Store(store_url)
    other = Place(shared, Jobs())
    try:
        if store.dialect == "sqlite":
            with pytest.raises(Conflict, match="Another process works on the store at") as refused:
                other.start()
            assert "PostgreSQL" in (refused.value.hint or "")
        else:
            other.start()
            with store.reading() as conn:
                assert {w.executor_id for w in living_workers(conn)} == {
                    place.worker.executor_id, other.worker.executor_id,
                }  # fmt: skip
    finally:
        other.stop()
        shared.close()


def test_a_worker_that_could_not_start_leaves_nothing_behind(place: Place, jobs: Jobs) -> None:
    def fail() -> None:
        raise RuntimeError("not today")

    with pytest.raises(RuntimeError, match="not today"):
        place.worker.start(fail)
    place.put("decide", "e", 1)
    assert place.rows() == [("e", None)]
    place.start()
    jobs.wait_for(("decide", "e", 1))


def test_after_a_failure_the_worker_goes_on(place: Place, jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    real, failures = module.take_jobs, iter([OSError("no database")])

    def take(*arguments: object, **more: object) -> object:
        for failure in failures:
            raise failure
        return real(*arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "take_jobs", take)
    place.put("decide", "e", 1)
    place.start()
    jobs.wait_for(("decide", "e", 1))
