"""Runs from beginning to end, phase by phase, on both databases."""

from __future__ import annotations

from typing import Any

import pytest

from sym.errors import Invalid
from sym.sdk.duration import duration_text
from tests.runtime.engine.conftest import OPEN


def hooks(body: str) -> str:
    return OPEN + body


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


def test_a_duration_on_the_form_nobody_can_wait_for_is_refused(engine: Any) -> None:

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
