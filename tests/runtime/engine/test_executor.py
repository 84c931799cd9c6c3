"""Runs from beginning to end, phase by phase, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sym.engine.sandbox.limits import DEADLINES
from sym.sdk.duration import duration_text


def test_an_approval_only_flow_ends_with_the_approval(engine: Any) -> None:
    engine.flow(access=False, fields=[{"name": "reason", "type": "string"}])
    run_id = engine.request(reason="audit").run_id
    assert engine.run(run_id).status == "prompted"
    engine.work()
    assert engine.run(run_id).status == "requested"
    engine.act("bob", "approve", run_id, message="fine")
    engine.work()
    run = engine.run(run_id)
    assert (run.status, run.actors) == (
        "approved",
        {"request": engine.users["ada"].id, "approve": engine.users["bob"].id},
    )
    assert engine.lease(run_id) is None
    assert engine.trail(run_id) == ["run.requested", "run.approved"]
    assert engine.named(run_id, "approve").fields == {"decision_message": "fine"}
    assert engine.later(days=400) == 0


def test_access_is_granted_for_its_time_and_ends(engine: Any) -> None:
    engine.flow()
    run_id = engine.escalated()
    granted = engine.clock.now
    lease = engine.lease(run_id)
    assert engine.door.members == [("ada", "readers")]
    assert (lease.status, (lease.ends_at - granted).total_seconds()) == ("active", 600)
    assert engine.later(seconds=599) == 0
    assert engine.door.members == [("ada", "readers")]
    engine.later(seconds=1)
    assert engine.door.members == []
    assert engine.run(run_id).status == "deescalated"
    assert engine.lease(run_id).status == "ended"
    assert engine.trail(run_id) == ["run.requested", "run.approved", "run.escalated", "run.deescalated"]
    assert {event.status for event in engine.events(run_id)} == {"success"}
    assert {event.phase for event in engine.events(run_id)} == {"done"}


def test_what_escalate_returned_is_there_when_it_is_deescalated(engine: Any) -> None:
    engine.flow()
    run_id = engine.escalated()
    engine.later(seconds=600)
    assert engine.door.details == [
        ("escalate", "readers", {"identifier": "readers"}),
        ("deescalate", "readers", {"member": "ada", "badge": 7}),
    ]
    assert engine.lease(run_id).output == {"member": "ada", "badge": 7}
    assert engine.named(run_id, "deescalate").output == {"gone": True}


def test_the_grant_is_the_approvers_doing(engine: Any) -> None:
    engine.flow()
    run_id = engine.escalated()
    engine.later(seconds=600)
    bob = engine.users["bob"].id
    others = dict.fromkeys(("approve", "escalate", "deescalate"), bob)
    assert engine.run(run_id).actors == {"request": engine.users["ada"].id, **others}
    assert {event.actor_id for event in engine.events(run_id) if event.name != "request"} == {bob}
    by_name = {entry["name"]: entry for entry in engine.entries(run_id)}
    assert by_name["run.deescalated"]["actor"]["username"] == "bob@acme.example"


@pytest.mark.parametrize("who", ["ada", "bob", "root"])
def test_access_that_is_revoked_early_leaves_its_timer_nothing_to_do(engine: Any, who: str) -> None:
    engine.flow()
    run_id = engine.escalated()
    engine.later(seconds=10)
    engine.act(who, "deescalate", run_id)
    engine.work()
    assert engine.door.members == []
    assert engine.run(run_id).status == "deescalated"
    engine.later(seconds=600)
    assert engine.door.calls == ["escalate", "deescalate"]
    assert engine.trail(run_id) == ["run.requested", "run.approved", "run.escalated", "run.deescalated"]
    assert [event.error for event in engine.events(run_id)] == [None] * 5
    revoked, timer = (event for event in engine.events(run_id) if event.name == "deescalate")
    assert (revoked.fields, timer.fields) == ({"deescalate_type": "api"}, {"deescalate_type": "scheduled"})


def test_access_without_a_timer_stays_until_somebody_ends_it(engine: Any) -> None:
    engine.flow(schedule_deescalation=False)
    run_id = engine.escalated(timeless=True)
    assert engine.later(days=4000) == 0
    assert engine.door.members == [("ada", "readers")]
    engine.act("ada", "deescalate", run_id)
    engine.work()
    assert engine.door.members == []


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
    from sym.audit.events import Actor
    from sym.store.users import set_role

    engine.flow()
    run_id = engine.requested()
    accepted = engine.act("bob", event, run_id)
    with engine.store.transaction() as conn:
        set_role(conn, engine.users["bob"].id, "guest", actor=Actor.SYSTEM, now=engine.clock.now)
    engine.work()
    assert engine.run(run_id).status == "requested"
    assert engine.event(accepted.event_id).status == "error"
    assert engine.trail(run_id) == ["run.requested", "action.refused"]


def hooks(body: str) -> str:
    return f"""
