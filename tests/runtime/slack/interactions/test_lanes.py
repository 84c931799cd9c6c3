"""Slow work has threads of its own, and nobody gets all of them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

import pytest

from sym.slack.interactions.lanes import Lanes

LONG = 20.0


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """What holds slow calls up until it is set."""
    event = threading.Event()
    yield event
    event.set()


def test_everything_is_run_once() -> None:
    lanes, done, ran = Lanes(3), threading.Semaphore(0), []
    for number in range(50):
        assert lanes.submit(lambda number=number: (ran.append(number), done.release()))
    for _ in range(50):
        assert done.acquire(timeout=LONG)
    assert sorted(ran) == list(range(50))


def test_no_more_run_at_once_than_there_are_lanes(gate: threading.Event) -> None:
    lanes, started = Lanes(2), threading.Semaphore(0)
    for _ in range(3):
        lanes.submit(lambda: (started.release(), gate.wait(LONG)))
    assert started.acquire(timeout=LONG)
    assert started.acquire(timeout=LONG)
    assert not started.acquire(timeout=0.2)
    gate.set()
    assert started.acquire(timeout=LONG)


def test_a_slow_share_leaves_lanes_to_others(gate: threading.Event) -> None:
    lanes, slow, other = Lanes(4), threading.Semaphore(0), threading.Event()
    for _ in range(10):
        lanes.submit(lambda: (slow.release(), gate.wait(LONG)), {"flow slow": 2})
    lanes.submit(other.set, {"flow quick": 2})
    assert other.wait(LONG)
    assert slow.acquire(timeout=LONG)
    assert slow.acquire(timeout=LONG)
    assert not slow.acquire(timeout=0.2)
    gate.set()
    for _ in range(8):
        assert slow.acquire(timeout=LONG)


def test_a_call_waits_for_each_of_its_shares(gate: threading.Event) -> None:
    lanes, done = Lanes(4), threading.Semaphore(0)
    lanes.submit(lambda: gate.wait(LONG), {"ada": 1})
    lanes.submit(done.release, {"ada": 1, "flow": 1})
    assert not done.acquire(timeout=0.2)
    gate.set()
    assert done.acquire(timeout=LONG)


def test_when_too_many_wait_no_more_are_taken(gate: threading.Event) -> None:
    lanes = Lanes(1, longest=2)
    started = threading.Event()
    assert lanes.submit(lambda: (started.set(), gate.wait(LONG)))
    assert started.wait(LONG)
    assert lanes.submit(lambda: None)
    assert lanes.submit(lambda: None)
    assert not lanes.submit(lambda: None)


def test_a_call_that_raises_frees_its_lane_and_its_text_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise ValueError("what somebody wrote")

    lanes, done = Lanes(1), threading.Event()
    with caplog.at_level(logging.ERROR):
        lanes.submit(fail, {"ada": 1})
        lanes.submit(done.set, {"ada": 1})
        assert done.wait(LONG)
    assert "ValueError" in caplog.text
    assert "what somebody wrote" not in caplog.text


def test_when_stopped_what_is_in_hand_is_finished_and_nothing_is_begun(gate: threading.Event) -> None:
    lanes, started, ran = Lanes(1), threading.Event(), []
    lanes.submit(lambda: (started.set(), gate.wait(LONG), ran.append("in hand")))
    assert started.wait(LONG)
    lanes.submit(lambda: ran.append("waiting"))
    threading.Timer(0.2, gate.set).start()
    lanes.stop(LONG)
    assert ran == ["in hand"]
    assert not lanes.submit(lambda: ran.append("late"))
