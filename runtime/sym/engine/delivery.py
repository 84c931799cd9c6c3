"""Messages on their way to people: delivered, tried again, given up; and what a request does that reached nobody.

Nothing here runs inside a transaction but the note of what came of it. A crash in between delivers again, under the
same id: the surface knows what it has.

A message that cannot be delivered now is tried again after 2, 4, 8 … and then every 60 seconds, for a day (a reply to
whoever just acted for ten minutes); what has changed meanwhile begins anew. So an outage of minutes or hours ends with
every card right. People do not wait for that: after the sixth try, about a minute, the message counts as not arrived,
which is recorded and reported, and a request that reached nobody goes on to its next notification. The trying goes on
behind it, and never holds all of the worker's threads: decisions and ends of access go on beside it. A request that has
moved on is not shown any more where it never appeared; whether it did is asked first, because a try that seemed to fail
may have been taken.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sym.engine import routing
from sym.engine.cards import Told
from sym.engine.commit import following_event
from sym.engine.journal import record
from sym.engine.lifecycle import Decision, Following
from sym.engine.notices import GRACE, Notices, revise
from sym.engine.outbound import ErrorReport, Outbound, Outgoing, Undeliverable, Unreachable
from sym.engine.queue import CONCURRENCY, Queue
from sym.engine.views import load_world
from sym.errors import SymError
from sym.store.database import Connection, Store
from sym.store.events import get_event, insert_event
from sym.store.grants import lease_of_run
from sym.store.messages import Message, get_message, messages_of_run, move_message
from sym.store.runs import Run, get_run

log = logging.getLogger(__name__)
TRIES = 6
"""After so many tries in vain a message counts as not arrived."""
LONGEST_PAUSE = 60.0
MOST_TRIES = 24 * 60
MOST_TRIES_OF_REPLIES = 15
# A surface that asks again and again to be left alone: so often it is done without counting, and for so long at most.
MOST_UNCOUNTED = 100
LONGEST_WISH = 600.0
LANES = CONCURRENCY - 4
"""So many messages are handed over at once; a surface that hangs leaves the other threads to the life cycle."""
# Until one that found no lane is tried.
LANE_PAUSE = 1.0
# Between two messages of one thread, when the second finds the first one on its way.
TURN = timedelta(seconds=1)
RACES = 20


class Delivery:
    """Delivers messages, one per job, any number of jobs at once."""

    def __init__(self, store: Store, queue: Queue, outbound: Outbound, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._queue = queue
        self._outbound = outbound
        self._clock = clock
        self._notices = Notices(queue, is_bound=outbound.is_bound)
        self._stopped = threading.Event()
        self._lanes = threading.BoundedSemaphore(LANES)

    def stop(self) -> None:
        """Note nothing any more: what is in hand is delivered again at the next start."""
        self._stopped.set()

    def phases(self) -> dict[str, Callable[[str, int], None]]:
        """The one phase of messages, by the name of its jobs. It does not raise: what fails unexpectedly is left to the
        sweeper."""
        return {"deliver": self._guarded}

    def _guarded(self, message_id: str, attempt: int) -> None:
        try:
            self.deliver(message_id, attempt)
        except Exception:
            log.exception("the message %s could not be noted as delivered and is tried again", message_id)

    def deliver(self, message_id: str, attempt: int) -> None:
        """Deliver a message, or change what is out already. A job for an attempt that is over does nothing."""
        with self._store.reading() as conn:
            message = get_message(conn, message_id)
            if message is None or (message.status, message.attempt) != ("waiting", attempt):
                return
            earlier = _earlier_in_thread(conn, message)
        if self._stopped.is_set() or not self._outbound.is_bound:
            return
        first = next((item for item in earlier if item.reference), None)
        before = next((item for item in earlier if item.reference is None), None)
        if message.reference is None and first is None and before is not None:
            self._wait_for(message, before)
            return
        if not self._lanes.acquire(blocking=False):
            self._postpone(message, LANE_PAUSE)
            return
        try:
            reference = self._hand_over(message, first.reference if first else None)
        except Exception as error:  # noqa: BLE001 - whatever a surface raises is a failed delivery
            self._note_failure(message, error)
        else:
            self._note_delivery(message, reference)
        finally:
            self._lanes.release()

    def _wait_for(self, message: Message, before: Message) -> None:
        """Let the message that begins the thread be delivered before this one."""
        wait = before.due_at - GRACE - self._clock() + TURN if before.due_at else TURN
        self._postpone(message, max(TURN, wait).total_seconds())

    def _postpone(self, message: Message, delay: float) -> None:
        with self._store.transaction() as conn:
            self._again(conn, message, delay, self._clock())

    def _again(self, conn: Connection, message: Message, delay: float, now: datetime, **changes: Any) -> Message | None:
        moved = move_message(conn, message, attempt=message.attempt + 1, due_at=now + timedelta(seconds=delay) + GRACE,
                             **changes)  # fmt: skip
        if moved is not None:
            self._queue.enqueue(conn, "deliver", moved.id, moved.attempt, delay)
        return moved

    def _hand_over(self, message: Message, thread: Mapping[str, Any] | None) -> dict[str, Any] | None:
        if message.kind == "error":
            report = ErrorReport(id=message.id, attempt=message.attempt, run_id=message.run_id,
                                 destination=message.destination, content=message.content,
                                 created_at=message.created_at)  # fmt: skip
            self._outbound.report(report)
            return {}
        outgoing = Outgoing(
            id=message.id, attempt=message.attempt, run_id=message.run_id, kind=message.kind,
            destination=message.destination, content=message.content, thread=thread, created_at=message.created_at,
        )  # fmt: skip
        reference = message.reference
        if reference is None and not _is_past(message):
            return dict(self._outbound.deliver(outgoing))
        if reference is None:
            found = self._outbound.find(outgoing)
            reference = dict(found) if found is not None else None
        if reference is not None:
            self._outbound.update(outgoing, reference)
        return reference

    def _note_delivery(self, message: Message, reference: dict[str, Any] | None) -> None:
        now, found = self._clock(), message
        if self._stopped.is_set():
            return
        for _ in range(RACES):
            with self._store.transaction() as conn:
                if self._note_reference(conn, found, message.attempt, reference, now):
                    return
                fresh = get_message(conn, message.id)
            if fresh is None:
                return
            found = fresh

    def _note_reference(self, conn: Connection, found: Message, attempt: int, reference: dict[str, Any] | None,
                        now: datetime) -> bool:  # fmt: skip
        """Note where the message is (None: nowhere); False if it was moved meanwhile."""
        if (found.status, found.attempt) == ("waiting", attempt):
            status = "superseded" if _is_past(found) else "delivered"
            delivered_at = (found.delivered_at or now) if reference is not None else None
            return move_message(conn, found, status=status, reference=reference, error=None, tries=0, due_at=None,
                                delivered_at=delivered_at) is not None  # fmt: skip
        if found.reference is not None or reference is None:
            return True
        # It says something else by now: what has just gone out is to be changed.
        placed = move_message(conn, found, reference=reference, delivered_at=now)
        return placed is not None and revise(conn, self._queue, placed, placed.content, now) is not None

    def _note_failure(self, message: Message, error: Exception) -> None:
        if self._stopped.is_set():
            return
        text, now = _explain(message, error), self._clock()
        delay, tries = _next_try(message, error)
        with self._store.transaction() as conn:
            # The run first, as every decision does: of two that fail at once, the second sees the first.
            run = get_run(conn, message.run_id, lock=True)
            assert run is not None, "a message belongs to a run"
            if delay is not None:
                moved = self._again(conn, message, delay, now, tries=tries, error=text)
            else:
                status = "superseded" if _was_never_seen(message) else "failed"
                moved = move_message(conn, message, status=status, tries=tries, error=text, due_at=None)
            is_given_up = tries == TRIES > message.tries or (delay is None and message.tries < TRIES)
            if moved is not None and is_given_up and not _was_never_seen(message):
                self._give_up(conn, run, moved, now)

    def _give_up(self, conn: Connection, run: Run, message: Message, now: datetime) -> None:
        """Say that a message did not arrive, and do what its request does then."""
        event = get_event(conn, message.event_id) if message.event_id else None
        assert event is not None, "a message belongs to an event"
        lease = lease_of_run(conn, run.id)
        world = load_world(conn, run, event, lease.snapshot["flow"] if lease else None)
        failure = Decision(error=message.error, audit=("message.failed",))
        record(conn, "message.failed", world, errors=(message.error or "",), now=now)
        if message.kind != "error":
            self._notices.report(conn, Told(world=world, run=run, lease=lease, decision=failure), now)
        if not _reached_nobody(conn, run, message) or not routing.goes_on_after_failure(run.routing):
            return
        fields = {"position": message.content["position"], "cause": "delivery_failure"}
        forward = following_event(run, event, Following(name="forward", channel="internal", fields=fields), now)
        insert_event(conn, forward)
        self._queue.enqueue(conn, forward.phase, forward.id, forward.attempt)


def _earlier_in_thread(conn: Connection, message: Message) -> list[Message]:
    """What the requester was told of the run before, or is still being told, oldest first."""
    if message.kind != "requester":
        return []
    told = [item for item in messages_of_run(conn, message.run_id) if item.kind == "requester"]
    place = next(index for index, item in enumerate(told) if item.id == message.id)
    out = [item for item in told if item.id != message.id and item.reference]
    return out or [item for item in told[:place] if item.status == "waiting"]


def _next_try(message: Message, error: Exception) -> tuple[float | None, int]:
    """In how many seconds the message is tried again, None if never, and how many tries were in vain by now."""
    tries = message.tries + 1
    if isinstance(error, Undeliverable):
        return None, tries
    wish = error.retry_after if isinstance(error, Unreachable) else None
    if wish is not None and message.attempt - message.tries <= MOST_UNCOUNTED:
        return min(max(wish, 1.0), LONGEST_WISH), message.tries
    most = MOST_TRIES_OF_REPLIES if message.kind == "reply" else MOST_TRIES
    return (min(2.0**tries, LONGEST_PAUSE) if tries < most else None), tries


def _is_past(message: Message) -> bool:
    """Whether it is the card of a request that was sent on to others."""
    return message.kind == "request" and message.content.get("state") == "forwarded"


def _was_never_seen(message: Message) -> bool:
    return _is_past(message) and message.reference is None


def _reached_nobody(conn: Connection, run: Run, failed: Message) -> bool:
    """Whether a request waits for people none of whom could be reached."""
    if failed.kind != "request" or run.status != "requested":
        return False
    position = routing.position_of(run.routing)
    if failed.content.get("position") != position:
        return False
    siblings = [item for item in messages_of_run(conn, run.id)
                if item.kind == "request" and item.content.get("position") == position]  # fmt: skip
    return all(item.reference is None and (item.status == "failed" or item.tries >= TRIES) for item in siblings)


def _explain(message: Message, error: Exception) -> str:
    place = ", ".join(str(message.destination[key]) for key in ("kind", "name", "id", "channel")
                      if key in message.destination)  # fmt: skip
    if isinstance(error, SymError):
        return f"The message to {place} could not be delivered: {error}"
    # Not its text: a client's exception may hold a token.
    log.warning("the message %s could not be delivered", message.id, exc_info=error)
    return f"The message to {place} could not be delivered ({type(error).__name__}); the runtime's log says more."
