"""Jobs that come too early, too late, twice or at once, and phases that fail in the middle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sym.audit.events import Actor
from sym.store.events import move_event
from sym.store.users import set_role
from tests.runtime.engine.conftest import OPEN


def hooks(body: str) -> str:
    return OPEN + body


def test_a_timer_that_comes_too_early_goes_back_for_the_rest(engine: Any) -> None:
    engine.flow()
    run_id = engine.escalated()
    timer = engine.named(run_id, "deescalate")
    engine.clock.forward(seconds=500)
    engine.executor.decide(timer.id, timer.attempt)
    assert engine.door.members == [("ada", "readers")]
    assert (engine.event(timer.id).attempt, engine.event(timer.id).status) == (2, "scheduled")
    assert engine.later(seconds=99) == 0
    engine.later(seconds=1)
    assert engine.run(run_id).status == "deescalated"


def test_a_stale_job_does_nothing(engine: Any) -> None:
    engine.flow()
    run_id = engine.escalated()
    before = engine.run(run_id)
    for event in engine.events(run_id)[:-1]:
        for phase in engine.executor.phases().values():
            for attempt in (1, 2):
                phase(event.id, attempt)
    for phase in engine.executor.phases().values():
        phase("no-such-event", 1)
    assert engine.run(run_id) == before
    assert engine.door.calls == ["escalate"]
    assert len(engine.trail(run_id)) == 3


def test_what_fails_unexpectedly_is_tried_again_with_longer_and_longer_pauses(engine: Any, monkeypatch: Any) -> None:
    engine.flow()
    accepted = engine.request()

    def broken(*_: Any) -> Any:
        raise OSError("disk on fire")

    with monkeypatch.context() as patch:
        patch.setattr("sym.engine.scene.load_world", broken)
        assert engine.work() == 1
        assert engine.later(seconds=1.9) == 0
        assert engine.later(seconds=0.1) == 1
        assert engine.later(seconds=3.9) == 0
    assert engine.run(accepted.run_id).status == "prompted"
    assert engine.later(seconds=0.1) == 1
    assert engine.run(accepted.run_id).status == "requested"
    assert engine.trail(accepted.run_id) == ["run.requested"]


def test_trying_again_never_stops_however_often_it_failed(engine: Any, monkeypatch: Any) -> None:

    engine.flow()
    accepted = engine.request()
    engine.jobs.lose()
    with engine.store.transaction() as conn:
        move_event(conn, engine.event(accepted.event_id), attempt=5000)
    monkeypatch.setattr("sym.engine.scene.load_world", lambda *_: 1 / 0)
    engine.executor.phases()["decide"](accepted.event_id, 5000)
    assert engine.event(accepted.event_id).attempt == 5001
    assert engine.later(seconds=899) == 0
    assert engine.later(seconds=1) == 1


@pytest.mark.parametrize("phase", ["request", "approve", "escalate", "deescalate"])
def test_nothing_changes_when_the_audit_log_cannot_be_written(
    engine: Any, no_append: Callable[[], None], phase: str, caplog: Any
) -> None:
    engine.flow(hooks("@hook\ndef after_request(event): raise ValueError('x')"))
    if phase == "request":
        run_id = engine.request().run_id
    elif phase == "approve":
        run_id = engine.requested()
        engine.act("bob", "approve", run_id)
    else:
        run_id = engine.escalated() if phase == "deescalate" else engine.requested()
        if phase == "escalate":
            engine.act("bob", "approve", run_id)
            engine.executor.decide(*engine.jobs.take()[1:])
        else:
            engine.clock.forward(seconds=600)
    before = (engine.run(run_id), len(engine.events(run_id)), engine.trail(run_id))
    no_append()
    engine.work()
    assert (engine.run(run_id).status, len(engine.events(run_id)), engine.trail(run_id)) == (
        before[0].status, before[1], before[2],
    )  # fmt: skip
    unfinished = [event for event in engine.events(run_id) if event.phase != "done"]
    assert unfinished


def test_the_first_of_two_approvals_wins_and_the_second_is_refused(engine: Any) -> None:
    engine.flow()
    run_id = engine.requested()
    first = engine.act("bob", "approve", run_id)
    second = engine.act("eve", "approve", run_id)
    engine.work()
    won, lost = (engine.event(accepted.event_id) for accepted in (first, second))
    if lost.status == "success":
        won, lost = lost, won
    assert (won.status, lost.status) == ("success", "error")
    assert "cannot take the event 'approve'" in lost.error
    assert engine.run(run_id).actors["approve"] == won.actor_id
    assert engine.trail(run_id)[:2] == ["run.requested", "run.approved"]
    assert sorted(engine.trail(run_id)[2:]) == ["action.refused", "run.escalated"]
    assert engine.door.calls == ["escalate"]


def test_a_decision_in_the_middle_of_which_the_run_is_decided_is_refused(engine: Any, monkeypatch: Any) -> None:
    engine.flow(OPEN_AND_WAIT)
    run_id = engine.requested()
    slow = engine.act("bob", "approve", run_id)
    fast = engine.act("eve", "deny", run_id)
    real = engine.executor._decide
    calls: list[str] = []

    def overtaken(scene: Any) -> Any:
        found = real(scene)
        calls.append(scene.world.event.name)
        if calls == ["approve"]:
            engine.executor.decide(fast.event_id, 1)
        return found

    monkeypatch.setattr(engine.executor, "_decide", overtaken)
    engine.executor.decide(slow.event_id, 1)
    assert calls == ["approve", "deny", "approve"]
    assert engine.run(run_id).status == "denied"
    assert engine.event(slow.event_id).status == "error"
    assert engine.trail(run_id) == ["run.requested", "run.denied", "action.refused"]


def test_of_two_people_who_end_access_at_once_one_is_told_that_it_is_over(engine: Any) -> None:
    engine.flow()
    run_id = engine.escalated()
    engine.act("ada", "deescalate", run_id)
    second = engine.act("bob", "deescalate", run_id)
    engine.work()
    assert engine.door.calls == ["escalate", "deescalate"]
    assert engine.run(run_id).status == "deescalated"
    late = [event for event in engine.events(run_id) if event.name == "deescalate" and event.error]
    assert len(late) == 1
    assert engine.event(second.event_id).phase == "done"
    assert engine.trail(run_id).count("run.deescalated") == 1
    assert engine.trail(run_id).count("action.refused") == 1


OPEN_AND_WAIT = """
@reducer
def get_permissions(event):
    return RequestPermission(webapp_view="member", approve_deny="member")

@hook
def on_approve(event):
    pass
"""


@pytest.mark.parametrize("event", ["approve", "deny"])
def test_somebody_who_lost_the_right_meanwhile_is_refused(engine: Any, event: str) -> None:

    engine.flow()
    run_id = engine.requested()
    accepted = engine.act("bob", event, run_id)
    with engine.store.transaction() as conn:
        set_role(conn, engine.users["bob"].id, "guest", actor=Actor.SYSTEM, now=engine.clock.now)
    engine.work()
    assert engine.run(run_id).status == "requested"
    assert engine.event(accepted.event_id).status == "error"
    assert engine.trail(run_id) == ["run.requested", "action.refused"]
