"""The log of what the app called and what it was sent, for whoever writes a flow and wonders."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import asdict, dataclass, field
from typing import Any

KEPT = 500


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One call of the Web API (``kind`` "call") or one thing sent to the app ("delivery"). No bodies, no tokens."""

    n: int
    at: str
    kind: str
    what: str
    outcome: str
    team: str | None = None
    details: list[str] = field(default_factory=list)
    milliseconds: int = 0


class Journal:
    """The latest entries. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._last = 0

    def add(self, kind: str, what: str, outcome: str, **more: Any) -> None:
        """Note one call or delivery; ``more`` are the other fields of :class:`Entry`."""
        with self._lock:
            self._last += 1
            self._entries.append(Entry(n=self._last, kind=kind, what=what, outcome=outcome, **more))

    def entries(self, after: int = 0) -> list[Entry]:
        """Those with a number above ``after``, oldest first."""
        with self._lock:
            return [entry for entry in self._entries if entry.n > after]

    def calls(self, method: str) -> list[Entry]:
        """The calls of one method of the Web API."""
        return [entry for entry in self.entries() if entry.kind == "call" and entry.what == method]

    def as_json(self, after: int = 0) -> list[dict[str, Any]]:
        """What the page is told."""
        return [asdict(entry) for entry in self.entries(after)]
