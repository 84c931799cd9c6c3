"""Recovery mode: a store that is older than its ledger, or than the anchor of its audit log, grants nothing.

It is found out when the runtime starts, and kept in the store, so that every process knows. New requests and approvals
are refused, grants that were under way wait, and endings go on, until ``symflow recover`` has taken back what the store
forgot.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sym.engine.ledger import Ledger, LedgerUnwritable
from sym.engine.ledger_files import Content, Entry
from sym.engine.views import World
from sym.errors import Recovering, SymError, Unavailable
from sym.store.database import Connection, Store
from sym.store.grants import Lease, get_lease
from sym.store.recovery import enter_recovery, lease_versions, leave_recovery, recoveries
from sym.store.runs import get_run
from sym.store.users import get_user

log = logging.getLogger(__name__)
PATIENCE_SECONDS = 2.0
ANCHOR = "audit anchor"
GRANTING = frozenset({"prompt", "request", "approve", "escalate", "extend", "retry"})
"""The events that lead to access, or to more of it. All others are taken in recovery mode too."""

Trails = Callable[[Store], str | None]
"""Says how the store trails something that is kept beside it, None if it does not."""


@dataclass(frozen=True, kw_only=True)
class Forgotten:
    """A lease the ledger knows better than the store. ``known`` is the store's (version, status), None if it does not
    know the lease at all."""

    entry: Entry
    known: tuple[int, str] | None


def forgotten(entries: Iterable[Entry], known: Mapping[str, tuple[int, str]]) -> list[Forgotten]:
    """What the store has forgotten: access it does not know of, and leases it knows in an older state.

    An ended lease that the store does not know at all is nothing to take back. The order is that of the ends.
    """
    found = []
    for entry in entries:
        row = known.get(entry.lease_id)
        if entry.is_live if row is None else entry.version > row[0]:
            found.append(Forgotten(entry=entry, known=row))
    return sorted(found, key=lambda item: (item.entry.document.get("ends_at") or "9", item.entry.lease_id))


def compare(store: Store, content: Content) -> list[Forgotten]:
    """What the store has forgotten of what the ledger says. ``content`` must have been read before: what is committed
    meanwhile makes the store newer, never older."""
    with store.reading() as conn:
        return forgotten(content.entries.values(), lease_versions(conn, content.entries))


class Recovery:
    """Watches over the grants of one process."""

    def __init__(
        self, store: Store, ledger: Ledger, clock: Callable[[], datetime], trails: Trails | None = None
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._clock = clock
        self._trails = trails
        self._comparing, self._is_compared = threading.Lock(), False
        self._unreadable: str | None = None
        self._checking = threading.Thread(target=self._check_or_complain, name="sym-recovery", daemon=True)

    def start(self) -> None:
        """:meth:`check`, in the background if it takes longer than a moment: a hundred thousand leases are not to keep
        those that are due from ending. Nothing is granted before it is done."""
        self._checking.start()
        self._checking.join(PATIENCE_SECONDS)

    def _check_or_complain(self) -> None:
        try:
            self.check()
        except Exception:
            log.exception("the store could not be compared with its ledger; nothing is granted before it is")

    def check(self) -> None:
        """Compare the store with the ledger and the anchor, enter recovery mode if it trails one, and otherwise tidy
        the ledger up. To be called before anything is granted. Raises Unavailable if the store cannot be read."""
        self._store.lease_observer = self._ledger.moved
        self._compare()

    def _compare(self) -> None:
        if self._is_compared or not self._comparing.acquire(blocking=False):
            return
        try:
            if self._trails is not None and (reason := self._trails(self._store)):
                self._enter(ANCHOR, reason)
            source, content = self._ledger.id, self._ledger.read()
            self._compare_with(source, content)
            self._is_compared, self._unreadable = True, None
        except SymError as error:
            # Without it nothing is granted; everything else goes on.
            self._unreadable = str(error)
            log.error("the store could not be compared with its ledger: %s", error)
        finally:
            self._comparing.release()

    def _compare_with(self, source: str, content: Content) -> None:
        for problem in content.problems:
            log.error("the ledger is damaged: %s", problem)
        with self._store.reading() as conn:
            known = lease_versions(conn, content.entries)
        if trailing := forgotten(content.entries.values(), known):
            self._enter(source, reason_of(trailing))
            return
        with self._store.transaction() as conn:
            leave_recovery(conn, source, leases=0, now=self._clock())
        try:
            self._tidy(content, known)
        except Unavailable as error:
            log.error("the ledger could not be tidied up: %s", error)

    def _enter(self, source: str, reason: str) -> None:
        log.error("recovery mode, nothing is granted: %s", reason)
        with self._store.transaction() as conn:
            enter_recovery(conn, source, reason, self._clock())

    def _tidy(self, content: Content, known: Mapping[str, tuple[int, str]]) -> None:
        # Of a store that had no ledger so far, or whose ledger was lost.
        unlisted = [lease_id for lease_id, (_, status) in known.items()
                    if lease_id not in content.entries and status in ("active", "ending", "stuck")]  # fmt: skip
        if unlisted:
            with self._store.reading() as conn:
                for lease_id in unlisted:
                    self._hold(conn, get_lease(conn, lease_id))
        ended = frozenset(lease_id for lease_id, (_, status) in known.items() if status == "ended")
        self._ledger.compact(content, ended)

    def _hold(self, conn: Connection, lease: Lease | None) -> None:
        run = get_run(conn, lease.run_id) if lease else None
        if lease is not None and run is not None:
            self._ledger.held(run, get_user(conn, run.requester_id), lease)

    def before_grant(self, world: World, lease: Lease) -> None:
        """To be called before a vendor is asked to grant. Raises Recovering in recovery mode, and LedgerUnwritable."""
        self._compare()
        if not self._is_compared:
            message = "The list of leases beside the store was not read yet, so nothing is granted for now."
            raise LedgerUnwritable(message, code="Ledger:UNREAD")
        with self._store.reading() as conn:
            refuse_in_recovery(conn, "escalate")
        self._ledger.granting(world, lease)

    def problems(self) -> list[str]:
        """Why nothing is granted now; [] if nothing keeps it from it."""
        with self._store.reading() as conn:
            found = [f"recovery mode: {item.reason} Run `symflow recover`." for item in recoveries(conn)]
        if not self._is_compared:
            why = self._unreadable or "it takes a while"
            found.append(f"the ledger at {self._ledger.folder} was not read yet, and nothing is granted: {why}")
        return found + ([self._ledger.problem] if self._ledger.problem else [])

    def stop(self) -> None:
        """Let go of the ledger's file."""
        if self._checking.is_alive():
            self._checking.join(30)
        self._store.lease_observer = None
        self._ledger.close()


def reason_of(trailing: list[Forgotten]) -> str:
    """What is wrong, in one sentence that names nobody."""
    grants = sum(item.entry.is_live for item in trailing)
    return f"the ledger knows {grants} grants and {len(trailing) - grants} ends that the store has forgotten."


def refuse_in_recovery(conn: Connection, event: str) -> None:
    """Raise Recovering if the store is in recovery mode and ``event`` may lead to access."""
    if event in GRANTING and recoveries(conn):
        raise Recovering(code="API:RECOVERY_MODE")
