from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from sym.engine import presence as module
from sym.engine.clock import StoreClock
from sym.engine.presence import SILENT, Presence
from sym.store.database import Store
from sym.store.jobs import Job, insert_job, orphaned_jobs
from sym.store.workers import Worker, living_workers, workers

Advance = Callable[[float], None]


@pytest.fixture
def advance(monkeypatch: pytest.MonkeyPatch) -> Advance:
    """Lets monotonic time pass for the heartbeat."""
    passed = [1000.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: passed[0])

    def forward(seconds: float) -> None:
        passed[0] += seconds

    return forward


class HandClock(StoreClock):
    """The store's clock, turned by hand."""

    def __init__(self, store: Store) -> None:
        super().__init__(store, lambda: self.moment)
        self.moment = datetime(2026, 3, 14, tzinfo=UTC)

    def read(self, conn: object) -> None:
        pass


@pytest.fixture
def clock(store: Store) -> HandClock:
    return HandClock(store)


def beat(presence: Presence, store: Store) -> None:
    with store.transaction() as conn:
        presence.beat(conn)


def alive(store: Store) -> list[str]:
    with store.reading() as conn:
        return [worker.executor_id for worker in living_workers(conn)]


def test_every_start_has_a_name_of_its_own_with_host_process_and_release(store: Store, clock: HandClock) -> None:
    first, second = Presence(store, clock, "3.7.0"), Presence(store, clock, "3.8.0")
    first.begin()
    names = [first.executor_id]
    first.end()
    assert first.executor_id == ""
    first.begin()
    second.begin()
    names += [first.executor_id, second.executor_id]
    assert len(set(names)) == 3
    assert {name.split(":")[1] for name in names} == {str(os.getpid())}
    with store.reading() as conn:
        found = {worker.executor_id: worker for worker in workers(conn)}
    assert found[names[0]].stopped_at is not None
    assert (found[names[2]].release, found[names[2]].host) == ("3.8.0", names[2].split(":")[0])


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_on_sqlite_who_was_there_before_is_dead_at_once(store: Store, clock: HandClock) -> None:
    killed = Presence(store, clock, "1")
    killed.begin()
    with store.transaction() as conn:
        insert_job(conn, Job(subject_id="e", phase="decide", attempt=1, due_at=clock(), claimed_by=killed.executor_id))
    now = Presence(store, clock, "1")
    now.begin()
    assert alive(store) == [now.executor_id]
    with store.reading() as conn:
        assert [job.subject_id for job in orphaned_jobs(conn)] == ["e"]


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_who_is_silent_is_declared_dead_and_comes_back_under_a_new_name(
    store: Store, clock: HandClock, advance: Advance
) -> None:
    frozen, awake = Presence(store, clock, "1"), Presence(store, clock, "1")
    frozen.begin()
    awake.begin()
    old = frozen.executor_id
    for _ in range(6):
        advance(2)
        clock.moment += timedelta(seconds=2)
        beat(awake, store)
    assert alive(store) == [awake.executor_id]
    beat(frozen, store)
    assert frozen.executor_id != old
    assert set(alive(store)) == {awake.executor_id, frozen.executor_id}


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_who_was_cut_off_does_not_declare_the_others_dead(store: Store, clock: HandClock, advance: Advance) -> None:
    one, other = Presence(store, clock, "1"), Presence(store, clock, "1")
    one.begin()
    other.begin()
    advance(30)
    clock.moment += 3 * SILENT
    beat(one, store)
    assert set(alive(store)) == {one.executor_id, other.executor_id}
    for _ in range(6):
        advance(2)
        clock.moment += timedelta(seconds=2)
        beat(one, store)
    assert alive(store) == [one.executor_id]


def test_a_beat_is_due_every_two_seconds(store: Store, clock: HandClock, advance: Advance) -> None:
    presence = Presence(store, clock, "1")
    presence.begin()
    advance(1.9)
    assert not presence.is_beat_due()
    advance(0.2)
    assert presence.is_beat_due()
    beat(presence, store)
    assert not presence.is_beat_due()


def test_whoever_leaves_lets_go_of_its_jobs(store: Store, clock: HandClock) -> None:
    presence = Presence(store, clock, "1")
    presence.begin()
    job = Job(subject_id="e", phase="decide", attempt=1, due_at=clock(), claimed_by=presence.executor_id)
    with store.transaction() as conn:
        insert_job(conn, job)
    presence.end()
    assert alive(store) == []
    with store.reading() as conn:
        assert orphaned_jobs(conn) == []
    with store.transaction() as conn:
        from sym.store.jobs import take_jobs

        assert [item.subject_id for item in take_jobs(conn, "x", ["decide"], now=clock(), limit=5)] == ["e"]


def test_a_worker_row_is_what_is_written(store: Store, clock: HandClock) -> None:
    presence = Presence(store, clock, "3.7.0")
    presence.begin()
    with store.reading() as conn:
        (found,) = workers(conn)
    assert found == Worker(
        executor_id=presence.executor_id, started_at=clock(), last_seen=clock(), release="3.7.0",
        host=presence.executor_id.split(":")[0],
    )  # fmt: skip
