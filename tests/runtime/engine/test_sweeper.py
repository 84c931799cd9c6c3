"""The safety net: what is due and not moving gets its next attempt, whatever became of its job."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from sym.engine import sweeper as module
from sym.engine.queue import PHASES
from sym.engine.sweeper import Sweeper
from sym.store.jobs import take_jobs
from sym.store.workers import Worker, declare_dead, register


def test_what_moves_is_left_alone(engine: Any) -> None:
    engine.flow()
    engine.request()
    assert engine.sweeper.sweep() == 0
    engine.clock.forward(seconds=89)
    assert engine.sweeper.sweep() == 0


def test_an_event_whose_job_hangs_gets_its_next_attempt_after_its_grace(engine: Any) -> None:
    engine.flow()
    accepted = engine.request()
    engine.clock.forward(seconds=91)
    assert engine.sweeper.sweep() == 1
    assert engine.event(accepted.event_id).attempt == 2
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
        engine.clock.forward(seconds=4)
        assert engine.sweeper.sweep() == 0
        engine.clock.forward(seconds=2)
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
    engine.clock.forward(seconds=594)
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
    engine.clock.forward(seconds=2 + 6)
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


def claim(engine: Any, worker: str) -> None:
    with engine.store.transaction() as conn:
        assert len(take_jobs(conn, worker, PHASES, now=engine.clock.now, limit=10)) == 1


def test_what_a_dead_worker_had_in_hand_is_taken_over_in_its_next_attempt(engine: Any) -> None:
    engine.flow()
    accepted = engine.request()
    with engine.store.transaction() as conn:
        register(conn, Worker(executor_id="w", started_at=engine.clock.now, last_seen=engine.clock.now))
    claim(engine, "w")
    assert engine.sweeper.sweep() == 0
    assert engine.work() == 0
    with engine.store.transaction() as conn:
        dead = declare_dead(conn, silent_since=engine.clock.now + timedelta(seconds=1), now=engine.clock.now)
    assert dead == ["w"]
    assert engine.sweeper.sweep() == 1
    assert engine.sweeper.sweep() == 0
    assert engine.event(accepted.event_id).attempt == 2
    assert engine.work() == 1
    assert engine.run(accepted.run_id).status == "requested"


def test_what_a_worker_had_finished_but_not_yet_deleted_is_not_done_again(engine: Any) -> None:
    engine.flow()
    accepted = engine.request()
    claim(engine, "a worker nobody knows")
    engine.executor.phases()["decide"](accepted.event_id, 1)
    assert engine.sweeper.sweep() == 1
    assert engine.work() == 0
    assert engine.trail(accepted.run_id) == ["run.requested"]


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
