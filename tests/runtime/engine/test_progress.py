"""How long vendors are waited for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from sym.engine.calls import Waiting
from sym.engine.progress import MOST_MISSES, POLL_FOR, POLL_SECONDS, READ_SECONDS, polling, reading

NOW = datetime(2026, 1, 2, tzinfo=UTC)
OPERATION = {"$type": "operation", "id": "7", "status": "IN_PROGRESS", "data": None, "message": ""}


def claimed(resumed: Any = None, name: str = "escalate") -> Any:
    """As much of a claim as is looked at."""
    return SimpleNamespace(
        event=SimpleNamespace(id="e", name=name), effect=None, row=SimpleNamespace(started_at=NOW), resumed=resumed
    )


def test_a_vendor_at_work_is_asked_more_and_more_rarely() -> None:
    delays, resumed = [], None
    for _ in range(8):
        waiting = polling(claimed(resumed), OPERATION, NOW)
        assert isinstance(waiting, Waiting)
        resumed = waiting.operation
        delays.append(waiting.delay)
    assert delays == [*POLL_SECONDS, 30, 30]
    assert resumed is not None
    assert (resumed["stage"], resumed["event_id"], resumed["operation"]) == ("polling", "e", OPERATION)


def test_a_vendor_that_is_at_work_for_too_long_has_failed() -> None:
    resumed = {"stage": "polling", "since": NOW.isoformat(), "polls": 60, "misses": 0}
    assert isinstance(polling(claimed(resumed), OPERATION, NOW + POLL_FOR - timedelta(seconds=1)), Waiting)
    assert polling(claimed(resumed), OPERATION, NOW + POLL_FOR) == "The service has not finished within 30 minutes."


def test_questions_that_fail_in_a_row_are_given_up_and_an_answer_starts_anew() -> None:
    resumed: Any = None
    for _ in range(MOST_MISSES - 1):
        waiting = polling(claimed(resumed), OPERATION, NOW, miss="down")
        assert isinstance(waiting, Waiting)
        resumed = waiting.operation
    assert "down" in str(polling(claimed(resumed), OPERATION, NOW, miss="down"))
    answered = polling(claimed(resumed), OPERATION, NOW)
    assert isinstance(answered, Waiting)
    assert answered.operation is not None
    assert answered.operation["misses"] == 0


@pytest.mark.parametrize(("name", "told"), [("escalate", "does not show"), ("deescalate", "still shows")])
def test_what_a_vendor_does_not_show_in_time_it_has_not_done(name: str, told: str) -> None:
    resumed, delays = None, []
    for _ in READ_SECONDS:
        waiting = reading(claimed(resumed, name), {"a": 1})
        assert isinstance(waiting, Waiting)
        resumed = waiting.operation
        assert resumed is not None
        assert resumed["output"] == {"a": 1}
        delays.append(waiting.delay)
    assert delays == list(READ_SECONDS)
    assert told in str(reading(claimed(resumed, name), {"a": 1}))
    assert "no such team" in str(reading(claimed(resumed, name), {"a": 1}, problem="no such team"))
