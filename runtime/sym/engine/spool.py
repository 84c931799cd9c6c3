"""What happens when the audit log cannot be written: nothing is granted, and access that is due ends all the same.

The entries of an ending then go to a file, on the disk before the ending is committed, and the sealer puts them into
the log when it takes them again. A crash between the two leaves an entry about an ending that was tried and is tried
again: told twice rather than not at all.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any, TypeVar

from sym.audit.entry import timestamp
from sym.engine.lifecycle import Decision
from sym.errors import Unavailable, Unrecorded
from sym.store.audit import SPOOL, exists, insert
from sym.store.database import Connection, Store

log = logging.getLogger(__name__)
T = TypeVar("T")
Rows = tuple[dict[str, Any], list[dict[str, Any]]]


def recorded(store: Store, spool: Spool | None, work: Callable[[Connection], T], *, ends: bool) -> T:
    """Do ``work`` in a transaction. If that fails because the audit log cannot be written, and the work ``ends``
    access, do it with its entries in the spool. Raises Unrecorded for any other work."""
    try:
        with store.transaction() as conn:
            return work(conn)
    except Unrecorded as error:
        if not ends or spool is None:
            raise
        log.error("The audit log cannot be written (%s): an ending goes on, its entries wait in %s",
                  error.__cause__ or error, spool.path)  # fmt: skip
    with spool.transaction(store) as conn:
        return work(conn)


def is_ending(event: str, decision: Decision) -> bool:
    """Whether a decision about ``event`` takes access away, or leads to it: it must not wait for the audit log."""
    following = decision.following.name if decision.following else None
    takes_back = decision.error is not None and following == "deescalate"
    return event in ("deescalate", "remove") or decision.lease in ("ending", "ended", "stuck") or takes_back


class Spool:
    """A file of entries, one JSON object a line, that its owner alone may read. Processes of one machine may share
    it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextlib.contextmanager
    def transaction(self, store: Store) -> Iterator[Connection]:
        """Like the store's, with audit entries going to the file. Raises Unavailable if that cannot be written."""
        rows: list[Rows] = []
        written = False
        try:
            with store.transaction() as conn:
                conn.execution_options(**{SPOOL: rows})
                yield conn
                self._append([_document(entry, personal) for entry, personal in rows])
                written = True
        except BaseException:
            if written:
                self._append([{"void": entry["id"]} for entry, _ in rows])
            raise

    def is_empty(self) -> bool:
        """Whether nothing waits."""
        try:
            return self.path.stat().st_size == 0
        except FileNotFoundError:
            return True

    def replay(self, store: Store) -> int:
        """Put what waits into the log, and empty the file; how many entries that were. Nothing is entered twice.

        Raises Unrecorded or Unavailable as long as the log cannot be written: the file stays as it is.
        """
        if self.is_empty():
            return 0
        with self._locked() as file:
            lines = [line for text in file.read().splitlines() if (line := _whole(text))]
            void = {line["void"] for line in lines if "void" in line}
            waiting = [line for line in lines if "entry" in line and line["entry"]["id"] not in void]
            with store.transaction() as conn:
                for line in waiting:
                    _enter(conn, line)
            file.truncate(0)
            os.fsync(file.fileno())
        return len(waiting)

    def _append(self, documents: list[dict[str, Any]]) -> None:
        if not documents:
            return
        text = "".join(json.dumps(document, separators=(",", ":")) + "\n" for document in documents)
        with self._locked() as file:
            file.seek(0, os.SEEK_END)
            file.write(b"\n" * (file.tell() > 0) + text.encode())  # whatever a crash cut short ends here
            file.flush()
            os.fsync(file.fileno())

    @contextlib.contextmanager
    def _locked(self) -> Iterator[IO[bytes]]:
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "r+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                yield file
        except OSError as error:
            raise Unavailable(f"The audit log's spool {self.path} cannot be used: {error.strerror}.") from error


def _whole(text: bytes) -> dict[str, Any] | None:
    """The object of a line; None for one that a crash cut short: what it tells about was never committed."""
    try:
        line: dict[str, Any] = json.loads(text)
    except ValueError:
        return None
    return line


def _document(entry: dict[str, Any], personal: list[dict[str, Any]]) -> dict[str, Any]:
    return {"entry": {**entry, "recorded_at": timestamp(entry["recorded_at"])}, "personal": personal}


def _enter(conn: Connection, line: dict[str, Any]) -> None:
    entry = line["entry"]
    if not exists(conn, entry["id"]):
        insert(conn, {**entry, "recorded_at": datetime.fromisoformat(entry["recorded_at"])}, line["personal"])
