"""The reporter: sends the audit log to the log destinations of environments.

A destination gets every entry of the runs whose flow's environment lists it, from where the log tells of its
declaration, in the order in which entries were sealed. How far it has come is a cursor in the store, moved after it has
taken a batch; so a crash in between sends that batch again, under the same ids. Nothing is ever skipped: what fails is
tried again, with pauses of up to ten minutes for a day; then the error loggers hear of it, and it goes on every hour.
Each time a batch fails the next one is half as long, so that one bad entry is found, and all before it arrive.

Each destination has a thread of its own while there is something for it, in one worker at a time: it is claimed, and
the claim is made longer with each batch. One that hangs or is slow delays no other, nor any request.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from sym.engine.connections.opening import Connections
from sym.engine.notices import Notices
from sym.engine.reporting_failures import changes_after, is_to_be_told, tell
from sym.engine.reporting_outlet import Outlet, outlet_of
from sym.engine.secret_access import SecretAccess
from sym.observability import watch
from sym.observability.redaction import forgetting
from sym.sdk._secrets import SecretPlace
from sym.store.database import Store
from sym.store.log_cursors import (
    Batch,
    LogCursor,
    begin_cursor,
    claim_cursor,
    due_destinations,
    free_all_cursors,
    get_cursor,
    move_cursor,
    next_batch,
)  # fmt: skip

log = logging.getLogger(__name__)
BUSY_SECONDS = 1.0
IDLE_SECONDS = 5.0
STOP_SECONDS = 10.0
CLAIM = timedelta(seconds=90)
"""A worker that died in the middle is waited for so long; longer than a request to a service takes."""


class Reporter:
    """Sends until it is stopped."""

    def __init__(self, store: Store, connections: Connections, place: SecretPlace, notices: Notices,
                 clock: Callable[[], datetime]) -> None:  # fmt: skip
        self._store = store
        self._connections = connections
        self._secrets = SecretAccess(store, place, connections, clock)
        self._notices = notices
        self._clock = clock
        self._in_hand: dict[str, threading.Thread] = {}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="sym-reporter", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        if self._store.dialect == "sqlite":
            # Whoever had them was the process before this one.
            with self._store.transaction() as conn:
                free_all_cursors(conn)
        self._thread.start()

    def stop(self) -> None:
        """Let what is being sent arrive, and stop."""
        self._stopped.set()
        end = time.monotonic() + STOP_SECONDS
        if self._thread.is_alive():
            self._thread.join(STOP_SECONDS)
        for thread in list(self._in_hand.values()):
            thread.join(max(0.0, end - time.monotonic()))

    def due(self) -> list[str]:
        """Ids of the destinations that there may be something for."""
        with self._store.reading() as conn:
            return due_destinations(conn, self._clock())

    def send(self, destination_id: str) -> int:
        """Send a destination all there is for it, unless somebody else does; how many entries it took."""
        claimant = str(uuid.uuid4())
        cursor = self._claim(destination_id, claimant)
        sent = 0
        while cursor is not None and not self._stopped.is_set():
            with forgetting():
                moved, count = self._send_batch(cursor)
            sent += count
            if moved is None or moved.next_at is not None or moved == cursor:
                cursor = moved
                break
            cursor = moved
        if cursor is not None:
            with self._store.transaction() as conn:
                move_cursor(conn, cursor, claimed_by=None, claimed_until=None)
        return sent

    def _claim(self, destination_id: str, claimant: str) -> LogCursor | None:
        with self._store.transaction() as conn:
            if get_cursor(conn, destination_id) is None and not begin_cursor(conn, destination_id):
                return None
            return claim_cursor(conn, destination_id, by=claimant, now=self._clock(), lasts=CLAIM)

    def _send_batch(self, cursor: LogCursor) -> tuple[LogCursor | None, int]:
        """Send what comes next; where the cursor is then (None: somebody else has it), and how many were taken."""
        with self._store.reading() as conn:
            outlet = outlet_of(conn, cursor.destination_id, self._connections, self._secrets)
            if outlet is None:
                return None, 0
            limit = max(1, outlet.most_entries >> min(cursor.tries, 20))
            batch = next_batch(conn, cursor, limit=limit, whole_seals=outlet.whole_seals,
                               personal=outlet.sends_personal)  # fmt: skip
        if batch is None:
            return cursor, 0
        try:
            if batch.entries:
                outlet.send(batch.entries, self._clock())
        except Exception as error:  # noqa: BLE001 - whatever it raises, it has not taken them
            return self._failed(cursor, outlet, batch, error)
        return self._taken(cursor, outlet, batch), len(batch.entries)

    def _taken(self, cursor: LogCursor, outlet: Outlet, batch: Batch) -> LogCursor | None:
        now = self._clock()
        changes = {
            "seal": batch.seal, "sequence": batch.sequence, "claimed_until": now + CLAIM, "tries": 0,
            "failing_since": None, "told_at": None, "next_at": None, "error": None,
        }  # fmt: skip
        if batch.entries:
            changes["sent_at"] = now
            watch.sent_to_log_destination(outlet.type, outlet.slug, len(batch.entries))
            if cursor.failing_since is not None:
                log.info("the log destination %s:%s takes entries again", outlet.type, outlet.slug)
        with self._store.transaction() as conn:
            return move_cursor(conn, cursor, **changes)

    def _failed(self, cursor: LogCursor, outlet: Outlet, batch: Batch,
                error: Exception) -> tuple[LogCursor | None, int]:  # fmt: skip
        now, name = self._clock(), f"{outlet.type}:{outlet.slug}"
        taken = 0 if outlet.whole_seals else min(getattr(error, "delivered", 0), len(batch.entries) - 1)
        changes = changes_after(cursor, error, now, progress=taken > 0)
        if taken:
            last = batch.entries[taken - 1]
            changes |= {"seal": last.seal, "sequence": last.sequence, "sent_at": now}
        watch.log_destination_failed(outlet.type, outlet.slug)
        log.warning("the log destination %s did not take the entry %s: %s", name, batch.entries[taken].id,
                    changes["error"])  # fmt: skip
        with self._store.transaction() as conn:
            moved = move_cursor(conn, cursor, **changes)
            if moved is not None and is_to_be_told(moved, now):
                log.error("the log destination %s has taken nothing for a day: %s", name, moved.error)
                tell(conn, self._notices, moved, batch.entries[taken], name=name, now=now)
                moved = move_cursor(conn, moved, told_at=now)
        return moved, taken

    def _loop(self) -> None:
        pause = BUSY_SECONDS
        while not self._stopped.wait(pause):
            pause = BUSY_SECONDS if self._turn() else min(pause + BUSY_SECONDS, IDLE_SECONDS)

    def _turn(self) -> bool:
        """Begin with everything that is due; whether there was anything."""
        self._in_hand = {key: thread for key, thread in self._in_hand.items() if thread.is_alive()}
        try:
            due = [destination_id for destination_id in self.due() if destination_id not in self._in_hand]
        except Exception:
            log.exception("it could not be looked up what log destinations are to be sent; the next try follows")
            return False
        for destination_id in due:
            thread = threading.Thread(
                target=self._work, args=(destination_id,), name="sym-log-destination", daemon=True
            )
            self._in_hand[destination_id] = thread
            thread.start()
        return bool(self._in_hand)

    def _work(self, destination_id: str) -> None:
        try:
            self.send(destination_id)
        except Exception:
            log.exception("the log destination %s could not be served; the next try follows", destination_id)
