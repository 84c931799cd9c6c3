"""The safety net: whatever is due by our tables and not moving gets its next attempt.

It heals jobs the queue lost, whatever the reason, takes up at the start what the last worker left, and is how a process
without a worker hands over its events.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from sym.engine.commit import GRACE
from sym.engine.queue import Queue
from sym.observability import watch
from sym.store.database import Store
from sym.store.events import Event, move_event, overdue_events
from sym.store.messages import Message, due_messages, move_message

log = logging.getLogger(__name__)
INTERVAL_SECONDS = 1.0
MOST_AT_START = 10_000


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

    def revive(self) -> int:
        """Make due at once what the last worker had in hand, or should have taken up by now; how many events that are.

        Only for the one worker of this store, before it begins: jobs of these events that the queue still has find them
        in another attempt and do nothing. Timers and pauses between tries stay as they are.
        """
        now = self._clock()
        with self._store.transaction() as conn:
            begun = overdue_events(conn, before=now + GRACE, limit=MOST_AT_START)
            for event in begun:
                move_event(conn, event, attempt=event.attempt + 1, due_at=now)
        return len(begun)

    def sweep(self) -> int:
        """Give every overdue event and message its next attempt; how many there were."""
        with self._store.reading() as conn:
            overdue = overdue_events(conn, before=self._clock())
            messages = due_messages(conn, before=self._clock())
        for event in overdue:
            try:
                self._next_attempt(event)
            except Exception:
                log.exception("event %s could not be given its next attempt", event.id)
        for message in messages:
            try:
                self._deliver_again(message)
            except Exception:
                log.exception("message %s could not be given its next attempt", message.id)
        return len(overdue) + len(messages)

    def _deliver_again(self, message: Message) -> None:
        with self._store.transaction() as conn:
            moved = move_message(conn, message, attempt=message.attempt + 1, due_at=self._clock() + GRACE)
            if moved is not None:
                self._queue.enqueue(conn, "deliver", moved.id, moved.attempt)

    def _next_attempt(self, event: Event) -> None:
        with self._store.transaction() as conn:
            moved = move_event(conn, event, attempt=event.attempt + 1, due_at=self._clock() + GRACE)
            if moved is not None:
                self._queue.enqueue(conn, moved.phase, moved.id, moved.attempt)

    def _loop(self) -> None:
        while True:
            try:
                self.sweep()
                watch.swept(self._clock())
            except Exception:
                log.exception("a sweep failed; the next one follows in a second")
            if self._stopped.wait(INTERVAL_SECONDS):
                return
