"""One clock for all workers of a store: the database's, so that a machine whose clock is wrong ends nothing early or
late."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from sym.store.database import Connection, Store

log = logging.getLogger(__name__)
WORTH_TELLING = timedelta(seconds=5)
INTERVAL_SECONDS = 10.0


class StoreClock:
    """The present moment by the clock of a PostgreSQL store, carried on by this machine's monotonic time between two
    looks at it; until the first look, and on SQLite, by ``fallback``."""

    def __init__(self, store: Store, fallback: Callable[[], datetime]) -> None:
        self._store = store
        self._fallback = fallback
        self._read: tuple[datetime, float] | None = None

    def __call__(self) -> datetime:
        read = self._read
        if read is None:
            return self._fallback()
        moment, at = read
        return moment + timedelta(seconds=time.monotonic() - at)

    def read(self, conn: Connection) -> None:
        """Look at the database's clock."""
        moment = self._store.wall_clock(conn)
        if moment is None:
            return
        # The time the answer took is lost: a clock that is late by that much ends nothing early.
        is_first, self._read = self._read is None, (moment, time.monotonic())
        if is_first and abs(self.deviation()) > WORTH_TELLING:
            log.warning("this machine's clock differs from the database's by %s, which is the one that counts",
                        self.deviation())  # fmt: skip

    def deviation(self) -> timedelta:
        """How far this machine's clock is ahead of the store's; nothing on SQLite."""
        return self._fallback() - self()


class ClockKeeper:
    """A thread that looks at the database's clock from time to time, in a process whose worker does not do it."""

    def __init__(self, store: Store, clock: StoreClock) -> None:
        self._store = store
        self._clock = clock
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="sym-clock", daemon=True)

    def start(self) -> None:
        """Look once, and from then on every ten seconds. Raises Unavailable if the store cannot be used."""
        self._look()
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    def _look(self) -> None:
        with self._store.reading() as conn:
            self._clock.read(conn)

    def _loop(self) -> None:
        while not self._stopped.wait(INTERVAL_SECONDS):
            try:
                self._look()
            except Exception:
                log.exception("the database's clock could not be read; the last reading is carried on")
