"""Why things went as they did, as the store keeps it of real runs."""

from __future__ import annotations

from typing import Any

import pytest

from sym.store.traces import Trace, traces_of_run
from tests.runtime.engine.conftest import OPEN


def traces(engine: Any, run_id: str) -> list[Trace]:
    with engine.store.reading() as conn:
        return traces_of_run(conn, run_id)


def test_a_run_tells_which_handlers_ran_and_why_access_was_granted(engine: Any) -> None:
    engine.flow(
        OPEN
        + """
@hook
def on_approve(event):
    print("approved by", event.get_actor("approve").email)

@hook
def after_escalate(event):
    return None
"""
    )
    run_id = engine.escalated()
    found = {(one.event_name, one.phase): one for one in traces(engine, run_id)}
    assert list(found) == [
        ("request", "decide"), ("approve", "decide"), ("escalate", "decide"), ("escalate", "perform"),
        ("escalate", "after"),
    ]  # fmt: skip
    request, approve = found["request", "decide"], found["approve", "decide"]
    assert [step["handler"] for step in request.steps] == ["get_permissions"]
    assert request.reason == ("There is no on_request, so people are asked to decide. Admins and those of level member "
                              "may decide; the requester may not approve.")  # fmt: skip
    assert [step["printed"] for step in approve.steps] == ["approved by bob@acme.example\n"]
    assert approve.reason == "on_approve returned nothing, so access is granted next."
    performed = found["escalate", "perform"]
    assert performed.steps[-1]["handler"] == "escalate"
    assert performed.steps[-1]["returned"] == {"member": "ada", "badge": 7}
    assert (performed.outcome, performed.reason) == ("escalated", "The strategy did it.")
    assert [step["handler"] for step in found["escalate", "after"].steps] == ["after_escalate"]


@pytest.mark.parametrize(
    ("code", "outcome", "reason"),
    [
        ("return ApprovalTemplate.approve()", "requested", "on_request answered approve, which happens next."),
        ('return ApprovalTemplate.ignore(message="Not today")', "ignored", "on_request answered ignore: Not today"),
        ('raise ValueError("no")', "failed", "It failed: impl.py line 10, in on_request: ValueError: no"),
    ],
)
def test_what_a_hook_answered_is_the_reason(engine: Any, code: str, outcome: str, reason: str) -> None:
    engine.flow(f"{OPEN}\n@hook\ndef on_request(event):\n    {code}\n", access=False)
    found = traces(engine, engine.requested())[0]
    assert (found.outcome, found.reason.split(" Admins")[0]) == (outcome, reason)
    assert found.steps[0]["handler"] == "on_request"


def test_a_failed_strategy_says_when_it_is_tried_again(engine: Any) -> None:
    engine.flow()
    engine.door.behave("escalate", "raise RuntimeError('door is stuck')")
    run_id = engine.requested()
    engine.act("bob", "approve", run_id)
    engine.work()
    found = next(one for one in traces(engine, run_id) if one.phase == "perform")
    assert "door is stuck" in found.reason
    assert "door is stuck" in found.steps[-1]["failed"]


def test_a_refusal_is_traced_without_any_call(engine: Any) -> None:
    engine.flow()
    run_id = engine.requested()
    engine.act("bob", "deny", run_id)
    engine.act("eve", "approve", run_id)
    engine.work()
    found = next(one for one in traces(engine, run_id) if one.event_name == "approve")
    assert (found.outcome, found.steps) == ("refused", [])
    assert found.reason.startswith("Refused before any of the flow's code ran: ")
