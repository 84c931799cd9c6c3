"""The real queue: DBOS, on both databases."""

from __future__ import annotations

import base64
import json
import logging
import pickle
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from dbos._serialization import DefaultSerializer

from sym.engine.queue import JSONSerializer, Queue, Worker, engine_url
from sym.errors import Conflict
from sym.store.database import Store

Job = tuple[str, str, int]


class Jobs:
    """Phases that note what they are called with."""

    def __init__(self) -> None:
        self.done: list[Job] = []
        self.behaviour: Callable[[str, str, int], None] = lambda *_: None

    def phases(self) -> dict[str, Callable[[str, int], None]]:
        return {name: self._phase(name) for name in ("decide", "perform", "after")}

    def _phase(self, name: str) -> Callable[[str, int], None]:
        def run(event_id: str, attempt: int) -> None:
            self.behaviour(name, event_id, attempt)
            self.done.append((name, event_id, attempt))

        return run

    def wait_for(self, *expected: Job, seconds: float = 15) -> None:
        deadline = time.monotonic() + seconds
        while not set(expected) <= set(self.done):
            assert time.monotonic() < deadline, f"{expected} should be among {self.done}"
            time.sleep(0.02)


@pytest.fixture
def pickling() -> Iterator[None]:
    """Whatever a worker forbids is allowed again afterwards: other tests may use DBOS their own way."""
    before = {name: getattr(DefaultSerializer, name) for name in ("serialize", "deserialize")}
    yield
    for name, function in before.items():
        setattr(DefaultSerializer, name, function)


@pytest.fixture
def said() -> Iterator[list[str]]:
    """What DBOS logs. Its logger has handlers of its own, and may not propagate."""
    texts: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: texts.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger("dbos").addHandler(handler)
    yield texts
    logging.getLogger("dbos").removeHandler(handler)


@pytest.fixture
def jobs() -> Jobs:
    return Jobs()


@pytest.fixture
def queue(store: Store) -> Queue:
    return Queue(store)


@pytest.fixture
def worker(queue: Queue, jobs: Jobs, pickling: None) -> Iterator[Worker]:
    made = Worker(queue, jobs.phases())
    yield made
    made.stop(seconds=0)
    made.release()


def put(queue: Queue, *job: Any, delay: float = 0) -> None:
    with queue.store.transaction() as conn:
        queue.enqueue(conn, *job, delay=delay)


def dbos_table(store: Store, name: str) -> str:
    return f"dbos.{name}" if store.dialect == "postgresql" else name


def test_jobs_are_run_once_each_with_their_event_and_attempt(queue: Queue, worker: Worker, jobs: Jobs) -> None:
    assert not queue.has_worker
    worker.start(lambda: None)
    assert queue.has_worker
    for _ in range(2):
        put(queue, "decide", "e:1", 1)
        put(queue, "perform", "e:1", 12)
    expected: list[Job] = [("decide", "e:1", 1), ("perform", "e:1", 12)]
    jobs.wait_for(*expected)
    put(queue, "after", "e:2", 1)
    jobs.wait_for(("after", "e:2", 1))
    assert sorted(jobs.done) == sorted([*expected, ("after", "e:2", 1)])


def test_a_job_whose_transaction_was_rolled_back_is_not_run(queue: Queue, worker: Worker, jobs: Jobs) -> None:
    worker.start(lambda: None)
    with queue.store.transaction() as conn:
        queue.enqueue(conn, "decide", "ghost", 1)
        conn.rollback()
    put(queue, "decide", "real", 1)
    jobs.wait_for(("decide", "real", 1))
    time.sleep(0.5)
    assert jobs.done == [("decide", "real", 1)]


def test_a_delayed_job_waits(queue: Queue, worker: Worker, jobs: Jobs) -> None:
    worker.start(lambda: None)
    began = time.monotonic()
    put(queue, "decide", "later", 1, delay=1.5)
    put(queue, "decide", "now", 1)
    jobs.wait_for(("decide", "now", 1))
    assert ("decide", "later", 1) not in jobs.done
    jobs.wait_for(("decide", "later", 1))
    assert time.monotonic() - began >= 1.5


def test_without_a_worker_nothing_is_put(queue: Queue) -> None:
    put(queue, "decide", "e", 1)
    with queue.store.reading() as conn:
        assert not sa.inspect(conn).has_table(
            "workflow_status", schema="dbos" if queue.store.dialect == "postgresql" else None
        )


def test_a_job_that_raises_stops_nobody_else(queue: Queue, worker: Worker, jobs: Jobs) -> None:
    def fail(phase: str, event_id: str, attempt: int) -> None:
        if event_id == "bad":
            raise RuntimeError("on purpose")

    jobs.behaviour = fail
    worker.start(lambda: None)
    put(queue, "decide", "bad", 1)
    put(queue, "decide", "good", 1)
    jobs.wait_for(("decide", "good", 1))


def test_what_is_stored_is_json_marked_as_such(queue: Queue, worker: Worker, jobs: Jobs) -> None:
    worker.start(lambda: None)
    put(queue, "decide", "e", 3)
    jobs.wait_for(("decide", "e", 3))
    time.sleep(0.3)
    with queue.store.reading() as conn:
        row = conn.execute(sa.text(f"select * from {dbos_table(queue.store, 'workflow_status')}")).mappings().one()
        inputs = conn.execute(sa.text(f"select inputs from {dbos_table(queue.store, 'workflow_input')}")).scalar_one()
    assert row["serialization"] == "sym_json"
    assert json.loads(inputs) == {"args": ["e:3"], "kwargs": {}}
    assert row["application_version"] == "sym-engine-1"
    assert row["executor_id"] == "sym"


