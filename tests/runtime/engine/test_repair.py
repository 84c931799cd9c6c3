"""Calls of frozen workers, which the vendor hears after others have gone on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.runtime.engine.membership import VENDOR, asked, declare, granted, planted

MEMBER = ("ada", "r")


@pytest.fixture(autouse=True)
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with planted(tmp_path_factory.mktemp("shelf")):
        yield


def overtaken(engine: Any) -> None:
    """The event in hand is silent for longer than a call may take, and another worker goes on with it."""
    engine.clock.forward(seconds=100)
    engine.sweeper.sweep()
    engine.work()


def notes(engine: Any, run_id: str) -> list[str]:
    return [entry["state"]["errors"][0] for entry in engine.entries(run_id) if entry["name"] == "effect.repeated"]


def test_a_grant_that_comes_after_the_end_is_taken_back(engine: Any) -> None:
    declare(engine)

    def meanwhile() -> None:
        overtaken(engine)
        engine.later(seconds=30)
        assert VENDOR.members == set()

    VENDOR.during["add"] = meanwhile
    run_id = asked(engine, duration=30)
    engine.work()
    assert VENDOR.members == set()
    assert VENDOR.changes() == ["add", "add", "remove", "remove"]
    assert (engine.run(run_id).status, engine.lease(run_id).status) == ("deescalated", "ended")
    assert "a call that came late may have granted it again" in notes(engine, run_id)


def test_a_grant_that_comes_while_the_end_is_in_hand_is_taken_back(engine: Any) -> None:
    declare(engine)
    late: list[Callable[[], None]] = []

    def meanwhile() -> None:
        overtaken(engine)
        VENDOR.lag = 8
        engine.later(seconds=30)
        VENDOR.lag = 0
        assert (VENDOR.members, late) == (set(), [])

    VENDOR.during["add"] = meanwhile
    run_id = asked(engine, duration=30)
    engine.work()
    assert engine.lease(run_id).status == "ending"
    assert VENDOR.members == {MEMBER}
    for _ in range(10):
        engine.later(seconds=10)
    assert engine.lease(run_id).status == "ended"
    assert VENDOR.members == set()


def test_a_grant_that_comes_between_the_removal_and_its_answer_is_taken_back(engine: Any) -> None:
    """The strategy cannot read back, so nothing else would notice."""
    declare(engine, "planted_plain")
    begun, go_on = threading.Event(), threading.Event()
    run_id = asked(engine, kind="planted_plain", duration=30)
    job = engine.jobs.take()
    while job[0] != "perform":
        engine.executor.phases()[job[0]](*job[1:])
        job = engine.jobs.take()

    def frozen() -> None:
        begun.set()
        assert go_on.wait(timeout=60)

    VENDOR.during["add"] = frozen
    late = threading.Thread(target=engine.executor.phases()["perform"], args=job[1:])
    late.start()
    assert begun.wait(timeout=60)
    overtaken(engine)
    assert engine.run(run_id).status == "escalated"

    def thaw() -> None:
        go_on.set()
        late.join()
        assert (engine.lease(run_id).status, VENDOR.members) == ("ending", {MEMBER})
        VENDOR.during["remove"] = lambda: seen.append(engine.lease(run_id).status)

    seen: list[str] = []
    VENDOR.during["after remove"] = thaw
    engine.later(seconds=30)
    engine.later(seconds=5)
    assert (VENDOR.members, seen) == (set(), ["ending"])
    assert engine.lease(run_id).status == "ended"


def test_a_grant_that_comes_late_is_left_to_another_lease_of_the_membership(engine: Any) -> None:
    declare(engine)
    found: list[str] = []

    def meanwhile() -> None:
        overtaken(engine)
        engine.later(seconds=30)
        engine.later(seconds=90)
        found.append(granted(engine, duration=600))

    VENDOR.during["add"] = meanwhile
    run_id = asked(engine, duration=30)
    engine.work()
    assert VENDOR.changes().count("remove") == 1
    assert engine.entries(run_id)[-1]["fields"]["held_by"] == found[0]
    engine.later(seconds=600)
    assert VENDOR.members == set()


def test_a_removal_that_comes_after_a_newer_grant_is_made_good(engine: Any) -> None:
    declare(engine)
    first = granted(engine, duration=600)
    found: list[str] = []

    def meanwhile() -> None:
        overtaken(engine)
        assert engine.lease(first).status == "ended"
        engine.later(seconds=100)
        found.append(granted(engine, duration=600))

    VENDOR.during["remove"] = meanwhile
    engine.later(seconds=600)
    newer = found[0]
    assert VENDOR.members == {MEMBER}
    assert engine.trail(newer)[-2:] == ["effect.repeated", "lease.restored"]
    assert notes(engine, newer) == ["a call that came late may have taken it away"]
    lease = engine.lease(newer)
    assert (lease.status, lease.operation) == ("active", None)
    assert engine.run(newer).expires_at == lease.ends_at
    engine.later(seconds=600)
    assert VENDOR.members == set()
    assert engine.trail(newer)[-1] == "run.deescalated"


def test_a_removal_that_was_slow_and_in_nobody_elses_hands_is_made_good_as_well(engine: Any) -> None:
    declare(engine)
    first = granted(engine, duration=600)
    found: list[str] = []

    def meanwhile() -> None:
        engine.clock.forward(seconds=100)
        found.append(granted(engine, duration=600))

    VENDOR.during["remove"] = meanwhile
    engine.later(seconds=600)
    assert engine.lease(first).status == "ended"
    assert engine.trail(found[0])[-1] == "lease.restored"
    assert VENDOR.members == {MEMBER}


def test_access_is_not_left_to_a_removal_that_nobody_has_heard_of_for_long(engine: Any) -> None:
    """It may have been before the grant: whoever ends calls the vendor."""
    declare(engine)
    granted(engine, duration=600)

    def meanwhile() -> None:
        engine.clock.forward(seconds=100)
        newer = granted(engine, duration=600)
        engine.act("root", "deescalate", newer)
        engine.work()
        assert engine.lease(newer).status == "ended"
        assert VENDOR.members == set()

    VENDOR.during["remove"] = meanwhile
    engine.later(seconds=600)
    assert VENDOR.members == set()


def test_access_that_cannot_be_given_back_is_reported(engine: Any, caplog: Any) -> None:
    declare(engine)
    granted(engine, duration=600)

    def meanwhile() -> None:
        overtaken(engine)
        engine.later(seconds=100)
        granted(engine, duration=3600)
        VENDOR.behave["add"] = ["refuse"] * 6

    VENDOR.during["remove"] = meanwhile
    engine.later(seconds=600)
    for pause in (2, 4, 8, 16, 32):
        engine.later(seconds=pause)
    assert "could not be given back" in caplog.text
    engine.later(seconds=3600)
    assert VENDOR.members == set()
