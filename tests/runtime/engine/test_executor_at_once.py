"""An effect that is claimed with its decision and carried out by whoever decided, as in a process with a worker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sym.errors import Recovering
from sym.store.jobs import Job, insert_job
from tests.runtime.engine import membership
from tests.runtime.engine.membership import asked, declare, granted


@pytest.fixture(autouse=True)
def shelf(tmp_path: Path) -> Iterator[None]:
    with membership.planted(tmp_path):
        yield


@pytest.fixture
def engine(engine: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """As with a worker; who ada is at the vendor is known from a run that is over."""
    declare(engine, "planted_plain")
    ended(engine, granted(engine, kind="planted_plain"))
    monkeypatch.setattr(engine.queue, "works_here", lambda: True)
    membership.VENDOR.calls.clear()
    return engine


def ended(engine: Any, run_id: str) -> None:
    engine.act("root", "deescalate", run_id)
    engine.work()
    assert engine.run(run_id).status == "deescalated"


def phases(engine: Any) -> list[str]:
    """The jobs until nothing is due."""
    done = []
    while job := engine.jobs.take():
        done.append(job[0])
        {**engine.executor.phases(), **engine.delivery.phases()}[job[0]](*job[1:])
    return done


def test_who_decides_makes_the_call_as_well(engine: Any) -> None:
    run_id = engine.request(target_srn="acme:access_target:planted_plain:readers:latest").run_id
    engine.work()
    engine.act("root", "approve", run_id)
    assert phases(engine) == ["decide", "decide"]
    assert (engine.run(run_id).status, engine.lease(run_id).status) == ("escalated", "active")
    assert [effect.status for effect in engine.effects(engine.named(run_id, "escalate").id)] == ["done"]
    engine.act("root", "deescalate", run_id)
    assert phases(engine) == ["decide"]
    assert (engine.run(run_id).status, engine.lease(run_id).status) == ("deescalated", "ended")
    assert membership.VENDOR.changes() == ["add", "remove"]
    assert engine.trail(run_id) == ["run.requested", "run.approved", "run.escalated", "run.deescalated"]


def test_access_that_another_run_needs_is_handed_over(engine: Any) -> None:
    first, second = granted(engine, kind="planted_plain"), granted(engine, kind="planted_plain")
    ended(engine, first)
    assert membership.VENDOR.changes() == ["add", "add"]
    ended(engine, second)
    assert membership.VENDOR.changes() == ["add", "add", "remove"]


def test_a_grant_that_is_held_back_leaves_no_effect_and_goes_on_later(engine: Any) -> None:
    def hold(*_: Any) -> None:
        raise Recovering(code="API:RECOVERY_MODE")

    before = engine.executor._performer.before_grant
    engine.executor.before_each_grant(hold)
    run_id = asked(engine, kind="planted_plain")
    engine.work()
    event = engine.named(run_id, "escalate")
    assert (event.phase, event.attempt, engine.effects(event.id)) == ("perform", 2, [])
    assert membership.VENDOR.changes() == []
    engine.executor.before_each_grant(before)
    engine.later(seconds=6)
    assert engine.run(run_id).status == "escalated"
    assert "effect.repeated" not in engine.trail(run_id)


def test_a_call_whose_worker_died_is_taken_over_from_the_job_of_its_decision(
    engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: Any) -> None:
        raise KeyboardInterrupt

    run_id = asked(engine, kind="planted_plain")
    with monkeypatch.context() as patch:
        patch.setattr(engine.executor._performer, "carry_out", die)
        with pytest.raises(KeyboardInterrupt):
            engine.work()
    event = engine.named(run_id, "escalate")
    assert (event.phase, event.attempt) == ("perform", 1)
    with engine.store.transaction() as conn:
        insert_job(conn, Job(subject_id=event.id, phase="decide", attempt=1, due_at=engine.clock.now, claimed_by="x"))
    assert engine.sweeper.take_over() == 1
    assert engine.event(event.id).attempt == 2
    engine.work()
    assert engine.run(run_id).status == "escalated"
    assert "effect.repeated" in engine.trail(run_id)
