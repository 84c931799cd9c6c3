"""What an event that is to be performed does, and when there is nothing left to do."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from sym.engine.calls import AGAIN, RESTORE, effect_of, is_over, is_repair


def event(name: str, **fields: Any) -> Any:
    return SimpleNamespace(name=name, run_id="r", fields=fields)


@pytest.mark.parametrize(
    ("found", "effect", "repairs"),
    [
        (event("escalate"), "Escalate", False),
        (event("escalate", **RESTORE), "Restore", True),
        (event("deescalate", deescalate_type="cleanup"), "Deescalate", False),
        (event("deescalate", **AGAIN), "Deescalate", True),
    ],
)
def test_an_event_says_what_it_does_and_whether_it_only_puts_something_right(
    found: Any, effect: str, repairs: bool
) -> None:
    assert type(effect_of(found)).__name__ == effect
    assert is_repair(found) is repairs


@pytest.mark.parametrize("status", ["pending", "active", "ending", "stuck", "ended"])
def test_access_that_has_ended_is_ended_again_only_to_put_something_right(status: str) -> None:
    lease: Any = SimpleNamespace(status=status)
    assert is_over(event("deescalate", deescalate_type="scheduled"), lease) is (status == "ended")
    assert not is_over(event("deescalate", **AGAIN), lease)
    assert is_over(event("escalate", **RESTORE), lease) is (status not in ("pending", "active"))
