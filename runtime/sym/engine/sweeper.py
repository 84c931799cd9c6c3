"""The safety net: whatever is due by our tables and not moving gets its next attempt.

It takes over what a dead worker had in hand, heals events whose job was lost, whatever the reason, and those whose job
hangs.
"""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sym.engine.commit import GRACE
from sym.engine.queue import Queue
from sym.observability import watch
from sym.store.database import Connection, Store
from sym.store.events import Event, get_event, move_event, overdue_events
from sym.store.forms import purge_forms
from sym.store.idempotency import purge_answers
from sym.store.jobs import Job, delete_orphan, has_job, lost_events, orphaned_jobs
from sym.store.messages import Message, due_messages, get_message, move_message

log = logging.getLogger(__name__)
INTERVAL_SECONDS = 2.0
# Lost and hanging jobs are defects, and looked for less often than dead workers.
EVERY = 3
# And what has expired is forgotten every ten minutes.
PURGE_EVERY = 300
# An event that has had no job at all for this long will not get one by itself.
LOST = timedelta(seconds=5)


class Sweeper:
    """A thread that sweeps every two seconds until it is stopped."""

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
        """Take over every orphaned job, and give every event that is lost or overdue, and every message that is, its
        next attempt; how many there were."""
        taken = self.take_over()
        now = self._clock()
        # One transaction, although it only reads: of the few that an idle worker makes, this would else be three.
        with self._store.transaction() as conn:
            lost = lost_events(conn, before=now + GRACE - LOST)
            overdue = [event.id for event in overdue_events(conn, before=now)]
            messages = [message.id for message in due_messages(conn, before=now)]
        stuck = dict.fromkeys([*lost, *overdue])
        for event_id in stuck:
            self._guarded(self._revive, event_id, event_id)
        for message_id in messages:
            self._guarded(self._deliver_again, message_id, message_id)
        return taken + len(stuck) + len(messages)

    def purge(self) -> None:
        """Forget the forms that have expired, and the answers that are kept no longer for whoever repeats a request."""
        with self._store.transaction() as conn:
            purge_forms(conn, before=self._clock())
            purge_answers(conn, before=self._clock())

    def _deliver_again(self, message_id: str) -> None:
        with self._store.transaction() as conn:
            message = get_message(conn, message_id)
            if message is not None and message.due_at is not None:
                self._next_try(conn, message)

    def _next_try(self, conn: Connection, message: Message) -> None:
        # In another attempt: the surface looks for what the one before may have posted.
        moved = move_message(conn, message, attempt=message.attempt + 1, due_at=self._clock() + GRACE)
        if moved is not None:
            self._queue.enqueue(conn, "deliver", moved.id, moved.attempt)

    def take_over(self) -> int:
        """Take over every job in the hands of a worker that is gone; how many there were."""
        with self._store.reading() as conn:
            orphans = orphaned_jobs(conn)
        for job in orphans:
            self._guarded(self._take_over, job, job.subject_id)
        return len(orphans)

    def _guarded(self, step: Callable[[Any], None], argument: Job | str, event_id: str) -> None:
        try:
            step(argument)
        except Exception:
            log.exception("event %s could not be given its next attempt", event_id)

    def _take_over(self, job: Job) -> None:
        with self._store.transaction() as conn:
            if not delete_orphan(conn, job):
                return
            message = get_message(conn, job.subject_id) if job.phase == "deliver" else None
            if message is not None and (message.status, message.attempt) == ("waiting", job.attempt):
                self._next_try(conn, message)
            event = get_event(conn, job.subject_id)
            if event is None:
                return
            if (event.phase, event.attempt) == (job.phase, job.attempt) or (
                # Whoever decided had the effect in hand as well, without a job of its own.
                (event.phase, job.phase) == ("perform", "decide") and not has_job(conn, event.id)
            ):
                self._next_attempt(conn, event)

    def _revive(self, event_id: str) -> None:
        with self._store.transaction() as conn:
            event = get_event(conn, event_id)
            if event is not None and event.phase != "done":
                self._next_attempt(conn, event)

    def _next_attempt(self, conn: Connection, event: Event) -> None:
        # In another attempt: what the one before may still do, frozen somewhere, does not count any more.
        moved = move_event(conn, event, attempt=event.attempt + 1, due_at=self._clock() + GRACE)
        if moved is not None:
            self._queue.enqueue(conn, moved.phase, moved.id, moved.attempt)

    def _loop(self) -> None:
        for number in itertools.count():
            try:
                self.take_over() if number % EVERY else self.sweep()
                if number % PURGE_EVERY == 0:
                    self.purge()
                watch.swept(self._clock())
            except Exception:
                log.exception("a sweep failed; the next one follows in two seconds")
            if self._stopped.wait(INTERVAL_SECONDS):
                return
