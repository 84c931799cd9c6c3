"""What happens to a run after it was granted or has failed: extended, tried again, removed by hand; and what admins
decide without the flow's hook. Through the real engine."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.runtime.engine.conftest import OPEN, STRATEGY

DURATION = {"name": "duration", "type": "duration", "allowed_values": ["10m", "1h"]}


def act(engine: Any, who: str, name: str, run_id: str, message: str | None = None, **details: Any) -> str:
    """Do something to a run and let it happen; the event's error, if any."""
    accepted = engine.act(who, name, run_id, message, **details)
    engine.work()
    return str(engine.event(accepted.event_id).error or "")


def test_extended_access_lasts_until_its_new_end(engine: Any) -> None:
    engine.flow(fields=[DURATION], allow_extension=True)
    run_id = engine.escalated()
    first = engine.lease(run_id).ends_at
    assert act(engine, "bob", "extend", run_id, duration=3600) == ""
    until = first + timedelta(hours=1)
    assert (engine.lease(run_id).ends_at, engine.run(run_id).expires_at) == (until, until)
    engine.later(seconds=601)
    assert engine.door.members == [("ada", "readers")]
    assert engine.run(run_id).status == "escalated"
    engine.later(seconds=3598)
    assert engine.door.members == [("ada", "readers")]
    engine.later(seconds=2)
    assert engine.door.members == []
    assert engine.run(run_id).status == "deescalated"
    assert engine.trail(run_id) == ["run.requested", "run.approved", "run.escalated", "run.extended", "run.deescalated"]
    assert engine.run(run_id).actors["extend"] == engine.users["bob"].id


def test_access_extended_twice_ends_once(engine: Any) -> None:
    engine.flow(fields=[DURATION], allow_extension=True)
    run_id = engine.escalated()
    for _ in range(2):
        act(engine, "bob", "extend", run_id, duration=600)
    engine.later(seconds=1799)
    assert engine.door.members == [("ada", "readers")]
    engine.later(seconds=2)
    assert (engine.door.members, engine.door.calls.count("deescalate")) == ([], 1)


def test_an_extension_that_comes_as_access_ends_does_not_bring_it_back(engine: Any) -> None:
    engine.flow(fields=[DURATION], allow_extension=True)
    run_id = engine.escalated()
    accepted = engine.act("bob", "extend", run_id, duration=600)
    engine.act("ada", "deescalate", run_id)
    (revoke,) = (event for event in engine.events(run_id) if (event.name, event.channel_type) == ("deescalate", "sym"))
    engine.executor.phases()["decide"](revoke.id, 1)
    engine.work()
    assert engine.event(accepted.event_id).status == "error"
    assert engine.door.members == []
    assert "action.refused" in engine.trail(run_id)
    engine.later(days=1)
    assert engine.door.calls.count("deescalate") == 1


def test_a_failed_grant_is_tried_again_as_things_are_now(engine: Any) -> None:
    engine.strategy(
        STRATEGY.replace('return {"member": who', 'raise ValueError("no such group")\n        return {"m": who')
    )
    engine.flow(fields=[DURATION])
    run_id = engine.requested()
    act(engine, "bob", "approve", run_id)
    assert (engine.run(run_id).status, engine.lease(run_id).status, engine.door.members) == ("errored", "ended", [])
    failed = engine.lease(run_id)
    engine.strategy()
    assert act(engine, "root", "retry", run_id, "the group is there now") == ""
    lease = engine.lease(run_id)
    assert (engine.run(run_id).status, lease.status, lease.id) == ("escalated", "active", failed.id)
    assert lease.snapshot["flow"]["strategy"]["implementation"] == STRATEGY
    assert (lease.ended_at, lease.last_error, lease.ends_at) == (None, None, engine.clock.now + timedelta(seconds=600))
    assert engine.door.members == [("ada", "readers")]
    engine.later(seconds=601)
    assert (engine.run(run_id).status, engine.door.members) == ("deescalated", [])
    assert engine.trail(run_id) == [
        "run.requested", "run.approved", "event.failed", "run.deescalated", "run.retried", "run.escalated",
        "run.deescalated",
    ]  # fmt: skip


