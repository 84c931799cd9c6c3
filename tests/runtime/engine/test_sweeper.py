"""The safety net: what is due and not moving gets its next attempt, whatever became of its job."""

from __future__ import annotations

import time
from typing import Any

from sym.engine import sweeper as module
from sym.engine.sweeper import Sweeper


def test_what_moves_is_left_alone(engine: Any) -> None:
    engine.flow()
    engine.request()
    assert engine.sweeper.sweep() == 0
    engine.clock.forward(seconds=89)
    assert engine.sweeper.sweep() == 0


def test_a_lost_job_is_replaced_at_every_step_of_a_run(engine: Any) -> None:
    engine.flow("""
@reducer
def get_permissions(event):
    return RequestPermission(webapp_view="member", approve_deny="member")

@hook
def after_escalate(event): pass
""")

    def lose_and_sweep() -> None:
        engine.jobs.lose()
        assert engine.work() == 0
        engine.clock.forward(seconds=91)
        assert engine.sweeper.sweep() == 1
        assert engine.sweeper.sweep() == 0
        job = engine.jobs.take()
        assert job[2] == 2
        engine.executor.phases()[job[0]](*job[1:])

    run_id = engine.request().run_id
    lose_and_sweep()
    assert engine.run(run_id).status == "requested"
    engine.act("bob", "approve", run_id)
    lose_and_sweep()
    assert engine.run(run_id).status == "approved"
    lose_and_sweep()
    assert engine.lease(run_id).status == "pending"
    lose_and_sweep()
    assert engine.run(run_id).status == "escalated"
    assert engine.named(run_id, "escalate").phase == "after"
    lose_and_sweep()
    assert engine.named(run_id, "escalate").phase == "done"
    engine.clock.forward(seconds=600)
    lose_and_sweep()
    lose_and_sweep()
    assert engine.run(run_id).status == "deescalated"
    assert engine.trail(run_id) == ["run.requested", "run.approved", "run.escalated", "run.deescalated"]


def test_a_retry_whose_job_was_lost_is_revived(engine: Any) -> None:
    engine.flow()
    run_id = engine.escalated()
    engine.door.behave("deescalate", "raise OSError('down')")
    engine.later(seconds=600)
    engine.jobs.lose()
    engine.door.behave("deescalate", None)
    engine.clock.forward(seconds=2 + 91)
    assert engine.sweeper.sweep() == 1
    engine.work()
    assert engine.run(run_id).status == "deescalated"


def test_finished_and_future_events_are_not_revived(engine: Any) -> None:
    engine.flow(schedule_deescalation=False)
    engine.escalated(timeless=True)
    engine.clock.forward(days=1000)
    assert engine.sweeper.sweep() == 0


def test_one_event_that_cannot_be_revived_does_not_hold_up_the_others(engine: Any, monkeypatch: Any) -> None:
    engine.flow()
    first, second = engine.request().event_id, engine.request().event_id
    engine.jobs.lose()
    engine.clock.forward(seconds=91)
    real = module.move_event

    def move(conn: Any, event: Any, **changes: Any) -> Any:
        if event.id == first:
            raise RuntimeError("this one is broken")
        return real(conn, event, **changes)

    monkeypatch.setattr(module, "move_event", move)
    engine.sweeper.sweep()
    job = engine.jobs.take()
    assert job is not None
    assert job[1] == second


def test_at_the_start_what_was_in_hand_becomes_due_at_once_and_nothing_else(engine: Any) -> None:
    engine.flow()
    granted = engine.escalated()
    waiting = engine.requested()
    in_hand = engine.request()
    engine.jobs.lose()
    engine.clock.forward(seconds=1)
    assert engine.sweeper.revive() == 1
    assert engine.event(in_hand.event_id).attempt == 2
    engine.clock.forward(seconds=0.001)
    assert engine.sweeper.sweep() == 1
    assert engine.work() == 1
    assert engine.run(in_hand.run_id).status == "requested"
    assert (engine.run(granted).status, engine.run(waiting).status) == ("escalated", "requested")
    assert engine.named(granted, "deescalate").attempt == 1


def test_at_the_start_a_retry_keeps_its_pause(engine: Any) -> None:
    engine.flow()
    run_id = engine.escalated()
    engine.door.behave("deescalate", "raise OSError('down')")
    engine.later(seconds=600)
    assert engine.sweeper.revive() == 0
    assert engine.named(run_id, "deescalate").attempt == 2


def test_the_thread_sweeps_at_once_and_goes_on_after_a_failure(engine: Any, monkeypatch: Any) -> None:
    engine.flow()
    accepted = engine.request()
    engine.jobs.lose()
    engine.clock.forward(seconds=91)
    monkeypatch.setattr(module, "INTERVAL_SECONDS", 0.01)
    real, failures = Sweeper.sweep, iter([OSError("no database")])

    def sweep(self: Sweeper) -> int:
        for failure in failures:
            raise failure
        return real(self)

    monkeypatch.setattr(Sweeper, "sweep", sweep)
    engine.sweeper.start()
    deadline = time.monotonic() + 10
    while engine.event(accepted.event_id).attempt == 1 and time.monotonic() < deadline:
        time.sleep(0.01)
    engine.sweeper.stop()
    assert engine.event(accepted.event_id).attempt == 2
    assert not engine.sweeper._thread.is_alive()
