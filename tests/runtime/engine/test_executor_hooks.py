"""Hooks and reducers: what they may do to a run, and what becomes of it when they fail."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa

from sym.engine.sandbox.limits import DEADLINES
from tests.runtime.engine.conftest import OPEN


def hooks(body: str) -> str:
    return OPEN + body


def test_on_request_may_approve_and_grant_at_once(engine: Any) -> None:
    engine.flow(
        hooks("""
@hook
def on_request(event):
    assert event.channel.type == "sym", event.channel.type
    return ApprovalTemplate.approve(duration=30, reason="on call")

@hook
def on_approve(event):
    assert event.channel.type == "sdk", event.channel.type
    assert event.payload.fields["reason"] == "on call"
""")
    )
    run_id = engine.requested()
    assert engine.run(run_id).status == "escalated"
    assert engine.trail(run_id) == ["run.requested", "run.approved", "run.escalated"]
    assert engine.named(run_id, "approve").fields == {"reason": "on call"}
    engine.later(seconds=30)
    assert engine.run(run_id).status == "deescalated"


def test_on_request_may_deny(engine: Any) -> None:
    engine.flow(hooks("@hook\ndef on_request(event):\n    return ApprovalTemplate.deny()"))
    run_id = engine.requested()
    assert engine.run(run_id).status == "denied"
    assert engine.trail(run_id) == ["run.requested", "run.denied"]
    assert engine.door.calls == []


def test_on_request_may_ignore(engine: Any) -> None:
    engine.flow(hooks("@hook\ndef on_request(event):\n    return ApprovalTemplate.ignore(message='Not on a Friday')"))
    run_id = engine.requested()
    assert engine.run(run_id).status == "ignored"
    event = engine.named(run_id, "request")
    assert (event.status, event.error) == ("error", "Not on a Friday")
    assert engine.trail(run_id) == ["run.ignored"]


def test_an_approval_that_is_ignored_leaves_the_request_open(engine: Any) -> None:
    engine.flow(
        hooks("""
@hook
def on_approve(event):
    if not event.payload.fields.get("decision_message"):
        return ApprovalTemplate.ignore(message="Say why")
""")
    )
    run_id = engine.requested()
    ignored = engine.act("bob", "approve", run_id)
    engine.work()
    assert engine.run(run_id).status == "requested"
    assert engine.event(ignored.event_id).error == "Say why"
    engine.act("bob", "approve", run_id, message="because")
    engine.work()
    assert engine.run(run_id).status == "escalated"
    assert engine.trail(run_id) == ["run.requested", "event.ignored", "run.approved", "run.escalated"]


def test_a_hook_may_return_its_own_event_once(engine: Any) -> None:
    engine.flow(
        hooks("""
@hook
def on_approve(event):
    if event.channel.type != "sdk":
        return ApprovalTemplate.approve(note="again")
""")
    )
    run_id = engine.requested()
    engine.act("bob", "approve", run_id)
    engine.work()
    assert engine.run(run_id).status == "escalated"
    assert engine.trail(run_id) == ["run.requested", "run.approved", "run.escalated"]


@pytest.mark.parametrize(
    "body",
    [
        "@hook\ndef on_approve(event):\n    return ApprovalTemplate.approve()",
        """
@hook
def on_approve(event):
    return ApprovalTemplate.deny()

@hook
def on_deny(event):
    return ApprovalTemplate.approve()
