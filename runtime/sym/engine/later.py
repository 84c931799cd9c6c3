"""An event that cannot go on now gets its next attempt after a while."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sym.engine.calls import Waiting
from sym.engine.commit import GRACE, Raced, seconds
from sym.engine.queue import Queue
from sym.engine.reasons import keep_wait
from sym.engine.views import World
from sym.store.database import Store
from sym.store.events import Event, get_event, move_event
from sym.store.grants import Lease, move_lease

LONGEST_DELAY = 900.0


class Later:
    """Puts events off; each time in one transaction."""

    def __init__(self, store: Store, queue: Queue, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._queue = queue
        self._clock = clock

    def again(self, phase: str, event_id: str, attempt: int, delay: float | None = None) -> None:
        """Try a phase that failed again: after ``delay`` seconds, or after longer each time."""
        delay, now = delay or min(2.0 ** min(attempt, 10), LONGEST_DELAY), self._clock()
        with self._store.transaction() as conn:
            event = get_event(conn, event_id)
            if event is None or (event.phase, event.attempt) != (phase, attempt):
                return
            moved = move_event(conn, event, attempt=attempt + 1, due_at=now + timedelta(seconds=delay) + GRACE)
            if moved is not None:
                self._queue.enqueue(conn, phase, event_id, moved.attempt, delay)

    def is_early(self, event: Event) -> bool:
        """A timer whose job came too soon (clocks differ) goes back into the queue for the rest of its time."""
        now = self._clock()
        # Only timers wait. What a person asks for is not put off because a clock was set back.
        if event.status != "scheduled" or event.scheduled_at <= now:
            return False
        with self._store.transaction() as conn:
            moved = move_event(conn, event, attempt=event.attempt + 1, due_at=event.scheduled_at + GRACE)
            if moved is not None:
                delay = seconds(event.scheduled_at - now)
                self._queue.enqueue(conn, "decide", moved.id, moved.attempt, delay)
        return True

    def postpone(self, world: World, lease: Lease, waiting: Waiting) -> bool:
        """Give the world's event its next attempt after a while; whether that could be written."""
        event, now = world.event, self._clock()
        due_at = now + timedelta(seconds=waiting.delay) + GRACE
        try:
            with self._store.transaction() as conn:
                if waiting.operation is not None and move_lease(conn, lease, operation=waiting.operation) is None:
                    raise Raced
                moved = move_event(conn, event, attempt=event.attempt + 1, due_at=due_at)
                if moved is None:
                    raise Raced
                self._queue.enqueue(conn, moved.phase, moved.id, moved.attempt, waiting.delay)
                keep_wait(conn, world, waiting.delay, now)
        except Raced:
            return False
        return True
