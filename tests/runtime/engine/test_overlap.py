"""Several leases of one membership: it is there as long as somebody needs it, and not a moment longer than that."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sym.engine.claiming import claim
from sym.store.events import move_event
from tests.runtime.engine.membership import VENDOR, asked, declare, granted, planted

MEMBER = ("ada", "r")


@pytest.fixture(autouse=True)
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder: Path = tmp_path_factory.mktemp("shelf")
    with planted(folder):
        yield


@pytest.mark.parametrize("kind", ["planted_full", "planted_plain"])
def test_the_vendor_is_told_to_remove_for_the_last_of_two_only(engine: Any, kind: str) -> None:
    declare(engine, kind)
    first = granted(engine, kind=kind, duration=600)
    second = granted(engine, kind=kind, target="same", duration=3600)
    assert engine.lease(first).key == engine.lease(second).key
    engine.later(seconds=600)
    assert (engine.run(first).status, engine.lease(first).status) == ("deescalated", "ended")
    assert VENDOR.members == {MEMBER}
    assert VENDOR.changes() == ["add", "add"]
    assert engine.entries(first)[-1]["fields"]["held_by"] == second
    engine.later(seconds=3000)
    assert VENDOR.members == set()
    assert VENDOR.changes() == ["add", "add", "remove"]
    assert "held_by" not in engine.entries(second)[-1]["fields"]
    assert (engine.lease(second).verified_at is not None) is (kind == "planted_full")
    assert engine.lease(first).verified_at is None


def test_two_that_end_in_the_same_moment_lead_to_one_removal(engine: Any) -> None:
    declare(engine)
    runs = [granted(engine, duration=600) for _ in range(2)]
    engine.later(seconds=600)
    assert [engine.lease(run_id).status for run_id in runs] == ["ended", "ended"]
    assert VENDOR.changes() == ["add", "add", "remove"]
    assert VENDOR.members == set()


def test_a_removal_that_was_cut_short_and_is_not_needed_any_more_keeps_nobody_waiting(engine: Any) -> None:
    declare(engine)
    first = granted(engine, duration=600)
    engine.clock.forward(seconds=600)
    engine.executor.decide(*engine.jobs.take()[1:])
    _, event_id, attempt = engine.jobs.take()
    scene = engine.executor._scene(event_id, "perform", attempt)
    with engine.store.transaction() as conn:
        claim(conn, scene.world, scene.lease.id, engine.clock.now)  # and then it was killed
    second = asked(engine)
    engine.work()
    assert engine.lease(second).status == "pending"
    with engine.store.transaction() as conn:
        assert move_event(conn, engine.event(event_id), attempt=attempt + 1)
    engine.executor.perform(event_id, attempt + 1)
    assert engine.trail(first)[-2:] == ["effect.repeated", "run.deescalated"]
    engine.later(seconds=2)
    assert engine.lease(second).status == "active"
    assert VENDOR.members == {MEMBER}


def test_of_two_workers_that_end_the_last_two_at_once_one_calls_the_vendor(engine: Any) -> None:
    declare(engine)
    runs = [granted(engine, duration=600) for _ in range(2)]
    engine.clock.forward(seconds=600)
    for job in [engine.jobs.take(), engine.jobs.take()]:
        engine.executor.decide(*job[1:])
    jobs = [engine.jobs.take(), engine.jobs.take()]
    assert [job[0] for job in jobs] == ["perform", "perform"]
    real, both = engine.executor._performer.call, threading.Barrier(2)

    def together(*arguments: Any) -> Any:
        result = real(*arguments)
        both.wait(timeout=30)
        return result

    engine.executor._performer.call = together
    threads = [threading.Thread(target=engine.executor.phases()["perform"], args=job[1:]) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine.executor._performer.call = real
    engine.later(seconds=1)
    assert [engine.lease(run_id).status for run_id in runs] == ["ended", "ended"]
    assert VENDOR.changes() == ["add", "add", "remove"]
    assert VENDOR.members == set()


def test_other_people_and_other_targets_have_memberships_of_their_own(engine: Any) -> None:
    declare(engine)
    granted(engine, duration=600)
    granted(engine, target="admins", duration=3600)
    granted(engine, who="eve", duration=3600)
    engine.later(seconds=600)
    assert VENDOR.members == {("ada", "a"), ("eve", "r")}


def test_a_grant_waits_for_a_removal_in_hand_and_comes_after_it(engine: Any) -> None:
    declare(engine)
    first = granted(engine, duration=600)
    found: list[str] = []

    def meanwhile() -> None:
        found.append(asked(engine, duration=600))
        engine.work()
        assert engine.run(found[0]).status == "approved"

    VENDOR.during["remove"] = meanwhile
    engine.later(seconds=600)
    assert engine.lease(first).status == "ended"
    assert VENDOR.changes() == ["add", "remove"]
    engine.later(seconds=1)
    assert engine.run(found[0]).status == "escalated"
    assert VENDOR.members == {MEMBER}


def test_access_that_ends_while_another_grant_is_in_hand_is_left_to_that_one(engine: Any) -> None:
    declare(engine)
    first = granted(engine, duration=600)
    VENDOR.during["add"] = lambda: engine.later(seconds=600) and None
    second = granted(engine, duration=600)
    assert engine.lease(first).status == "ended"
    assert VENDOR.changes() == ["add", "add"]
    assert engine.entries(first)[-1]["fields"]["held_by"] == second
    assert VENDOR.members == {MEMBER}


def test_the_membership_goes_when_the_grant_it_was_left_to_fails(engine: Any) -> None:
    declare(engine)
    first = granted(engine, duration=600)
    VENDOR.behave["add"] = ["refuse"]
    VENDOR.during["add"] = lambda: engine.later(seconds=600) and None
    second = asked(engine, duration=600)
    engine.work()
    assert (engine.lease(first).status, engine.run(second).status) == ("ended", "errored")
    assert VENDOR.members == set()


def test_a_lease_that_is_stuck_is_nobodys_excuse(engine: Any) -> None:
    declare(engine)
    first = granted(engine, duration=600)
    VENDOR.behave["remove"] = ["refuse"] * 6
    engine.later(seconds=600)
    for pause in (2, 4, 8, 16, 32):
        engine.later(seconds=pause)
    assert engine.lease(first).status == "stuck"
    second = granted(engine, duration=600)
    engine.later(seconds=600)
    assert engine.lease(second).status == "ended"
    assert VENDOR.members == set()
    engine.later(days=1)
    assert engine.lease(first).status == "ended"


def test_access_is_not_left_to_an_end_that_failed_and_waits_to_be_tried_again(engine: Any) -> None:
    declare(engine)
    first = granted(engine, duration=600)
    VENDOR.behave["remove"] = ["refuse"]
    engine.later(seconds=600)
    assert engine.lease(first).status == "ending"
    second = granted(engine, duration=600)
    engine.act("root", "deescalate", second)
    engine.work()
    assert (engine.lease(second).status, VENDOR.members) == ("ended", set())
    engine.later(seconds=2)
    assert engine.lease(first).status == "ended"


def test_what_was_there_before_is_never_removed(engine: Any) -> None:
    VENDOR.members.add(MEMBER)
    declare(engine)
    run_id = granted(engine, duration=600)
    assert engine.lease(run_id).preexisting
    assert engine.trail(run_id)[-2:] == ["lease.preexisted", "run.escalated"]
    other = granted(engine, duration=3600)
    assert engine.lease(other).preexisting
    engine.later(seconds=600)
    engine.later(seconds=3000)
    assert engine.lease(run_id).status == engine.lease(other).status == "ended"
    assert engine.entries(other)[-1]["fields"]["preexisting"] is True
    assert VENDOR.members == {MEMBER}
    assert "remove" not in VENDOR.calls


def test_what_a_vendor_still_shows_of_an_earlier_lease_was_not_there_before(engine: Any) -> None:
    declare(engine)
    granted(engine, duration=600)
    engine.later(seconds=600)
    VENDOR.members.add(MEMBER)
    run_id = granted(engine, duration=600)
    assert not engine.lease(run_id).preexisting
    engine.later(seconds=600)
    assert VENDOR.members == set()


def test_what_was_there_long_after_an_earlier_lease_is_somebody_elses(engine: Any) -> None:
    declare(engine)
    granted(engine, duration=600)
    engine.later(seconds=600)
    VENDOR.members.add(MEMBER)
    engine.later(seconds=901)
    assert engine.lease(granted(engine, duration=600)).preexisting


def test_nothing_is_removed_for_a_grant_that_never_reached_the_vendor(engine: Any, monkeypatch: Any) -> None:
    """The look before the first call fails; what it would have shown may be there still."""
    VENDOR.members.add(MEMBER)
    declare(engine)
    monkeypatch.setattr(VENDOR, "has", lambda *_: 1 / 0)
    run_id = asked(engine, duration=600)
    engine.work()
    assert (engine.run(run_id).status, engine.lease(run_id).status) == ("errored", "ended")
    assert VENDOR.changes() == []
    assert engine.entries(run_id)[-1]["fields"]["never_granted"] is True
    assert VENDOR.members == {MEMBER}


def test_who_somebody_is_at_the_vendor_is_found_out_before_leases_are_compared(engine: Any) -> None:
    declare(engine)
    first, second = asked(engine, duration=600), asked(engine, duration=3600)
    engine.work()
    assert engine.lease(first).identity == engine.lease(second).identity == "ada"
    assert engine.lease(first).key == engine.lease(second).key
    assert engine.lease(first).key_document["identity"] == "ada"
    engine.later(seconds=600)
    assert VENDOR.members == {MEMBER}


def test_access_ends_for_whom_it_was_granted_whatever_is_recorded_since(engine: Any) -> None:
    from sym.store.identities import Identity, save_identity

    declare(engine)
    granted(engine, duration=600)
    new = Identity(user_id=engine.users["ada"].id, service="custom", service_id="acme", external_user_id="lovelace")
    with engine.store.transaction() as conn:
        save_identity(conn, new, engine.clock.now)
    engine.later(seconds=600)
    assert VENDOR.members == set()
