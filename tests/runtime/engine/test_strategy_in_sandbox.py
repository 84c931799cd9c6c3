"""Authors' own strategies, asked for more than granting and ending."""

from __future__ import annotations

from typing import Any

import pytest

from tests.runtime.engine.conftest import STRATEGY

ABILITIES = """
    def is_escalated(self, target_id, event):
        self._enter("is_escalated", target_id, None)
        who = self.get_requester_identity(event)
        return bool(self._run("select 1 from members where name = ? and target = ?", who, target_id))

    def manual_instructions(self, target_id, event):
        return f"Lock the door of {target_id}."
"""


def test_an_authors_strategy_is_read_back_and_gives_instructions(engine: Any) -> None:
    engine.strategy(STRATEGY + ABILITIES)
    engine.flow()
    run_id = engine.escalated()
    assert engine.door.calls == ["is_escalated", "escalate", "is_escalated"]
    assert engine.lease(run_id).verified_at == engine.clock.now
    engine.door.behave("deescalate", "raise PermissionError('no')")
    engine.later(seconds=600)
    for pause in (2, 4, 8, 16, 32):
        engine.later(seconds=pause)
    assert engine.lease(run_id).instructions == "Lock the door of readers."
    engine.door.behave("deescalate", "from sym.sdk.exceptions.access_strategy import AlreadyGone\nraise AlreadyGone()")
    engine.door._run("delete from members")
    engine.later(days=1)
    assert engine.lease(run_id).status == "ended"
    assert engine.lease(run_id).verified_at == engine.clock.now


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_what_a_class_this_file_does_not_show_may_have_is_asked_for(engine: Any) -> None:
    mixed = STRATEGY.replace("class Door(AccessStrategy)", "import abc\nclass Door(AccessStrategy, abc.ABC)")
    engine.strategy(mixed)
    engine.flow()
    run_id = engine.escalated()
    assert engine.door.calls == ["escalate"]
    assert engine.lease(run_id).verified_at is None
    engine.later(seconds=600)
    assert engine.run(run_id).status == "deescalated"


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_an_operation_goes_through_the_sandbox_and_back(engine: Any) -> None:
    begun = STRATEGY.replace('return {"member": who, "badge": 7}', 'return Operation("op", data={"who": who})')
    polled = """
    def poll(self, operation, target_id, event):
        assert operation.status == "IN_PROGRESS"
        return {"by": operation.id, **operation.data}
"""
    engine.strategy("from sym.sdk.strategies import Operation\n" + begun + polled)
    engine.flow()
    run_id = engine.requested()
    engine.act("bob", "approve", run_id)
    engine.work()
    assert engine.run(run_id).status == "approved"
    engine.later(seconds=1)
    assert engine.run(run_id).status == "escalated"
    assert engine.lease(run_id).output == {"by": "op", "who": "ada"}
    assert engine.door.calls == ["escalate"]