""",
    ],
    ids=["own-event-twice", "ping-pong"],
)
def test_hooks_that_go_round_in_circles_are_stopped(engine: Any, body: str) -> None:
    engine.flow(hooks(body))
    run_id = engine.requested()
    engine.act("bob", "approve", run_id)
    engine.work()
    assert engine.run(run_id).status == "requested"
    (error,) = (event.error for event in engine.events(run_id) if event.error)
    assert "goes round in circles" in error
    assert engine.trail(run_id) == ["run.requested", "event.failed"]
    assert len(engine.events(run_id)) < 6


@pytest.mark.parametrize("step", ["deny", "approve", "request"])
def test_a_hook_goes_forward_only(engine: Any, step: str) -> None:
    engine.flow(hooks(f"@hook\ndef on_escalate(event):\n    return ApprovalTemplate.{step}()"))
    run_id = engine.requested()
    engine.act("bob", "approve", run_id)
    engine.work()
    assert engine.run(run_id).status == "errored"
    assert f"on_escalate returned '{step}'" in engine.named(run_id, "escalate").error
    assert engine.door.calls == []


def test_on_escalate_may_end_access_before_it_begins(engine: Any) -> None:
    engine.flow(hooks("@hook\ndef on_escalate(event):\n    return ApprovalTemplate.deescalate()"))
    run_id = engine.requested()
    engine.act("bob", "approve", run_id)
    engine.work()
    assert engine.run(run_id).status == "deescalated"
    assert engine.trail(run_id) == ["run.requested", "run.approved", "run.deescalated"]
    assert engine.door.calls == []


@pytest.mark.parametrize(
    "body", ["1/0", "return 7", "import sys; sys.exit(3)", "raise SystemExit", "return {'step': 'deny'}"]
)
def test_a_failing_hook_fails_its_event_and_nothing_else(engine: Any, body: str) -> None:
    engine.flow(hooks(f"@hook\ndef on_approve(event):\n    {body}"))
    run_id = engine.requested()
    engine.act("bob", "approve", run_id)
    engine.work()
    assert engine.run(run_id).status == "requested"
    failed = engine.named(run_id, "approve")
    assert failed.status == "error"
    assert "on_approve" in failed.error
    assert engine.trail(run_id) == ["run.requested", "event.failed"]


def test_a_failing_on_request_ends_the_run_with_the_place_of_the_error(engine: Any) -> None:
    engine.flow(hooks("@hook\ndef on_request(event):\n    return {}['missing']"))
    run_id = engine.requested()
    assert engine.run(run_id).status == "errored"
    error = engine.named(run_id, "request").error
    assert error.startswith("impl.py line ")
    assert "KeyError: 'missing'" in error
    assert engine.entries(run_id)[0]["state"] == {"status": "errored", "errors": [error]}


@pytest.mark.parametrize("body", ["return None", "return 'member'", "raise ValueError('no')"])
def test_a_get_permissions_that_fails_opens_the_request_to_nobody(engine: Any, body: str) -> None:
    engine.flow(f"@reducer\ndef get_permissions(event):\n    {body}\n"
                "@hook\ndef on_request(event):\n    return ApprovalTemplate.approve()")  # fmt: skip
    run_id = engine.requested()
    assert engine.run(run_id).status == "errored"
    assert "get_permissions" in engine.named(run_id, "request").error
    assert engine.trail(run_id) == ["event.failed"]
    assert engine.door.calls == []


def test_a_flow_that_does_not_parse_fails_its_request(engine: Any) -> None:
    engine.flow("@hook\ndef on_request(event):\n    return")
    with engine.store.transaction() as conn:
        for table in ("sym_resource", "sym_resource_version"):
            row = conn.execute(sa.text(f"select document from {table} where name = 'flow'")).scalar_one()

            text = json.dumps(row) if isinstance(row, dict) else row
            broken = text.replace("def on_request(event):", "def on_request(event:")
            assert broken != text
            cast = "cast(:d as jsonb)" if engine.store.dialect == "postgresql" else ":d"
            conn.execute(sa.text(f"update {table} set document = {cast} where name = 'flow'"), {"d": broken})
    run_id = engine.requested()
    assert engine.run(run_id).status == "errored"
    assert "Syntax error" in engine.named(run_id, "request").error
    assert engine.trail(run_id) == ["event.failed"]


def test_after_hooks_run_after(engine: Any) -> None:
    engine.flow(
        hooks("""
@hook
def after_request(event): print("after_request")

@hook
def after_escalate(event):
    assert get_step_output("escalate") == {"member": "ada", "badge": 7}, get_step_output("escalate")
    assert get_step_output() == {"member": "ada", "badge": 7}

@hook
def after_deescalate(event):
    assert get_step_output() == {"gone": True}
    assert get_step_output("escalate")["badge"] == 7
