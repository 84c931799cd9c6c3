"""What nobody may bring about: access without an end, rules that were replaced, secrets that are shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sym.engine.inbound import Submission
from sym.engine.strategy_in_sandbox import SandboxedStrategy
from sym.errors import Invalid, Refused

SECRET = "s3cr3t-'hunter2'"


@pytest.fixture
def secret(engine: Any) -> str:
    """The setting under which the strategy's integration refers to a secret."""
    engine.environment["SYM_SECRET_DOOR"] = SECRET
    source = engine.save("secrets", "source", {"type": "env", "name": "here"})
    key = engine.save("secret", "secret", {"path": "SYM_SECRET_DOOR", "source_id": source})
    engine.settings["key"] = key
    return "event.flow.environment.integrations['door'].settings['key'].retrieve_value()"


def everything(engine: Any, run_id: str) -> str:
    """All that people can be shown of a run."""
    return f"{engine.run(run_id)} {engine.events(run_id)} {engine.entries(run_id)}"


@pytest.mark.parametrize("name", ["target", "target_id", "duration"])
def test_what_a_hook_brings_along_cannot_stand_in_for_what_is_the_runs_own(engine: Any, name: str) -> None:
    extra = "1" if name == "duration" else "'x'"
    engine.flow(f"@hook\ndef on_approve(event):\n    return ApprovalTemplate.escalate(**{{'{name}': {extra}}})\n")
    run_id = engine.requested()
    engine.act("root", "approve", run_id)
    engine.work()
    engine.later(seconds=601)
    assert engine.door.members == []
    assert engine.run(run_id).status in ("requested", "deescalated")


