"""The runtime is killed with SIGKILL in the middle of everything; after a restart every run comes to its end."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from tests.chaos.system import Request, System


def test_killed_right_after_the_request_was_accepted(system: System) -> None:
    request = Request(system)
    system.restart()
    request.finish()


def interrupt(system: System, place: str, *, approve: bool, repeated: tuple[str, ...] = ()) -> None:
    """Kill the runtime while authors' code is at ``place``, restart it, and see the run to its end."""
    request = Request(system, pause=place)
    if approve:
        request.wait_for("requested")
        request.approve()
    request.wait_until_inside()
    system.kill()
    request.let_go()
    system.start()
    request.finish(repeated=repeated)


@pytest.mark.parametrize("place", ["on_request", "get_permissions", "after_request"])
def test_killed_while_the_request_is_processed(system_on_sqlite: System, place: str) -> None:
    interrupt(system_on_sqlite, place, approve=False)


def test_killed_during_get_permissions(system: System) -> None:
    interrupt(system, "get_permissions", approve=False)


@pytest.mark.parametrize("place", ["on_approve", "on_escalate", "after_escalate", "on_deescalate"])
def test_killed_during_a_hook(system_on_sqlite: System, place: str) -> None:
    interrupt(system_on_sqlite, place, approve=True)


@pytest.mark.parametrize("place", ["escalate-before", "escalate-after", "deescalate-before", "deescalate-after"])
def test_killed_during_a_call_of_the_strategy(system_on_sqlite: System, place: str) -> None:
    interrupt(system_on_sqlite, place, approve=True, repeated=(place.partition("-")[0],))


@pytest.mark.postgres
@pytest.mark.parametrize("place", ["escalate-after", "deescalate-before"])
def test_killed_during_a_call_of_the_strategy_on_postgresql(system_on_postgresql: System, place: str) -> None:
    interrupt(system_on_postgresql, place, approve=True, repeated=(place.partition("-")[0],))


def test_killed_while_a_request_waits_and_right_after_it_was_approved(system: System) -> None:
    request = Request(system)
    request.wait_for("requested")
    system.restart()
    request.approve()
    system.restart()
    request.finish()


def test_killed_while_access_is_active_it_ends_on_time(system: System) -> None:
    request = Request(system, seconds=3)
    request.wait_for("requested")
    request.approve()
    request.wait_for("escalated")
    system.kill()
    assert system.is_member(request.id)
    system.start()
    request.finish()


def test_restarted_after_the_end_access_ends_at_once(system: System) -> None:
    request = Request(system, seconds=1)
    request.wait_for("requested")
    request.approve()
    request.wait_for("escalated")
    system.kill()
    lease = system.lease(request.id)
    assert lease is not None
    assert lease.ends_at is not None
    time.sleep(max((lease.ends_at - datetime.now(UTC)).total_seconds() + 0.5, 0))
    assert system.is_member(request.id)
    system.start()
    request.finish()


def test_told_to_stop_during_a_hook_it_ends_and_goes_on_after_the_restart(system_on_sqlite: System) -> None:
    system = system_on_sqlite
    request = Request(system, pause="on_request")
    request.wait_until_inside()
    system.stop()
    assert system.status(request.id) == "prompted"
    assert system.trail(request.id) == []
    request.let_go()
    system.start()
    request.finish()
