"""The statuses there are, against those the life cycle is described with."""

from __future__ import annotations

from sym.engine.run_status import RUN_STATUSES
from sym.engine.state_table import _STATES


def test_every_status_of_the_life_cycle_is_one_that_can_be_asked_for() -> None:
    assert set(RUN_STATUSES) == {status for status, _ in _STATES}
