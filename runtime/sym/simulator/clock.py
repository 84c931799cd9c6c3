"""What time it is in Slack. A server of its own has a clock of its own; tests put theirs in its place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Gives the present moment, with its zone."""


def wall_clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - the simulator stands for a foreign server, which has its own clock


def iso(moment: datetime) -> str:
    """``moment`` as ISO 8601 in UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


class Stamps:
    """Slack's ``ts``: seconds and microseconds, never the same twice, always growing."""

    def __init__(self) -> None:
        self._last = 0

    def next(self, now: datetime) -> str:
        """A ``ts`` for something that happens ``now``."""
        self._last = max(round(now.timestamp() * 1_000_000), self._last + 1)
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"