class Bomb:
    """What an attacker with write access to the database would put there."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return Path.touch, (self.path,)


def test_a_row_marked_as_pickled_is_not_unpickled(
    queue: Queue, worker: Worker, jobs: Jobs, tmp_path: Path, said: list[str]
) -> None:
    struck = tmp_path / "struck"
    payload = base64.b64encode(pickle.dumps({"args": (Bomb(struck),), "kwargs": {}})).decode()
    worker.start(lambda: None)
    put(queue, "decide", "bomb", 1, delay=1)
    with queue.store.transaction() as conn:
        status, inputs = (dbos_table(queue.store, name) for name in ("workflow_status", "workflow_input"))
        assert conn.execute(sa.text(f"update {status} set serialization = 'py_pickle'")).rowcount == 1
        assert conn.execute(sa.text(f"update {inputs} set inputs = :i"), {"i": payload}).rowcount == 1
    put(queue, "decide", "fine", 1, delay=1.5)
    jobs.wait_for(("decide", "fine", 1))
    assert not struck.exists()
    assert jobs.done == [("decide", "fine", 1)]
    assert [text for text in said if "bomb:decide:1" in text and "the queue stores JSON only" in text]


def test_work_that_was_in_hand_when_the_process_ended_is_taken_up_by_the_next(
    queue: Queue, jobs: Jobs, pickling: None
) -> None:
    entered, go = threading.Event(), threading.Event()

    def wait(phase: str, event_id: str, attempt: int) -> None:
        entered.set()
        assert go.wait(30)

    jobs.behaviour = wait
    first = Worker(queue, jobs.phases())
    first.start(lambda: None)
    put(queue, "decide", "e", 1)
    assert entered.wait(15)
    first.stop(seconds=1)
    first.release()
    again = Jobs()
    second = Worker(queue, again.phases())
    second.start(lambda: None)
    try:
        again.wait_for(("decide", "e", 1))
    finally:
        go.set()
        jobs.wait_for(("decide", "e", 1))
        second.stop(seconds=1)
        second.release()


def test_a_second_worker_on_the_same_store_is_refused(queue: Queue, worker: Worker, store_url: str) -> None:
    worker.start(lambda: None)
    other = Store(store_url)
    try:
        with pytest.raises(Conflict, match="Another process works on the store at"):
            other.lock_for_worker()
        second = Worker(Queue(other), {})
        with pytest.raises(Conflict, match="works on a store already"):
            second.start(lambda: None)
        second.stop()
        second.release()
    finally:
        other.close()
    assert queue.has_worker


def test_a_worker_that_could_not_start_leaves_nothing_behind(queue: Queue, worker: Worker, jobs: Jobs) -> None:
    def fail() -> None:
        raise RuntimeError("not today")

    with pytest.raises(RuntimeError, match="not today"):
        worker.start(fail)
    assert not queue.has_worker
    worker.start(lambda: None)
    put(queue, "decide", "e", 1)
    jobs.wait_for(("decide", "e", 1))


def test_jobs_of_the_store_are_prepared_before_any_is_run(queue: Queue, worker: Worker, jobs: Jobs) -> None:
    worker.start(lambda: None)
    put(queue, "decide", "e", 1, delay=1)
    worker.stop(seconds=1)
    worker.release()
    time.sleep(1)
    seen: list[list[Job]] = []
    second = Worker(queue, jobs.phases())
    try:
        second.start(lambda: (time.sleep(0.5), seen.append(list(jobs.done))))
        jobs.wait_for(("decide", "e", 1))
    finally:
        second.stop(seconds=1)
        second.release()
    assert seen == [[]]


def test_what_begins_during_the_launch_can_enqueue_what_follows(queue: Queue, worker: Worker, jobs: Jobs) -> None:
    worker.start(lambda: None)
    put(queue, "decide", "timer", 1, delay=1)
    worker.stop(seconds=0)
    worker.release()
    time.sleep(1)

    def follow(phase: str, event_id: str, attempt: int) -> None:
        if phase == "decide":
            put(queue, "perform", event_id, attempt)

    jobs.behaviour = follow
    worker.start(lambda: None)
    jobs.wait_for(("decide", "timer", 1), ("perform", "timer", 1))


def test_the_serializer_takes_what_json_has_and_texts_of_the_rest() -> None:
    serializer = JSONSerializer()
    inputs = {"args": ["a:1"], "kwargs": {}}
    assert serializer.deserialize(serializer.serialize(inputs)) == inputs
    assert serializer.deserialize(serializer.serialize(ValueError("no"))) == "no"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql+psycopg://u@h/d", "postgresql://u@h/d"), ("postgresql://u@h/d", "postgresql://u@h/d"),
        ("sqlite:////x/store.db", "sqlite:////x/store.db"),
    ],
)  # fmt: skip
def test_the_engines_url_names_no_driver(url: str, expected: str) -> None:
    assert engine_url(url) == expected
