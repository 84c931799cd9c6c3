"""The safety net: whatever is due by our tables and not moving gets its next attempt.

It heals jobs the queue lost, whatever the reason, and it is how a process without a worker hands over its events.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from sym.engine.commit import GRACE
from sym.engine.queue import Queue
from sym.store.database import Store
from sym.store.events import move_event, overdue_events

log = logging.getLogger(__name__)
INTERVAL_SECONDS = 1.0


class Sweeper:
    """A thread that sweeps every second until it is stopped."""

    def __init__(self, store: Store, queue: Queue, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._queue = queue
        self._clock = clock
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="sym-sweeper", daemon=True)

    def start(self) -> None:
        """Begin to sweep."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after the sweep in hand."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    def sweep(self) -> int:
        """Give every overdue event its next attempt; how many there were."""
        now = self._clock()
        with self._store.reading() as conn:
            overdue = overdue_events(conn, before=now)
        for event in overdue:
            with self._store.transaction() as conn:
                moved = move_event(conn, event, attempt=event.attempt + 1, due_at=now + GRACE)
                if moved is not None:
                    self._queue.enqueue(conn, moved.phase, moved.id, moved.attempt)
        return len(overdue)

    def _loop(self) -> None:
        while not self._stopped.wait(INTERVAL_SECONDS):
            try:
                self.sweep()
            except Exception:
                log.exception("a sweep failed; the next one follows in a second")
