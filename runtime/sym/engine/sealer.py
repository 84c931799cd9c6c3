"""The sealer: every second it seals what was appended to the audit log, in one worker at a time.

It also puts spooled entries into the log, writes anchors, and removes what is older than is to be kept. While nothing
happens it asks the store one small question every few seconds.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sym.audit.seals import Seal
from sym.engine.anchors import anchor_of, anchors_at
from sym.engine.audit_keys import signing
from sym.engine.keys import KeyDirectory
from sym.engine.retention import prune
from sym.engine.spool import Spool
from sym.errors import SymError
from sym.store.database import Store
from sym.store.seals import has_unsealed, last_seal, seal_next

log = logging.getLogger(__name__)
BUSY_SECONDS = 1.0
IDLE_SECONDS = 5.0
ANCHOR_EVERY = timedelta(seconds=10)
PRUNE_EVERY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class AuditSettings:
    """How the log is kept: the folder of the keys; the file for entries the store does not take; where anchors go (a
    file's path or ``s3://bucket/prefix``, None for nowhere); how long entries are kept (None: for ever)."""

    keys_dir: Path
    spool: Path
    anchor: str | None = None
    retention: timedelta | None = None


class Sealer:
    """A thread that seals until it is stopped."""

    def __init__(self, store: Store, settings: AuditSettings, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._keys = KeyDirectory(settings.keys_dir)
        self._spool = Spool(settings.spool)
        self._anchors = anchors_at(settings.anchor) if settings.anchor else None
        self._retention = settings.retention
        self._clock = clock
        self._anchored_at: datetime | None = None
        self._pruned_at: datetime | None = None
        self._unanchored: Seal | None = None
        self._failed = ""
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="sym-sealer", daemon=True)

    def start(self) -> None:
        """Begin to seal."""
        self._thread.start()

    def stop(self) -> None:
        """Seal and anchor what there is, and stop."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    def seal(self) -> int:
        """Enter what is spooled and seal what is not sealed; how many entries were sealed."""
        self._spool.replay(self._store)
        sealed, sign = 0, signing(self._keys)
        while self._has_unsealed():
            with self._store.transaction() as conn:
                seal = seal_next(conn, sign=sign, now=self._clock())
            if seal is None:
                break
            sealed, self._unanchored = sealed + seal.entry_count, seal
        return sealed

    def anchor(self, *, at_once: bool = False) -> None:
        """Write the last seal down, if there is a new one, at most every ten seconds. Raises Unavailable."""
        now = self._clock()
        if self._anchors is None or self._unanchored is None:
            return
        if not at_once and self._anchored_at is not None and now - self._anchored_at < ANCHOR_EVERY:
            return
        with self._store.reading() as conn:
            newest = last_seal(conn)
        if newest is not None:
            self._anchors.append(anchor_of(newest, now=now))
        self._anchored_at, self._unanchored = now, None

    def prune(self) -> None:
        """Once a day, remove what is older than is to be kept."""
        now = self._clock()
        if self._retention is None or (self._pruned_at is not None and now - self._pruned_at < PRUNE_EVERY):
            return
        prune(self._store, before=now - self._retention, sign=signing(self._keys), now=now)
        self._pruned_at = now

    def _has_unsealed(self) -> bool:
        with self._store.reading() as conn:
            return has_unsealed(conn)

    def _loop(self) -> None:
        pause = BUSY_SECONDS
        while not self._stopped.wait(pause):
            pause = BUSY_SECONDS if self._turn(at_once=False) else min(pause + BUSY_SECONDS, IDLE_SECONDS)
        self._turn(at_once=True)

    def _turn(self, *, at_once: bool) -> bool:
        """Do everything there is to do; whether there was anything."""
        try:
            sealed = self.seal()
            self.anchor(at_once=at_once)
            self.prune()
        except SymError as error:
            # Once, not every second: a key that is missing stays missing.
            if str(error) != self._failed:
                log.error("The audit log is not sealed: %s", error)
            self._failed = str(error)
            return False
        except Exception:
            log.exception("the audit log could not be sealed; the next try follows")
            return False
        self._failed = ""
        return sealed > 0
