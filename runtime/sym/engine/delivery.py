"""Messages on their way to people: delivered, tried again, given up; and what a request does that reached nobody.

Nothing here runs inside a transaction but the note of what came of it. A crash in between delivers again, under the
same id: the surface knows what it has.
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
from sym.engine.outbound import ErrorReport, Outbound, Outgoing, Undeliverable
from sym.engine.queue import Queue
from sym.engine.views import load_world
from sym.errors import SymError
from sym.store.database import Connection, Store
from sym.store.events import get_event, insert_event
from sym.store.grants import lease_of_run
from sym.store.messages import Message, get_message, messages_of_run, move_message
from sym.store.runs import Run, get_run

log = logging.getLogger(__name__)
TRIES = 6
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
            thread = _thread(conn, message)
        if self._stopped.is_set() or not self._outbound.is_bound:
            return
        try:
            reference = self._hand_over(message, thread)
        except Exception as error:  # noqa: BLE001 - whatever a surface raises is a failed delivery
            self._note_failure(message, error)
        else:
            self._note_delivery(message, reference)

    def _hand_over(self, message: Message, thread: Mapping[str, Any] | None) -> dict[str, Any]:
        if message.kind == "error":
            report = ErrorReport(id=message.id, attempt=message.attempt, run_id=message.run_id,
                                 destination=message.destination, content=message.content)  # fmt: skip
            self._outbound.report(report)
            return {}
        outgoing = Outgoing(
            id=message.id, attempt=message.attempt, run_id=message.run_id, kind=message.kind,
            destination=message.destination, content=message.content, thread=thread,
        )  # fmt: skip
        if message.reference is None:
            return dict(self._outbound.deliver(outgoing))
        self._outbound.update(outgoing, message.reference)
        return message.reference

    def _note_delivery(self, message: Message, reference: dict[str, Any]) -> None:
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

    def _note_reference(self, conn: Connection, found: Message, attempt: int, reference: dict[str, Any],
                        now: datetime) -> bool:  # fmt: skip
        """Note where the message is; False if it was moved meanwhile."""
        if (found.status, found.attempt) == ("waiting", attempt):
            status = "superseded" if found.content.get("state") == "forwarded" else "delivered"
            return move_message(conn, found, status=status, reference=reference, error=None, tries=0, due_at=None,
                                delivered_at=found.delivered_at or now) is not None  # fmt: skip
        if found.reference is not None:
            return True
        # It says something else by now: what has just gone out is to be changed.
        placed = move_message(conn, found, reference=reference, delivered_at=now)
        return placed is not None and revise(conn, self._queue, placed, placed.content, now) is not None

    def _note_failure(self, message: Message, error: Exception) -> None:
        if self._stopped.is_set():
            return
        text, now = _explain(message, error), self._clock()
        tries = message.tries + 1
        with self._store.transaction() as conn:
            # The run first, as every decision does: of two that fail at once, the second sees the first.
            run = get_run(conn, message.run_id, lock=True)
            assert run is not None, "a message belongs to a run"
            if not isinstance(error, Undeliverable) and tries < TRIES:
                delay = 2.0**tries
                moved = move_message(conn, message, attempt=message.attempt + 1, tries=tries, error=text,
                                     due_at=now + timedelta(seconds=delay) + GRACE)  # fmt: skip
                if moved is not None:
                    self._queue.enqueue(conn, "deliver", moved.id, moved.attempt, delay)
                return
            given_up = move_message(conn, message, status="failed", tries=tries, error=text, due_at=None)
            if given_up is not None:
                self._give_up(conn, run, given_up, now)

    def _give_up(self, conn: Connection, run: Run, message: Message, now: datetime) -> None:
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


def _thread(conn: Connection, message: Message) -> dict[str, Any] | None:
    """Where the thread of a message to the requester began."""
    if message.kind != "requester":
        return None
    told = (item for item in messages_of_run(conn, message.run_id) if item.kind == "requester" and item.reference)
    return next((item.reference for item in told if item.id != message.id), None)


def _reached_nobody(conn: Connection, run: Run, failed: Message) -> bool:
    """Whether a request waits for people none of whom could be reached."""
    if failed.kind != "request" or run.status != "requested":
        return False
    position = routing.position_of(run.routing)
    if failed.content.get("position") != position:
        return False
    siblings = [item for item in messages_of_run(conn, run.id)
                if item.kind == "request" and item.content.get("position") == position]  # fmt: skip
    return all(item.status == "failed" and item.reference is None for item in siblings)


def _explain(message: Message, error: Exception) -> str:
    place = ", ".join(str(message.destination[key]) for key in ("kind", "name", "id", "channel")
                      if key in message.destination)  # fmt: skip
    if isinstance(error, SymError):
        return f"The message to {place} could not be delivered: {error}"
    # Not its text: a client's exception may hold a token.
    log.warning("the message %s could not be delivered", message.id, exc_info=error)
    return f"The message to {place} could not be delivered ({type(error).__name__}); the runtime's log says more."
