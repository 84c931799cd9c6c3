"""What goes wrong on demand: refused, failed, hanging and lost answers, and a Slack that is down."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["rate_limited", "failed", "hangs", "answer_late", "answer_lost", "connection_lost"]


@dataclass(frozen=True)
class Fault:
    """What happens to one call of a method.

    ``rate_limited``: 429 with ``Retry-After: seconds``; ``failed``: HTTP ``status``; ``hangs``: nothing for
    ``seconds``, then the connection is lost; ``answer_late``: the call is carried out, and answered ``seconds`` later;
    ``answer_lost``: the call is carried out and the connection lost without an answer; ``connection_lost``: lost before
    anything is done. ``ok``-false answers: ``error`` with ``failed`` and status 200."""

    kind: Kind
    seconds: float = 1.0
    status: int = 500
    error: str | None = None

    @classmethod
    def rate_limited(cls, seconds: int = 1) -> Fault:
        """429, to be tried again after ``seconds``."""
        return cls("rate_limited", seconds)

    @classmethod
    def failed(cls, status: int = 500) -> Fault:
        """An HTTP error."""
        return cls("failed", status=status)

    @classmethod
    def refused(cls, error: str) -> Fault:
        """``{"ok": false, "error": error}``, for example ``fatal_error``."""
        return cls("failed", status=200, error=error)

    @classmethod
    def hangs(cls, seconds: float) -> Fault:
        """No answer for ``seconds``; the call is not carried out."""
        return cls("hangs", seconds)

    @classmethod
    def answer_late(cls, seconds: float) -> Fault:
        """Carried out at once, but answered after so long."""
        return cls("answer_late", seconds)

    @classmethod
    def answer_lost(cls) -> Fault:
        """Carried out, but the answer never arrives."""
        return cls("answer_lost")

    @classmethod
    def connection_lost(cls) -> Fault:
        """Neither carried out nor answered."""
        return cls("connection_lost")


class Faults:
    """The faults that are still to happen, by method, first in first out. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next: dict[str, deque[Fault | None]] = defaultdict(deque)
        self.is_down = False

    def next_calls(self, method: str, faults: Iterable[Fault | None]) -> None:
        """What happens to the next calls of ``method`` (``*``: of any), in this order; None lets one through."""
        with self._lock:
            self._next[method].extend(faults)

    def take(self, method: str) -> Fault | None:
        """What happens to this call."""
        with self._lock:
            for name in (method, "*"):
                if self._next[name]:
                    return self._next[name].popleft()
        return None

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        with self._lock:
            self._next.clear()
        self.is_down = False
