"""Trigger ids: what lets an app open a modal in front of somebody, once and for three seconds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sym.simulator.clock import Clock
from sym.simulator.errors import ApiError


@dataclass
class _Trigger:
    team: str
    person: str
    made: datetime
    is_used: bool = False


class Triggers:
    """Not thread-safe: under the simulator's lock. ``seconds`` may be changed while it runs; at 0 each trigger is
    expired at once."""

    def __init__(self, clock: Clock, seconds: float = 3.0) -> None:
        self._clock = clock
        self.seconds = seconds
        self._given: dict[str, _Trigger] = {}

    def give(self, team: str, person: str) -> str:
        """A trigger id for what ``person`` just did."""
        number = len(self._given) + 1
        # An app may remember what it has seen: after another start the same number is not the same trigger.
        moment = int(self._clock().timestamp() * 1000)
        name = f"{moment}.{number}.{team.lower()}{person.lower()}"
        self._given[name] = _Trigger(team, person, self._clock())
        return name

    def take(self, name: str, team: str) -> str:
        """Whose trigger it is; it is used up. Raises ApiError: ``invalid_trigger_id``, ``exchanged_trigger_id`` (used
        before), ``expired_trigger_id``."""
        trigger = self._given.get(name)
        if trigger is None or trigger.team != team:
            raise ApiError("invalid_trigger_id")
        if trigger.is_used:
            raise ApiError("exchanged_trigger_id")
        if (self._clock() - trigger.made).total_seconds() >= self.seconds:
            raise ApiError("expired_trigger_id")
        trigger.is_used = True
        return trigger.person
