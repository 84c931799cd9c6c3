"""Several worker processes on one PostgreSQL store: killed, frozen, stopped, and of two versions at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest

from sym.store.workers import living_workers, workers
from tests.postgres_server import PostgresServer

pytestmark = [pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)]

WORKS = textwrap.dedent("""
    import sys
    from datetime import UTC, datetime, timedelta
    from pathlib import Path
    from sym.engine import presence
    from sym.engine.runtime import Runtime, RuntimeSettings
    from sym.store.database import Store

    url, folder, release, ahead = sys.argv[1:]
    presence.SILENT, presence.BEAT_SECONDS = timedelta(seconds=3), 0.5
    settings = RuntimeSettings(handler_memory_bytes=96 << 20, handler_folders=(Path(folder),), release=release)
    clock = lambda: datetime.now(UTC) + timedelta(seconds=float(ahead))
    runtime = Runtime(Store(url), settings=settings, clock=clock)
    runtime.start()
    print("working", flush=True)
    sys.stdin.readline()
    runtime.stop()
""")
SHORT: Any = {"fields": [{"name": "duration", "type": "duration", "allowed_values": ["1s", "3s", "10m"]}]}


class Crew:
    """Worker processes of one store."""

    def __init__(self, url: str, folder: Any) -> None:
        self._url, self._folder = url, folder
        self.processes: list[subprocess.Popen[str]] = []

    def start(self, release: str = "1", ahead: float = 0) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", WORKS, self._url, str(self._folder), release, str(ahead)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.processes.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "working\n"
        return process

    def stop(self, process: subprocess.Popen[str]) -> None:
        process.communicate("\n", timeout=60)
        assert process.returncode == 0


@pytest.fixture
def crew(engine: Any, store_url: str, authors_folder: Any) -> Iterator[Crew]:
    engine.clock.now = datetime.now(UTC)
    made = Crew(store_url, authors_folder)
    yield made
    for process in made.processes:
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGCONT)
        process.kill()
        process.communicate()


def until(is_true: Callable[[], bool], seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def ask(engine: Any, duration: int = 600) -> str:
    engine.clock.now = datetime.now(UTC)
    return str(engine.request(duration=duration).run_id)


def approve(engine: Any, run_id: str) -> None:
    until(lambda: engine.run(run_id).status == "requested")
    engine.clock.now = datetime.now(UTC)
    engine.act("bob", "approve", run_id)


SLOW_FIRST_CALL = """
import pathlib, time
if not pathlib.Path({path!r}).exists():
    pathlib.Path({path!r}).touch()
    time.sleep(60)
"""


def caught_in_the_act(engine: Any, crew: Crew, authors_folder: Any) -> tuple[str, subprocess.Popen[str]]:
    """A run in whose strategy call a worker, the only one, hangs."""
    engine.flow(**SHORT)
    mark = authors_folder / f"{os.urandom(4).hex()}.mark"
    engine.door.behave("escalate", SLOW_FIRST_CALL.format(path=str(mark)))
    worker = crew.start()
    run_id = ask(engine)
    approve(engine, run_id)
    until(mark.exists)
    return run_id, worker


def test_what_a_killed_worker_had_in_hand_is_taken_over(engine: Any, crew: Crew, authors_folder: Any) -> None:
    run_id, victim = caught_in_the_act(engine, crew, authors_folder)
    crew.start()
    victim.kill()
    began = time.monotonic()
    until(lambda: engine.run(run_id).status == "escalated")
    assert time.monotonic() - began < 30
    assert engine.door.members == [("ada", "readers")]
    assert "effect.repeated" in engine.trail(run_id)
    assert [row.status for row in engine.effects(engine.named(run_id, "escalate").id)] == ["ambiguous", "done"]
    with engine.store.reading() as conn:
        assert len(living_workers(conn)) == 1


def test_a_frozen_worker_finds_itself_declared_dead_and_its_late_result_does_not_count(
    engine: Any, crew: Crew, authors_folder: Any
) -> None:
    run_id, frozen = caught_in_the_act(engine, crew, authors_folder)
    os.kill(frozen.pid, signal.SIGSTOP)
    crew.start()
    until(lambda: engine.run(run_id).status == "escalated")
    os.kill(frozen.pid, signal.SIGCONT)

    def both_live() -> bool:
        with engine.store.reading() as conn:
            return len(living_workers(conn)) == 2 and len(workers(conn)) == 3

    until(both_live)
    assert engine.trail(run_id).count("run.escalated") == 1
    assert engine.lease(run_id).status == "active"


def test_a_clean_stop_hands_over_at_once(engine: Any, crew: Crew, authors_folder: Any) -> None:
    run_id, first = caught_in_the_act(engine, crew, authors_folder)
    crew.start()
    crew.stop(first)
    until(lambda: engine.run(run_id).status == "escalated", seconds=20)
    assert engine.door.members == [("ada", "readers")]


def test_two_versions_side_by_side_lose_nothing_when_the_old_one_stops_under_load(engine: Any, crew: Crew) -> None:
    engine.flow(**SHORT)
    old = crew.start(release="3.7.0")
    runs = [ask(engine, duration=1) for _ in range(6)]
    new = crew.start(release="3.8.0")
    runs += [ask(engine, duration=1) for _ in range(6)]
    for run_id in runs:
        approve(engine, run_id)
    crew.stop(old)
    until(lambda: all(engine.run(run_id).status == "deescalated" for run_id in runs), seconds=90)
    assert engine.door.members == []
    for run_id in runs:
        assert [name for name in engine.trail(run_id) if name != "effect.repeated"] == [
            "run.requested", "run.approved", "run.escalated", "run.deescalated",
        ]  # fmt: skip
    with engine.store.reading() as conn:
        assert {worker.release for worker in workers(conn)} == {"3.7.0", "3.8.0"}
        assert [worker.release for worker in living_workers(conn)] == ["3.8.0"]
    crew.stop(new)


@pytest.mark.parametrize("ahead", [3600, -3600])
def test_a_worker_whose_clock_is_an_hour_off_ends_nothing_early_or_late(engine: Any, crew: Crew, ahead: float) -> None:
    engine.flow(**SHORT)
    crew.start(ahead=ahead)
    run_id = ask(engine, duration=3)
    approve(engine, run_id)
    until(lambda: engine.run(run_id).status == "escalated")
    until(lambda: engine.run(run_id).status == "deescalated", seconds=20)
    lease = engine.lease(run_id)
    assert 3.0 <= (lease.ended_at - lease.starts_at).total_seconds() < 15
    assert abs((lease.ended_at - datetime.now(UTC)).total_seconds()) < 60


def test_a_database_that_is_restarted_in_mid_flight_loses_nothing(
    engine: Any, crew: Crew, postgres_server: PostgresServer
) -> None:
    engine.flow(**SHORT)
    crew.start()
    runs = [ask(engine, duration=1) for _ in range(4)]
    for run_id in runs:
        approve(engine, run_id)
    postgres_server.restart()
    engine.store.close()
    until(lambda: all(engine.run(run_id).status == "deescalated" for run_id in runs), seconds=120)
    assert engine.door.members == []