@reducer
def get_permissions(event):
    return RequestPermission(webapp_view=PermissionLevel.MEMBER, approve_deny=PermissionLevel.MEMBER)
{body}
"""


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
        import sqlalchemy as sa

        for table in ("sym_resource", "sym_resource_version"):
            row = conn.execute(sa.text(f"select document from {table} where name = 'flow'")).scalar_one()
            import json

            text = json.dumps(row) if isinstance(row, dict) else row
            broken = text.replace("def on_request(event):", "def on_request(event:")
            assert broken != text
            cast = "cast(:d as jsonb)" if engine.store.dialect == "postgresql" else ":d"
            conn.execute(sa.text(f"update {table} set document = {cast} where name = 'flow'"), {"d": broken})
    run_id = engine.requested()
    assert engine.run(run_id).status in ("errored", "requested")
    # Nobody but an admin may decide on what no rule was read for.
    if engine.run(run_id).status == "requested":
        assert engine.run(run_id).permissions["approve_deny"] == "admin"


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


def test_a_run_is_pinned_to_the_flow_it_started_with(engine: Any) -> None:
    engine.flow(hooks("@hook\ndef on_approve(event):\n    return ApprovalTemplate.ignore(message='old rules')"))
    run_id = engine.requested()
    engine.flow(hooks(""))
    engine.act("bob", "approve", run_id)
    engine.work()
    assert engine.run(run_id).status == "requested"
    assert engine.named(run_id, "approve").error == "old rules"
    new = engine.requested()
    engine.act("bob", "approve", new)
    engine.work()
    assert engine.run(new).status == "escalated"
    assert (engine.run(run_id).flow_version, engine.run(new).flow_version) == (1, 2)


def test_access_ends_as_it_was_granted_whatever_was_changed_since(engine: Any) -> None:
    engine.flow()
    run_id = engine.escalated()
    engine.strategy("from sym.sdk.strategies import AccessStrategy\nclass Broken(AccessStrategy):\n"
                    "    def fetch_remote_identity(self, user): return 'x'\n"
                    "    def escalate(self, target_id, event): pass\n"
                    "    def deescalate(self, target_id, event): raise ValueError('new code')\n")  # fmt: skip
    engine.later(seconds=600)
    assert engine.door.members == []
    assert engine.run(run_id).status == "deescalated"


def test_access_ends_though_its_flow_strategy_and_target_are_gone(engine: Any) -> None:
    engine.flow()
    run_id = engine.escalated()
    for name, key in (("flow", "flow"), ("strategy", "strategy"), ("target", "readers"), ("target", "admins")):
        engine.delete(name, key)
    engine.later(seconds=600)
    assert engine.door.members == []
    assert engine.run(run_id).status == "deescalated"
    assert engine.trail(run_id)[-1] == "run.deescalated"


def test_a_request_can_be_decided_though_its_flow_is_gone(engine: Any) -> None:
    engine.flow()
    run_id = engine.requested()
    engine.delete("flow", "flow")
    engine.act("bob", "approve", run_id)
    engine.work()
    assert engine.run(run_id).status == "escalated"


def test_a_target_the_strategy_no_longer_has_is_not_granted(engine: Any) -> None:
    engine.flow()
    run_id = engine.requested()
    engine.strategy(targets=("admins",))
    engine.act("bob", "approve", run_id)
    engine.work()
    assert engine.run(run_id).status == "errored"
    assert "readers" in engine.named(run_id, "escalate").error or "target" in engine.named(run_id, "escalate").error
    assert engine.trail(run_id) == ["run.requested", "run.approved", "event.failed"]
    assert engine.door.calls == []


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
        patch.setattr("sym.engine.executor.load_world", broken)
        assert engine.work() == 1
        assert engine.later(seconds=1.9) == 0
        assert engine.later(seconds=0.1) == 1
        assert engine.later(seconds=3.9) == 0
    assert engine.run(accepted.run_id).status == "prompted"
    assert engine.later(seconds=0.1) == 1
    assert engine.run(accepted.run_id).status == "requested"
    assert engine.trail(accepted.run_id) == ["run.requested"]


def test_trying_again_never_stops_however_often_it_failed(engine: Any, monkeypatch: Any) -> None:
    from sym.store.events import move_event

    engine.flow()
    accepted = engine.request()
    engine.jobs.lose()
    with engine.store.transaction() as conn:
        move_event(conn, engine.event(accepted.event_id), attempt=5000)
    monkeypatch.setattr("sym.engine.executor.load_world", lambda *_: 1 / 0)
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


@pytest.mark.parametrize("seconds", [10**10, 2**31, 10**15])
def test_a_duration_nobody_can_wait_for_is_refused(engine: Any, seconds: int) -> None:
    engine.flow(hooks(f"@hook\ndef on_request(event):\n    return ApprovalTemplate.approve(duration={seconds})"))
    run_id = engine.requested()
    assert engine.run(run_id).status == "errored"
    assert "duration" in engine.named(run_id, "request").error
    assert engine.door.calls == []


def test_a_duration_on_the_form_nobody_can_wait_for_is_refused(engine: Any) -> None:
    from sym.errors import Invalid

    engine.flow(fields=[{"name": "duration", "type": "duration", "allowed_values": ["999999999mo", "1h"]}])
    with pytest.raises(Invalid, match="duration"):
        engine.request(duration=999999999 * 30 * 86400)
    assert duration_text(3600) == "1h"
    engine.request(duration=3600)


def test_a_bot_is_granted_access_like_anybody(engine: Any) -> None:
    engine.flow()
    engine.escalated("ci")
    assert engine.door.members == [("ci", "readers")]
    engine.later(seconds=600)
    assert engine.door.members == []


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
