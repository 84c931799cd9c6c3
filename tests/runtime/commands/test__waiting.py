"""Waiting, with a clock that is turned by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sym.commands._waiting import GOALS, Patience, is_reached, waited
from sym.errors import Unavailable


class Life:
    """A run that has one status after another, a second each; an exception is what the server answers instead."""

    def __init__(self, *statuses: str | Exception) -> None:
        self.statuses = list(statuses)
        self.now = datetime(2026, 3, 14, tzinfo=UTC)
        self.pauses: list[float] = []

    def show(self) -> dict[str, Any]:
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        if isinstance(status, Exception):
            raise status
        return {"status": status, "actors": {}}

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += timedelta(seconds=seconds)

    def waited(self, goal: str, timeout: int = 100, interval: int = 5) -> tuple[str, bool]:
        patience = Patience(goal=goal, timeout=timeout, interval=interval)
        run, reached = waited(self.show, patience, pause=self.pause, clock=lambda: self.now)
        return run["status"], reached


@pytest.mark.parametrize(
    ("goal", "statuses", "end", "reached"),
    [
        ("approved", ["prompted", "requested", "approved"], "approved", True),
        ("approved", ["requested", "escalated"], "escalated", True),
        ("approved", ["requested", "denied"], "denied", False),
        ("approved", ["requested", "expired"], "expired", False),
        ("approved", ["requested", "deescalated"], "deescalated", False),
        ("escalated", ["requested", "approved", "escalated"], "escalated", True),
        ("escalated", ["approved", "errored"], "errored", False),
        ("ended", ["escalated", "deescalated"], "deescalated", True),
        ("ended", ["requested", "ignored"], "ignored", False),
        ("decided", ["requested", "denied"], "denied", True),
        ("decided", ["requested", "expired"], "expired", False),
    ],
)
def test_it_ends_with_what_was_waited_for_or_what_is_final(
    goal: str, statuses: list[str], end: str, reached: bool
) -> None:
    life = Life(*statuses)
    assert life.waited(goal) == (end, reached)
    assert life.pauses == [5.0] * (len(statuses) - 1)


@pytest.mark.parametrize("goal", GOALS)
def test_it_ends_when_the_time_is_over(goal: str) -> None:
    life = Life("requested")
    assert life.waited(goal, timeout=12) == ("requested", False)
    assert life.pauses == [5.0, 5.0, 2.0]


def test_a_server_that_is_away_for_a_while_is_asked_again(capsys: pytest.CaptureFixture[str]) -> None:
    assert Life("requested", Unavailable("x"), Unavailable("x"), "approved").waited("approved") == ("approved", True)
    assert capsys.readouterr().err == ""
    with pytest.raises(Unavailable):
        Life(Unavailable("x")).waited("approved")


def test_a_grant_that_failed_was_decided_if_somebody_approved() -> None:
    assert is_reached({"status": "errored", "actors": {"approve": {}}}, "decided")
    assert not is_reached({"status": "errored", "actors": {"request": {}}}, "decided")
    assert not is_reached({"status": "errored", "actors": {"approve": {}}}, "approved")
