"""Nobody is told before the vendor shows it: read-back, vendors that take their time, and those that lie or refuse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.runtime.engine.membership import VENDOR, asked, declare, granted, planted

MEMBER = ("ada", "r")


@pytest.fixture(autouse=True)
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with planted(tmp_path_factory.mktemp("shelf")):
        yield


def status(engine: Any, run_id: str) -> tuple[str, str]:
    return engine.run(run_id).status, engine.lease(run_id).status


def test_a_grant_counts_from_when_the_vendor_shows_it(engine: Any) -> None:
    declare(engine)
    VENDOR.lag = 5
    run_id = asked(engine, duration=600)
    engine.work()
    assert status(engine, run_id) == ("approved", "pending")
    assert VENDOR.members == {MEMBER}
    engine.later(seconds=1)
    assert status(engine, run_id) == ("escalated", "active")
    lease = engine.lease(run_id)
    assert lease.verified_at == lease.starts_at == engine.clock.now
    assert lease.operation is None
    assert (lease.ends_at - lease.starts_at).total_seconds() == 600
    assert VENDOR.changes() == ["add"]


def test_an_end_counts_from_when_the_vendor_no_longer_shows_it(engine: Any) -> None:
    declare(engine)
    run_id = granted(engine, duration=600)
    VENDOR.lag = 5
    engine.later(seconds=600)
    assert status(engine, run_id) == ("escalated", "ending")
    engine.later(seconds=1)
    assert status(engine, run_id) == ("deescalated", "ended")
    assert engine.lease(run_id).verified_at == engine.lease(run_id).ended_at == engine.clock.now


def test_a_vendor_that_lies_about_a_grant_is_cleaned_up_after(engine: Any) -> None:
    declare(engine)
    VENDOR.behave["add"] = ["lie"]
    run_id = asked(engine, duration=600)
    engine.work()
    for pause in (1, 2, 4, 8, 15, 30):
        assert engine.run(run_id).status == "approved"
        engine.later(seconds=pause)
    assert status(engine, run_id) == ("errored", "ended")
    assert "does not show the access" in engine.named(run_id, "escalate").error
    assert VENDOR.changes() == ["add", "remove"]


def test_a_vendor_that_lies_about_an_end_is_told_again(engine: Any) -> None:
    declare(engine)
    run_id = granted(engine, duration=600)
    VENDOR.behave["remove"] = ["lie"]
    engine.later(seconds=600)
    for pause in (1, 2, 4, 8, 15, 30, 2):
        assert VENDOR.members == {MEMBER}
        engine.later(seconds=pause)
    assert VENDOR.members == set()
    assert VENDOR.changes() == ["add", "remove", "remove"]
    assert status(engine, run_id) == ("deescalated", "ended")


def test_a_vendor_at_work_is_waited_for_in_both_directions(engine: Any) -> None:
    declare(engine)
    VENDOR.work = 2
    run_id = asked(engine, duration=600)
    engine.work()
    assert status(engine, run_id) == ("approved", "pending")
    engine.later(seconds=1)
    assert engine.lease(run_id).operation["stage"] == "polling"
    engine.later(seconds=2)
    assert status(engine, run_id) == ("escalated", "active")
    engine.later(seconds=600)
    assert (status(engine, run_id), VENDOR.members) == (("escalated", "ending"), {MEMBER})
    engine.later(seconds=1)
    engine.later(seconds=2)
    assert (status(engine, run_id), VENDOR.members) == (("deescalated", "ended"), set())
    assert VENDOR.changes() == ["add", "remove"]
    effects = [effect.status for event in engine.events(run_id) for effect in engine.effects(event.id)]
    assert effects == ["done", "done"]


def test_a_crash_while_the_vendor_is_at_work_leads_to_no_second_call(engine: Any) -> None:
    declare(engine)
    VENDOR.work = 2
    run_id = asked(engine, duration=600)
    engine.work()
    engine.jobs.lose()
    engine.clock.forward(seconds=92)
    engine.sweeper.sweep()
    engine.work()
    engine.later(seconds=2)
    assert engine.run(run_id).status == "escalated"
    assert VENDOR.changes() == ["add"]
    assert "effect.repeated" not in engine.trail(run_id)


def test_others_wait_while_the_vendor_is_at_work_however_long(engine: Any) -> None:
    declare(engine)
    first = granted(engine, duration=600)
    VENDOR.work = 8
    engine.later(seconds=600)
    second = asked(engine, duration=3600)
    for _ in range(10):
        engine.later(seconds=12)
        assert VENDOR.changes() == ["add", "remove"] or VENDOR.members == set()
    VENDOR.work = 0
    for _ in range(5):
        engine.later(seconds=30)
    assert VENDOR.changes() == ["add", "remove", "add"]
    assert VENDOR.members == {MEMBER}
    assert status(engine, first) == ("deescalated", "ended")
    assert status(engine, second) == ("escalated", "active")
    assert not engine.lease(second).preexisting


def test_an_operation_without_poll_fails_with_what_is_missing(engine: Any) -> None:
    declare(engine, "planted_plain")
    VENDOR.work = 1
    run_id = asked(engine, kind="planted_plain", duration=600)
    engine.work()
    assert "there is no method poll" in engine.named(run_id, "escalate").error


def test_an_operation_that_failed_counts_as_a_failed_try(engine: Any, monkeypatch: Any) -> None:
    from sym.sdk.strategies import Operation

    declare(engine)
    VENDOR.work = 1
    real = VENDOR.poll
    monkeypatch.setattr(VENDOR, "poll", lambda number: Operation(number, "FAILED", message="no licence left"))
    run_id = asked(engine, duration=600)
    engine.work()
    engine.later(seconds=1)
    assert engine.run(run_id).status == "approved"
    assert "no licence left" in engine.lease(run_id).last_error
    assert engine.lease(run_id).operation is None
    monkeypatch.setattr(VENDOR, "poll", real)
    engine.later(seconds=2)
    engine.later(seconds=1)
    assert status(engine, run_id) == ("escalated", "active")


def test_what_the_vendor_says_is_gone_already_is_gone(engine: Any) -> None:
    for kind in ("planted_full", "planted_plain"):
        declare(engine, kind)
        run_id = granted(engine, kind=kind, duration=600)
        VENDOR.members.clear()
        engine.later(seconds=600)
        assert status(engine, run_id) == ("deescalated", "ended")
        assert engine.named(run_id, "deescalate").error is None
        for key in ("readers", "same", "admins", "strategy"):
            engine.ids.pop(key)


def test_a_throttled_grant_is_tried_again_and_a_refused_one_is_not(engine: Any) -> None:
    declare(engine)
    VENDOR.behave["add"] = ["throttle"]
    run_id = asked(engine, duration=600)
    engine.work()
    assert engine.run(run_id).status == "approved"
    engine.later(seconds=2)
    assert engine.run(run_id).status == "escalated"
    VENDOR.behave["add"] = ["refuse"]
    other = asked(engine, target="admins", duration=600)
    engine.work()
    assert engine.run(other).status == "errored"
    assert "strategy planted_full line" not in str(engine.named(other, "escalate").error)
    assert engine.named(other, "escalate").error.endswith("add is refused")


def test_stuck_access_comes_with_instructions_of_the_strategys_own(engine: Any, caplog: Any) -> None:
    declare(engine)
    run_id = granted(engine, duration=600)
    VENDOR.behave["remove"] = ["refuse"] * 6
    engine.later(seconds=600)
    for pause in (2, 4, 8, 16, 32):
        engine.later(seconds=pause)
    lease = engine.lease(run_id)
    assert (lease.status, lease.instructions) == ("stuck", "Take ada off the list of r.")
    assert engine.entries(run_id)[-1]["name"] == "lease.stuck"
    assert engine.entries(run_id)[-1]["fields"]["instructions"] == lease.instructions
    assert "Take ada off the list" in caplog.text


def test_stuck_access_comes_with_instructions_in_any_case(engine: Any) -> None:
    declare(engine, "planted_plain")
    run_id = granted(engine, kind="planted_plain", duration=600)
    VENDOR.behave["remove"] = ["refuse"] * 6
    engine.later(seconds=600)
    for pause in (2, 4, 8, 16, 32):
        engine.later(seconds=pause)
    assert engine.lease(run_id).instructions == (
        "Open the administration of custom acme, find planted_plain readers (identifier=r), and remove ada from it."
    )