def test_a_request_that_failed_is_not_granted_by_trying_again(engine: Any) -> None:
    from sym.errors import Conflict

    engine.flow(OPEN + "\n@hook\ndef on_request(event):\n    raise ValueError('broken')\n")
    run_id = engine.requested()
    assert engine.run(run_id).status == "errored"
    with pytest.raises(Conflict, match="never approved"):
        engine.act("root", "retry", run_id)
    assert engine.door.calls == []


def test_stuck_access_that_was_removed_by_hand_is_over(engine: Any) -> None:
    engine.flow()
    run_id = engine.escalated()
    engine.door.behave("deescalate", "raise ValueError('no')")
    engine.later(seconds=601)
    for _ in range(6):
        engine.later(seconds=900)
    assert engine.lease(run_id).status == "stuck"
    assert act(engine, "root", "remove", run_id, "in the vendor's console") == ""
    lease = engine.lease(run_id)
    assert (lease.status, lease.closed_by, lease.closed_reason) == (
        "ended", engine.users["root"].id, "in the vendor's console",
    )  # fmt: skip
    assert engine.run(run_id).status == "deescalated"
    assert engine.trail(run_id)[-1] == "lease.removed_manually"
    assert engine.entries(run_id)[-1]["fields"]["removal_reason"] == "in the vendor's console"
    calls = len(engine.door.calls)
    engine.later(days=2)
    assert len(engine.door.calls) == calls
    assert engine.named(run_id, "remove").phase == "done"
    assert {event.phase for event in engine.events(run_id)} == {"done"}


BLOCKED = (
    OPEN
    + """
@hook
def on_approve(event):
    return ApprovalTemplate.ignore(message="Not during the freeze.")

@hook
def on_deescalate(event):
    raise ValueError("broken")
"""
)


def test_an_admin_approves_and_ends_without_a_hook_that_is_in_the_way(engine: Any) -> None:
    engine.flow(BLOCKED)
    run_id = engine.requested()
    assert act(engine, "root", "approve", run_id) == "Not during the freeze."
    assert act(engine, "root", "approve", run_id, "outage", overrides=True) == ""
    assert engine.run(run_id).status == "escalated"
    assert "broken" in act(engine, "root", "deescalate", run_id)
    assert act(engine, "root", "deescalate", run_id, overrides=True) == ""
    assert engine.run(run_id).status == "deescalated"
    assert engine.trail(run_id) == [
        "run.requested", "event.ignored", "event.overridden", "run.approved", "run.escalated", "event.failed",
        "event.overridden", "run.deescalated",
    ]  # fmt: skip
    entries = {entry["name"]: entry for entry in engine.entries(run_id)}
    assert entries["event.overridden"]["actor"]["username"] == "root@acme.example"


def test_code_of_the_flow_cannot_set_its_own_hooks_aside(engine: Any) -> None:
    engine.flow(
        OPEN
        + """
@hook
def on_request(event):
    return ApprovalTemplate.approve(override=True, extension=5, position=0)

@hook
def on_approve(event):
    return ApprovalTemplate.deny(reason="after all")
"""
    )
    run_id = engine.requested()
    assert engine.run(run_id).status == "denied"
    assert "event.overridden" not in engine.trail(run_id)


@pytest.mark.parametrize(
    ("answer", "problem"),
    [("['#ops']", "list of Notification"), ("None", "list of Notification"), ("1 / 0", "ZeroDivisionError")],
)
def test_notifications_that_cannot_be_followed_fail_the_request(engine: Any, answer: str, problem: str) -> None:
    engine.flow(OPEN + f"\n@reducer\ndef get_request_notifications(event):\n    return {answer}\n")
    run_id = engine.requested()
    assert engine.run(run_id).status == "errored"
    assert problem in engine.named(run_id, "request").error
    assert "get_request_notifications" in engine.named(run_id, "request").error
    assert engine.run(run_id).routing is None


def test_get_approvers_routes_where_get_permissions_decides(engine: Any) -> None:
    engine.flow(
        OPEN
        + """
from sym.sdk.integrations import slack

@reducer
def get_approvers(event):
    return slack.channel("#ops", allow_self=True, timeout=60)
"""
    )
    run = engine.run(engine.requested())
    (notification,) = run.routing["notifications"]
    assert (notification["destinations"], notification["allow_self"]) == (
        [{"kind": "slack_channel", "name": "#ops"}],
        None,
    )
    assert run.permissions["allow_self_approval"] is False
