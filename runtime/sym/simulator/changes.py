"""The change stream: what happened, numbered, for pages and for tests that wait."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

KEPT = 1_000

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Change:
    """One thing that changed; ``person`` is who alone can see it, None if everybody of the channel can."""

    n: int
    kind: str
    team: str | None = None
    person: str | None = None
    channel: str | None = None
    ts: str | None = None
    thread_ts: str | None = None
    view: str | None = None

    def as_json(self) -> dict[str, Any]:
        """What the page is told."""
        return asdict(self)


class Changes:
    """Thread-safe. Listeners are called in the thread that made the change and must not block."""

    def __init__(self) -> None:
        self._news = threading.Condition()
        self._kept: deque[Change] = deque(maxlen=KEPT)
        self._last = 0
        self._listeners: list[Callable[[], None]] = []

    @property
    def last(self) -> int:
        """The number of the latest change, 0 before the first."""
        return self._last

    def add(self, kind: str, **about: str | None) -> None:
        """Tell everybody that something changed."""
        with self._news:
            self._last += 1
            self._kept.append(Change(n=self._last, kind=kind, **about))
            listeners = list(self._listeners)
            self._news.notify_all()
        for listener in listeners:
            listener()

    def after(self, n: int) -> list[Change] | None:
        """The changes since number ``n``, oldest first; None if some of them are no longer kept."""
        with self._news:
            if n < self._last - len(self._kept) or n > self._last:
                return None
            return [change for change in self._kept if change.n > n]

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` at every change; returns what ends that."""
        with self._news:
            self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def wait_for(self, predicate: Callable[[], T], seconds: float) -> T:
        """What ``predicate`` answers as soon as it is true, asked again at every change. Raises TimeoutError after
        ``seconds``."""
        end = time.monotonic() + seconds
        while True:
            seen = self._last
            answer = predicate()
            if answer:
                return answer
            with self._news:
                self._news.wait_for(lambda seen=seen: self._last != seen, timeout=max(0.0, end - time.monotonic()))  # type: ignore[misc]
                if self._last == seen and time.monotonic() >= end:
                    raise TimeoutError(f"not within {seconds} s")
