"""One decision, one transaction: all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from sym.engine.commit import GRACE, Outcome, Raced, Transition, following_event
from sym.engine.effects import Escalate
from sym.engine.lifecycle import Decision, Following
from sym.engine.views import World, load_world
from sym.store.events import move_event
from sym.store.runs import move_run


def world_of(engine: Any, run_id: str, event_id: str) -> World:
    with engine.store.reading() as conn:
        return load_world(conn, engine.run(run_id), engine.event(event_id))


@pytest.fixture
def prompted(engine: Any) -> World:
    """A run whose request was taken and not processed."""
    engine.flow()
    accepted = engine.request()
    engine.jobs.lose()
    return world_of(engine, accepted.run_id, accepted.event_id)


def transition(engine: Any, world: World, decision: Decision, **outcome: Any) -> Transition:
    return Transition(queue=engine.queue, world=world, lease=None, decision=decision, outcome=Outcome(**outcome),
                      now=engine.clock.now)  # fmt: skip


def write(engine: Any, made: Transition) -> None:
    with engine.store.transaction() as conn:
        made.write(conn)


def test_a_decision_is_written_with_its_entry_and_what_follows(engine: Any, prompted: World) -> None:
    following = Following(name="approve", channel="sdk", fields={"reason": "x"})
    decision = Decision(status="requested", audit=("run.requested",), following=following, duration=30)
    write(engine, transition(engine, prompted, decision, permissions={"approve_deny": "member"}))
    run = engine.run(prompted.run.id)
    assert (run.status, run.duration, run.version) == ("requested", 30, 2)
    assert run.permissions == {"approve_deny": "member"}
    assert run.actors == {"request": engine.users["ada"].id}
    event = engine.event(prompted.event.id)
    assert (event.phase, event.status, event.finished_at, event.due_at) == ("done", "success", engine.clock.now, None)
    approve = engine.named(run.id, "approve")
    assert (approve.fields, approve.cause_id, approve.channel_type) == ({"reason": "x"}, event.id, "sdk")
    assert engine.jobs.take() == ("decide", approve.id, 1)
    assert engine.jobs.take() is None


def test_an_error_is_kept_and_is_nobodys_doing(engine: Any, prompted: World) -> None:
    write(engine, transition(engine, prompted, Decision(error="no", audit=("event.failed",)), has_after=True))
    event = engine.event(prompted.event.id)
    assert (event.phase, event.status, event.error) == ("done", "error", "no")
    assert engine.run(prompted.run.id).actors == {}
    assert engine.run(prompted.run.id).status == "prompted"


def test_an_effect_leads_to_its_phase_with_a_lease(engine: Any, prompted: World) -> None:
    write(engine, transition(engine, prompted, Decision(effect=Escalate(run_id=prompted.run.id), lease="pending")))
    event = engine.event(prompted.event.id)
    assert (event.phase, event.status, event.attempt) == ("perform", "processing", 1)
    assert event.due_at == engine.clock.now + GRACE
    assert engine.lease(prompted.run.id).status == "pending"
    assert engine.jobs.take() == ("perform", event.id, 1)


def test_a_retry_waits_for_its_time(engine: Any, prompted: World) -> None:
    at = engine.clock.now + timedelta(seconds=7)
    write(engine, transition(engine, prompted, Decision(error="busy", retry_at=at)))
    event = engine.event(prompted.event.id)
    assert (event.phase, event.attempt, event.due_at, event.error) == ("decide", 2, at + GRACE, "busy")
    engine.clock.forward(seconds=6.9)
    assert engine.jobs.take() is None
    engine.clock.forward(seconds=0.1)
    assert engine.jobs.take() == ("decide", event.id, 2)


@pytest.mark.parametrize("what", ["run", "event"])
def test_what_was_changed_meanwhile_is_not_overwritten(engine: Any, prompted: World, what: str) -> None:
    with engine.store.transaction() as conn:
        if what == "run":
            assert move_run(conn, prompted.run, status="denied", updated_at=engine.clock.now)
        else:
            assert move_event(conn, prompted.event, attempt=2)
    before = (engine.run(prompted.run.id), engine.events(prompted.run.id))
    made = transition(engine, prompted, Decision(status="requested", audit=("run.requested",),
                                                 following=Following(name="approve", channel="sdk")))  # fmt: skip
    with pytest.raises(Raced):
        write(engine, made)
    assert (engine.run(prompted.run.id), engine.events(prompted.run.id)) == before
    assert engine.trail(prompted.run.id) == []
    assert engine.jobs.take() is None


def test_without_its_audit_entry_nothing_is_written(
    engine: Any, prompted: World, no_append: Callable[[], None]
) -> None:
    no_append()
    with pytest.raises(RuntimeError, match="audit log"):
        write(engine, transition(engine, prompted, Decision(status="requested", audit=("run.requested",))))
    assert engine.run(prompted.run.id) == prompted.run
    assert engine.event(prompted.event.id) == prompted.event


def test_a_name_the_audit_vocabulary_does_not_have_is_not_written(engine: Any, prompted: World) -> None:
    with pytest.raises(KeyError):
        write(engine, transition(engine, prompted, Decision(status="requested", audit=("run.invented",))))
    assert engine.run(prompted.run.id) == prompted.run


def test_a_timer_is_scheduled_and_due_after_its_time(engine: Any, prompted: World) -> None:
    at = engine.clock.now + timedelta(hours=1)
    event = following_event(prompted.run, prompted.event, Following(name="deescalate", channel="internal", at=at),
                            engine.clock.now)  # fmt: skip
    assert (event.status, event.scheduled_at, event.due_at, event.created_at) == ("scheduled", at, at + GRACE, at)
    assert event.actor_id == prompted.event.actor_id
