"""Calls of strategies: failing, retried, cut short, repeated, and what is written down of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sym.engine.performer import obstacle
from sym.store.events import move_event
from sym.store.grants import move_lease

KILLED = "os.kill(os.getpid(), signal.SIGKILL)"
"""What may be different next time: the process was killed from outside."""
REFUSED = "raise PermissionError('the door is closed')"


def approved(engine: Any) -> str:
    run_id: str = engine.requested()
    engine.act("bob", "approve", run_id)
    engine.work()
    return run_id


def test_a_grant_that_is_refused_is_not_tried_again_and_cleaned_up(engine: Any) -> None:
    engine.flow()
    engine.door.behave("escalate", REFUSED)
    run_id = approved(engine)
    assert engine.door.calls == ["escalate", "deescalate"]
    assert engine.run(run_id).status == "errored"
    assert engine.lease(run_id).status == "ended"
    assert engine.named(run_id, "escalate").error.startswith("strategy.py line ")
    assert "PermissionError: the door is closed" in engine.named(run_id, "escalate").error
    assert engine.named(run_id, "deescalate").fields == {"deescalate_type": "cleanup"}
    assert engine.trail(run_id) == ["run.requested", "run.approved", "event.failed", "run.deescalated"]
    assert engine.later(days=1) == 0


def test_a_grant_is_tried_again_when_that_may_help(engine: Any) -> None:
    engine.flow()
    engine.door.behave("escalate", KILLED)
    run_id = approved(engine)
    assert engine.run(run_id).status == "approved"
    assert engine.door.calls == ["escalate"]
    assert engine.later(seconds=1.9) == 0
    engine.door.behave("escalate", None)
    engine.later(seconds=0.1)
    assert engine.run(run_id).status == "escalated"
    assert engine.named(run_id, "escalate").error is None
    statuses = [effect.status for effect in engine.effects(engine.named(run_id, "escalate").id)]
    assert statuses == ["failed", "done"]
    assert engine.trail(run_id) == ["run.requested", "run.approved", "event.failed", "run.escalated"]
    lease = engine.lease(run_id)
    assert (lease.starts_at, lease.ends_at) == (engine.clock.now, engine.clock.now + timedelta(seconds=600))


def test_a_grant_that_fails_three_times_is_given_up_and_cleaned_up(engine: Any) -> None:
    engine.flow()
    engine.door.behave("escalate", KILLED)
    run_id = approved(engine)
    engine.later(seconds=2)
    engine.later(seconds=4)
    assert engine.door.calls == ["escalate"] * 3 + ["deescalate"]
    assert engine.run(run_id).status == "errored"
    assert engine.lease(run_id).status == "ended"
    assert engine.later(days=2) == 0
    assert engine.trail(run_id) == ["run.requested", "run.approved", *["event.failed"] * 3, "run.deescalated"]


def test_access_that_took_effect_before_the_grant_failed_is_taken_back(engine: Any) -> None:
    engine.flow()
    engine.door.behave("escalate", "self._run('insert into members values (?, ?)', 'ada', target_id); 1/0")
    run_id = approved(engine)
    assert engine.door.members == []
    assert engine.run(run_id).status == "errored"


def test_ending_is_tried_six_times_then_stuck_then_daily(engine: Any) -> None:
    engine.flow()
    run_id = engine.escalated()
    engine.door.behave("deescalate", REFUSED)
    engine.later(seconds=600)
    for pause in (2, 4, 8, 16, 32):
        assert engine.lease(run_id).status == "ending"
        assert engine.later(seconds=pause - 0.1) == 0
        assert engine.later(seconds=0.1) == 1
    lease = engine.lease(run_id)
    assert engine.door.calls == ["escalate"] + ["deescalate"] * 6
    assert (lease.status, lease.next_attempt_at) == ("stuck", engine.clock.now + timedelta(days=1))
    assert "the door is closed" in lease.last_error
    assert engine.run(run_id).status == "escalated"
    tried = ["event.failed"] * 5
    assert engine.trail(run_id)[3:] == [*tried, "lease.stuck"]
    assert engine.later(hours=23) == 0
    engine.later(hours=1)
    assert engine.trail(run_id)[3:] == [*tried, "lease.stuck", "event.failed"]
    engine.door.behave("deescalate", None)
    engine.later(days=1)
    assert engine.door.members == []
    assert engine.run(run_id).status == "deescalated"
    assert engine.lease(run_id).status == "ended"
    assert engine.lease(run_id).last_error is None
    assert engine.trail(run_id)[3:] == [*tried, "lease.stuck", "event.failed", "run.deescalated"]
    assert engine.later(days=3) == 0


def stuck(engine: Any) -> str:
    run_id: str = engine.escalated()
    engine.door.behave("deescalate", REFUSED)
    engine.later(seconds=600)
    for pause in (2, 4, 8, 16, 32):
        engine.later(seconds=pause)
    assert engine.lease(run_id).status == "stuck"
    engine.door.behave("deescalate", None)
    return run_id


def test_somebody_may_end_stuck_access_now_and_the_daily_try_then_leaves_newer_access_alone(engine: Any) -> None:
    engine.flow()
    run_id = stuck(engine)
    engine.act("ada", "deescalate", run_id)
    engine.work()
    assert engine.run(run_id).status == "deescalated"
    newer = engine.escalated(duration=3600)
    calls = engine.door.calls
    with engine.store.transaction() as conn:
        # Not to be ended by its own timer in this test.
        timer = next(event for event in engine.events(newer) if event.name == "deescalate")
        move_event(conn, timer, phase="done", due_at=None)
    engine.later(days=2)
    assert engine.door.calls == calls
    assert engine.door.members == [("ada", "readers")]
    assert {event.phase for event in engine.events(run_id)} == {"done"}


@pytest.mark.parametrize("effect", ["escalate", "deescalate"])
def test_a_call_that_a_crash_cut_short_is_repeated_and_said_so(engine: Any, monkeypatch: Any, effect: str) -> None:
    engine.flow()
    run_id = engine.requested() if effect == "escalate" else engine.escalated()
    if effect == "escalate":
        engine.act("bob", "approve", run_id)
    else:
        engine.clock.forward(seconds=600)

    class PowerCut(BaseException):
        pass

    def crash(*_: Any, **__: Any) -> Any:
        raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr(engine.executor._performer, "settle", crash)
        with pytest.raises(PowerCut):
            engine.work()
    event = engine.named(run_id, effect)
    assert [row.status for row in engine.effects(event.id)] == ["intended"]
    assert "effect.repeated" not in engine.trail(run_id)
    # Nobody puts the job back but the sweeper, after the time a call may take.
    assert engine.later(seconds=89) == 0
    engine.clock.forward(seconds=2)
    engine.sweeper.sweep()
    engine.work()
    assert [row.status for row in engine.effects(event.id)] == ["ambiguous", "done"]
    assert engine.door.calls.count(effect) == 2
    past = {"escalate": "escalated", "deescalate": "deescalated"}[effect]
    assert engine.run(run_id).status == past
    assert engine.trail(run_id)[-2:] == ["effect.repeated", f"run.{past}"]
    note = next(entry for entry in engine.entries(run_id) if entry["name"] == "effect.repeated")
    assert f"the call of {effect} started at" in note["state"]["errors"][0]


def test_a_call_whose_event_another_attempt_took_over_is_not_made(engine: Any, monkeypatch: Any) -> None:
    engine.flow()
    run_id = engine.requested()
    engine.act("bob", "approve", run_id)
    engine.executor.decide(*engine.jobs.take()[1:])
    engine.executor.decide(*engine.jobs.take()[1:])
    phase, event_id, attempt = engine.jobs.take()
    assert phase == "perform"
    real = engine.executor._scene

    def overtaken(*arguments: Any, **more: Any) -> Any:
        scene = real(*arguments, **more)
        if scene is not None:
            with engine.store.transaction() as conn:
                assert move_event(conn, scene.world.event, attempt=2)
        return scene

    monkeypatch.setattr(engine.executor, "_scene", overtaken)
    engine.executor.perform(event_id, attempt)
    assert engine.door.calls == []
    assert engine.effects(event_id) == []


def test_a_result_that_comes_when_another_attempt_has_the_event_does_not_count(engine: Any, monkeypatch: Any) -> None:
    engine.flow()
    run_id = engine.requested()
    engine.act("bob", "approve", run_id)
    real = engine.executor._performer.call

    def slow(world: Any, lease: Any, host: Any) -> Any:
        result = real(world, lease, host)
        with engine.store.transaction() as conn:
            move_event(conn, engine.event(world.event.id), attempt=world.event.attempt + 1)
        return result

    with monkeypatch.context() as patch:
        patch.setattr(engine.executor._performer, "call", slow)
        engine.work()
    assert engine.run(run_id).status == "approved"
    event = engine.named(run_id, "escalate")
    engine.executor.perform(event.id, event.attempt)
    assert engine.run(run_id).status == "escalated"
    assert engine.trail(run_id)[-2:] == ["effect.repeated", "run.escalated"]


def test_a_result_is_settled_again_when_the_run_was_touched_meanwhile(engine: Any, monkeypatch: Any) -> None:
    engine.flow()
    run_id = engine.requested()
    engine.act("bob", "approve", run_id)
    real = engine.executor._performer.call

    def touched(world: Any, lease: Any, host: Any) -> Any:
        result = real(world, lease, host)
        with engine.store.transaction() as conn:
            assert move_lease(conn, engine.lease(run_id), attempts=7)
        return result

    monkeypatch.setattr(engine.executor._performer, "call", touched)
    engine.work()
    assert engine.run(run_id).status == "escalated"
    assert engine.door.calls == ["escalate"]
    assert engine.lease(run_id).status == "active"


@pytest.mark.parametrize("returned", ["return 7", "return ['a']", "return 'ok'"])
def test_what_a_strategy_returns_must_be_a_dict_or_nothing(engine: Any, returned: str) -> None:
    engine.strategy(
        "from sym.sdk.strategies import AccessStrategy\nclass Odd(AccessStrategy):\n"
        "    def fetch_remote_identity(self, user): return 'x'\n"
        f"    def escalate(self, target_id, event): {returned}\n"
        "    def deescalate(self, target_id, event): pass\n"
    )
    engine.flow()
    run_id = approved(engine)
    assert engine.run(run_id).status == "errored"
    assert "must return a dict or nothing" in engine.named(run_id, "escalate").error


def test_a_strategy_that_never_ends_is_stopped_and_tried_again(engine: Any, monkeypatch: Any) -> None:
    from sym.engine.sandbox.limits import DEADLINES

    monkeypatch.setitem(DEADLINES, "strategy", 1.5)
    engine.flow()
    engine.door.behave("escalate", "while True: pass")
    run_id = approved(engine)
    assert "ran longer than 1.5 s" in engine.named(run_id, "escalate").error
    engine.door.behave("escalate", None)
    engine.later(seconds=2)
    assert engine.run(run_id).status == "escalated"


def test_what_is_known_to_be_impossible_is_not_begun(engine: Any) -> None:
    strategy = {
        "type": "custom", "name": "later", "targets": [], "integration_id": None, "implementation": None,
    }  # fmt: skip
    engine.strategy()
    strategy["integration_id"] = engine.ids["integration"]
    strategy["targets"] = [engine.ids["readers"]]
    engine.ids["strategy"] = engine.save(
        "strategy", "unserved", {key: value for key, value in strategy.items() if value}
    )
    engine.flow()
    run_id = approved(engine)
    assert engine.run(run_id).status == "errored"
    assert engine.named(run_id, "escalate").error == "The strategy later has no implementation."
    assert engine.lease(run_id) is None
    assert engine.trail(run_id) == ["run.requested", "run.approved", "event.failed"]
    assert engine.later(days=2) == 0


def test_nothing_stands_in_the_way_of_what_is_declared_as_it_should(engine: Any) -> None:
    from sym.engine.views import load_world

    engine.flow()
    accepted = engine.request()
    with engine.store.reading() as conn:
        world = load_world(conn, engine.run(accepted.run_id), engine.event(accepted.event_id))
    assert obstacle(world) is None
    world.flow_view["strategy"]["type"] = "okta_in_2040"
    assert obstacle(world) == "Strategies of type 'okta_in_2040' are not served by this release."


@pytest.mark.parametrize(
    ("returned", "status"),
    [("return True", "deescalated"), ("return 'ok'", "deescalated"), ("return [1]", "deescalated"),
     ("return object()", "deescalated"), ("return {'a': 1}", "deescalated"), ("return False", "escalated")],
)  # fmt: skip
def test_access_that_ended_is_not_kept_by_what_the_strategy_returned(engine: Any, returned: str, status: str) -> None:
    engine.strategy(
        "from sym.sdk.strategies import AccessStrategy\nclass Odd(AccessStrategy):\n"
        "    def fetch_remote_identity(self, user): return 'x'\n"
        "    def escalate(self, target_id, event): pass\n"
        f"    def deescalate(self, target_id, event): {returned}\n"
    )
    engine.flow()
    run_id = approved(engine)
    assert engine.run(run_id).status == "escalated"
    engine.later(seconds=3600)
    assert engine.run(run_id).status == status
