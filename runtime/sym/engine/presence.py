"""A worker among workers: its name, its heartbeat, and who else is dead.

A worker that stays silent for ``SILENT`` is declared dead by whoever notices first, and its jobs are taken over in
their next attempt. One that was only frozen finds that out at its next heartbeat and goes on under a new name; what it
had in hand does not count any more, because the attempt has moved on.
"""

from __future__ import annotations

import logging
import os
import socket
import time
import uuid
from datetime import timedelta

from sym.engine.clock import StoreClock
from sym.store import workers
from sym.store.database import Connection, Store
from sym.store.jobs import free_jobs_of

log = logging.getLogger(__name__)
BEAT_SECONDS = 2.0
SILENT = timedelta(seconds=10)
REMEMBERED = timedelta(days=7)


class Presence:
    """This process as a worker of ``store``. ``release`` is the version it runs."""

    def __init__(self, store: Store, clock: StoreClock, release: str) -> None:
        self._store = store
        self._clock = clock
        self._release = release
        self._host = socket.gethostname()
        self._beaten = 0.0
        self._steady_since = 0.0
        self.executor_id = ""

    def begin(self) -> None:
        """Join the workers under a new name. On SQLite whoever is still among them is dead: its one process is we."""
        with self._store.transaction() as conn:
            self._clock.read(conn)
            now = self._clock()
            if self._store.dialect == "sqlite":
                workers.declare_dead(conn, silent_since=now + REMEMBERED, now=now)
            self._register(conn)

    def _register(self, conn: Connection) -> None:
        now = self._clock()
        self.executor_id = f"{self._host}:{os.getpid()}:{uuid.uuid4()}"
        workers.register(conn, workers.Worker(
            executor_id=self.executor_id, started_at=now, last_seen=now, release=self._release, host=self._host,
        ))  # fmt: skip
        self._beaten = self._steady_since = time.monotonic()

    def is_beat_due(self) -> bool:
        """Whether it is time for :meth:`beat`."""
        return time.monotonic() - self._beaten >= BEAT_SECONDS

    def beat(self, conn: Connection) -> None:
        """Say that we live, look at the clock, and declare dead who does not say so any more; in the transaction of
        ``conn``."""
        silence, self._beaten = time.monotonic() - self._beaten, time.monotonic()
        if silence > SILENT.total_seconds() / 2:
            self._steady_since = self._beaten
        self._clock.read(conn)
        now = self._clock()
        if not workers.heartbeat(conn, self.executor_id, now):
            log.warning("this worker was silent for too long and had been declared dead; it goes on under a new name")
            self._register(conn)
        # When the database was away everybody was silent: the others get their time to be heard of again.
        if self._beaten - self._steady_since > SILENT.total_seconds():
            for name in workers.declare_dead(conn, silent_since=now - SILENT, now=now, but=self.executor_id):
                log.warning("the worker %s is silent and declared dead; its work is taken over", name)
        workers.forget_workers(conn, before=now - REMEMBERED)

    def end(self) -> None:
        """Leave the workers, and what is still claimed to the others."""
        if not self.executor_id:
            return
        with self._store.transaction() as conn:
            free_jobs_of(conn, self.executor_id)
            workers.stopped(conn, self.executor_id, self._clock())
        self.executor_id = ""