""")
    )
    accepted = engine.request()
    job = engine.jobs.take()
    engine.executor.decide(*job[1:])
    assert engine.run(accepted.run_id).status == "requested"
    assert (engine.event(accepted.event_id).phase, engine.event(accepted.event_id).status) == ("after", "success")
    assert engine.work() == 1
    assert engine.event(accepted.event_id).phase == "done"
    engine.act("bob", "approve", accepted.run_id)
    engine.work()
    engine.later(seconds=600)
    assert [event.error for event in engine.events(accepted.run_id)] == [None] * 4
    assert engine.run(accepted.run_id).status == "deescalated"


def test_a_failing_after_hook_marks_its_event_and_undoes_nothing(engine: Any) -> None:
    engine.flow(hooks("@hook\ndef after_escalate(event):\n    raise RuntimeError('pager is down')"))
    run_id = engine.escalated()
    event = engine.named(run_id, "escalate")
    assert event.status == "error"
    assert "pager is down" in event.error
    assert engine.door.members == [("ada", "readers")]
    assert engine.trail(run_id) == ["run.requested", "run.approved", "run.escalated", "event.failed"]
    engine.later(seconds=600)
    assert engine.door.members == []


def test_a_refused_or_failed_event_has_no_after(engine: Any) -> None:
    engine.flow(
        hooks("""
@hook
def on_approve(event): raise ValueError("no")

@hook
def after_approve(event): raise AssertionError("must not run")
""")
    )
    run_id = engine.requested()
    engine.act("bob", "approve", run_id)
    engine.work()
    assert "must not run" not in engine.named(run_id, "approve").error


def test_the_hook_of_access_that_is_due_is_run_but_cannot_keep_it(engine: Any) -> None:
    engine.flow(hooks("@hook\ndef on_deescalate(event):\n    return ApprovalTemplate.ignore(message='keep it')"))
    run_id = engine.escalated()
    early = engine.act("ada", "deescalate", run_id)
    engine.work()
    assert engine.event(early.event_id).error == "keep it"
    assert engine.door.members == [("ada", "readers")]
    engine.later(seconds=600)
    assert engine.door.members == []
    assert engine.trail(run_id)[-2:] == ["event.ignored", "run.deescalated"]


def test_a_hook_that_never_ends_is_stopped_and_the_next_one_runs(engine: Any, monkeypatch: Any) -> None:
    monkeypatch.setitem(DEADLINES, "hook", 1.0)
    engine.flow(hooks("@hook\ndef on_approve(event):\n    while True: pass"))
    run_id = engine.requested()
    engine.act("bob", "approve", run_id)
    engine.work()
    assert "ran longer than 1 s" in engine.named(run_id, "approve").error
    engine.act("ada", "deny", run_id)
    engine.work()
    assert engine.run(run_id).status == "denied"


def test_a_hook_that_eats_memory_is_stopped_and_the_next_one_runs(engine: Any) -> None:
    engine.flow(hooks("@hook\ndef on_approve(event):\n    everything = [bytearray(1 << 20) for _ in range(4096)]"))
    run_id = engine.requested()
    engine.act("bob", "approve", run_id)
    engine.work()
    assert "memory" in engine.named(run_id, "approve").error
    engine.act("ada", "deny", run_id)
    engine.work()
    assert engine.run(run_id).status == "denied"


@pytest.mark.parametrize("seconds", [10**10, 2**31, 10**15])
def test_a_duration_nobody_can_wait_for_is_refused(engine: Any, seconds: int) -> None:
    engine.flow(hooks(f"@hook\ndef on_request(event):\n    return ApprovalTemplate.approve(duration={seconds})"))
    run_id = engine.requested()
    assert engine.run(run_id).status == "errored"
    assert "duration" in engine.named(run_id, "request").error
    assert engine.door.calls == []


def test_legacy_get_approvers_lets_members_decide_and_the_destination_says_about_oneself(engine: Any) -> None:
    code = """
from sym.sdk.integrations import slack

@reducer
def get_approvers(event):
    return slack.channel("#ops", allow_self={})
"""
    engine.flow(code.format(False))
    run_id = engine.requested()
    assert engine.run(run_id).permissions == {
        "webapp_view": "member", "approve_deny": "member", "allow_self_approval": False,
    }  # fmt: skip
    engine.flow(code.format(True))
    run_id = engine.requested()
    engine.act("ada", "approve", run_id)
    engine.work()
    assert engine.run(run_id).status == "escalated"