def test_a_failure_of_the_runtime_during_a_call_counts_as_a_failed_try(
    engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.flow()
    run_id = engine.requested()
    engine.act("bob", "approve", run_id)
    real = SandboxedStrategy.ask

    def broken(strategy: Any, method: str, *arguments: Any) -> Any:
        real(strategy, method, *arguments)
        if method == "escalate":
            raise RuntimeError("a defect")

    monkeypatch.setattr(SandboxedStrategy, "ask", broken)
    engine.work()
    for _ in range(5):
        engine.later(seconds=60)
    assert engine.run(run_id).status == "errored"
    assert engine.door.members == []
    assert engine.lease(run_id).status == "ended"
    assert engine.trail(run_id).count("event.failed") == 3


def test_an_event_that_cannot_be_decided_is_ended_and_recorded(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    engine.flow()
    run_id = engine.requested()

    def broken(*_: Any) -> Any:
        raise RuntimeError("a defect")

    monkeypatch.setattr(engine.executor, "_decide", broken)
    engine.act("bob", "approve", run_id)
    engine.work()
    for _ in range(12):
        engine.later(seconds=1000)
    assert engine.named(run_id, "approve").status == "error"
    assert "event.failed" in engine.trail(run_id)
    assert engine.run(run_id).status == "requested"


def test_whoever_asks_does_not_choose_which_rules_hold(engine: Any) -> None:
    engine.flow("@hook\ndef on_request(event):\n    return ApprovalTemplate.approve()\n")
    engine.flow()
    with pytest.raises(Invalid) as invalid:
        engine.request(flow="acme:flow:flow:1.0.0")
    assert (invalid.value.code, invalid.value.path) == ("RequestAPI:INVALID_FLOW", "flow_srn")
    engine.request(flow="acme:flow:flow:2.0.0")


def test_another_target_than_was_asked_for_is_not_granted(engine: Any) -> None:
    other = "acme:access_target:custom:readers:latest"
    engine.flow(f"@hook\ndef on_request(event):\n    return ApprovalTemplate.approve(target_srn='{other}')\n")
    run_id = engine.request(target_srn="acme:access_target:custom:admins:latest").run_id
    engine.work()
    assert engine.run(run_id).status == "errored"
    assert engine.door.members == []


def test_a_target_that_was_changed_after_it_was_asked_for_is_granted_as_it_was(engine: Any) -> None:
    engine.flow()
    run_id = engine.requested()
    changed = {"type": "custom", "name": "readers", "settings": {"identifier": "ROOT"}}
    engine.save("target", "readers", changed)
    engine.act("bob", "approve", run_id)
    engine.work()
    assert engine.door.members == [("ada", "readers")]


@pytest.mark.parametrize("answer", ["{0}", "ApprovalTemplate.ignore(message={0})", "{{'a': [{0}]}}"])
def test_a_secret_a_hook_gives_away_is_shown_nowhere(engine: Any, secret: str, answer: str) -> None:
    engine.flow(f"@hook\ndef on_request(event):\n    return {answer.format(secret)}\n")
    run_id = engine.request().run_id
    engine.work()
    assert engine.run(run_id).status in ("errored", "ignored")
    assert "hunter2" not in everything(engine, run_id)


def test_a_secret_in_an_error_is_masked_also_where_python_escapes_it(engine: Any, secret: str) -> None:
    engine.environment["SYM_SECRET_DOOR"] = "first\n'second' line"
    engine.flow(f"@hook\ndef on_request(event):\n    return {{}}[{secret}]\n")
    run_id = engine.request().run_id
    engine.work()
    assert "KeyError" in everything(engine, run_id)
    assert "second" not in everything(engine, run_id)


def test_who_asked_for_somebody_else_is_recorded_and_cannot_approve_it(engine: Any) -> None:
    engine.flow()
    inputs = {"duration": 600, "target_srn": "acme:access_target:custom:readers:latest"}
    submission = Submission(flow_srn="flow", inputs=inputs, requester=engine.users["ada"], actor=engine.users["bob"],
                            source="api")  # fmt: skip
    run_id = engine.inbound.request(submission, now=engine.clock.now).run_id
    engine.work()
    (requested,) = [entry for entry in engine.entries(run_id) if entry["name"] == "run.requested"]
    assert requested["run"]["actors"]["prompt"]["username"] == "bob@acme.example"
    with pytest.raises(Refused) as refused:
        engine.act("bob", "approve", run_id)
    assert refused.value.code == "ApproveAPI:SELF_APPROVAL"


def test_a_clock_that_is_set_back_does_not_put_off_what_people_ask_for(engine: Any) -> None:
    engine.flow()
    run_id = engine.escalated()
    event_id = engine.act("root", "deescalate", run_id).event_id
    engine.clock.now -= timedelta(hours=1)
    engine.executor.decide(event_id, 1)
    engine.work()
    assert engine.door.members == []


def test_whoever_may_not_act_does_not_learn_the_status(engine: Any) -> None:
    engine.flow()
    run_id = engine.requested()
    for name in ("eve", "guest"):
        with pytest.raises(Refused) as refused:
            engine.act(name, "deescalate", run_id)
        assert "requested" not in str(refused.value)


def test_a_time_without_a_zone_is_taken_to_be_in_utc(engine: Any) -> None:
    engine.flow(
        """
        import datetime

        @hook
        def on_request(event):
            since = datetime.datetime(2000, 1, 1)
            count = event.user.get_event_count("request", since=since)
            return ApprovalTemplate.ignore(message=f"{count} before")
        """
    )
    assert datetime(2000, 1, 1, tzinfo=UTC) < engine.clock.now
    run_id = engine.request().run_id
    engine.work()
    assert "before" in str(engine.named(run_id, "request").error)


def test_a_call_that_comes_after_the_access_has_ended_leaves_nothing_behind(
    engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.flow()
    run_id = engine.requested(duration=30)
    engine.act("bob", "approve", run_id)
    while (job := engine.jobs.take())[0] != "perform":
        engine.executor.phases()[job[0]](*job[1:])
    real = SandboxedStrategy.ask

    def frozen(*arguments: Any) -> Any:
        """Another attempt grants, and the access ends, before this call is made."""
        if "escalate" not in arguments:
            return real(*arguments)
        monkeypatch.setattr(SandboxedStrategy, "ask", real)
        engine.clock.forward(seconds=100)
        engine.sweeper.sweep()
        engine.work()
        assert engine.door.members == [("ada", "readers")]
        engine.later(seconds=31)
        assert engine.lease(run_id).status == "ended"
        return real(*arguments)

    monkeypatch.setattr(SandboxedStrategy, "ask", frozen)
    engine.executor.phases()["perform"](*job[1:])
    assert engine.door.members == [("ada", "readers")]
    engine.work()
    assert engine.door.members == []
    assert (engine.run(run_id).status, engine.lease(run_id).status) == ("deescalated", "ended")
    assert engine.trail(run_id)[-2:] == ["effect.repeated", "run.deescalated"]
