"""The ledger: the list of leases kept beside the store, off the database.

A store can be lost, or restored from a backup that is older than the grants made since. The ledger then says who holds
what and until when, and holds what is needed to end it. A line is on the disk before a vendor is asked to grant;
without it nothing is granted. The end of access never depends on it.
"""

from __future__ import annotations

import fcntl
import logging
import os
import secrets
import socket
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sym.engine.ledger_files import SUFFIX, Content, Document, files, hash_of, line, read, refuse_open_to_others
from sym.engine.views import World
from sym.errors import Unavailable
from sym.store.grants import Lease
from sym.store.runs import Run
from sym.store.users import User

log = logging.getLogger(__name__)
_WATCHED = ("ends_at", "identity", "preexisting", "output")
_NAME = "ledger-id"


class LedgerUnwritable(Unavailable):
    """The list of leases beside the store cannot be written, so nothing is granted for now."""


class Ledger:
    """One process's file in the folder, of the organization with the id ``org``. Safe to share between threads."""

    def __init__(self, folder: Path, org: str, clock: Callable[[], datetime]) -> None:
        self.folder = folder
        self._org = org
        self._clock = clock
        self._writing, self._syncing = threading.Lock(), threading.Lock()
        self._file: int | None = None
        self._path: Path | None = None
        self._documents: set[str] = set()
        self._written = self._synced = 0
        self.problem: str | None = None
        """Why nothing could be written when it was last tried; None if it could."""

    @property
    def id(self) -> str:
        """What tells this folder from the folders of other machines. Raises LedgerUnwritable."""
        path = self.folder / _NAME
        try:
            self._make_folder()
            if not path.exists():
                draft = path.with_name(f".{_NAME}-{secrets.token_hex(8)}")
                draft.write_text(f"{socket.gethostname()}-{secrets.token_hex(8)}")
                # Not replaced: of two processes that start at once, the first one names it.
                try:
                    os.link(draft, path)
                except FileExistsError:
                    pass
                finally:
                    draft.unlink()
            return path.read_text().strip()
        except OSError as error:
            raise self._unwritable(error) from error

    def read(self) -> Content:
        """What all files of this organization say. Raises Unavailable."""
        return read(self.folder, self._org) if self.folder.is_dir() else Content()

    def granting(self, world: World, lease: Lease) -> None:
        """Write down, for good, that the vendor is about to be asked to grant. Raises LedgerUnwritable."""
        now = self._clock()
        ends_at = None
        if world.params.get("schedule_deescalation", True):
            ends_at = now + timedelta(seconds=world.run.duration or 0)
        told = {**_change(lease, "granting", now), "starts_at": now.isoformat(), "ends_at": _text(ends_at)}
        self.append([told | _details(world.run, world.users.get(world.run.requester_id), lease)])

    def held(self, run: Run, requester: User | None, lease: Lease) -> None:
        """Write down a lease that holds access already. Raises LedgerUnwritable."""
        self.append([_change(lease, "active", self._clock()) | _details(run, requester, lease)])

    def moved(self, moves: Iterable[tuple[Lease, Lease]]) -> None:
        """Take note of leases that were changed in the store: before and after. Never raises."""
        told = [change for before, after in moves if (change := self._noteworthy(before, after))]
        if told:
            try:
                self.append(told)
            except LedgerUnwritable:
                log.error("the end or change of leases is in the store, but not in the ledger")

    def _noteworthy(self, before: Lease, after: Lease) -> Document | None:
        now = self._clock()
        if after.status == "ended":
            return {**_line(after, "ended", now), "ended_at": _text(after.ended_at or now)}
        has_begun = after.status == "active" != before.status or before.status == "ended"
        if after.status == "pending" or not (
            has_begun or any(getattr(before, name) != getattr(after, name) for name in _WATCHED)
        ):
            return None
        return _change(after, "active", now)

    def append(self, told: Sequence[Document]) -> None:
        """Write lines and wait until they are on the disk, all of them or none. Raises LedgerUnwritable."""
        try:
            with self._writing:
                file = self._opened()
                whole = b"".join(line(part) for item in told for part in self._split(item))
                self._write(file, whole)
                mine = self._written = self._written + len(whole)
            with self._syncing:
                if self._file is not file:
                    raise OSError(0, "another thread could not write")
                if self._synced < mine:
                    # Whatever was written meanwhile is covered as well: the others need not wait for a turn of theirs.
                    covered = self._written
                    os.fdatasync(file)
                    self._synced = covered
        except OSError as error:
            raise self._unwritable(error) from error
        self.problem = None

    def _split(self, item: Document) -> list[Document]:
        """A line, after the flow it refers to if this file does not have that yet."""
        flow = item.get("snapshot", {}).get("flow")
        if not isinstance(flow, dict):
            return [item]
        name = hash_of(flow)
        short = {**item, "snapshot": {**item["snapshot"], "flow": name}}
        if name in self._documents:
            return [short]
        self._documents.add(name)
        return [{"kind": "document", "id": name, "value": flow}, short]

    def _write(self, file: int, whole: bytes) -> None:
        start = os.fstat(file).st_size
        try:
            done = 0
            while done < len(whole):
                done += os.write(file, whole[done:])
        except OSError:
            # What comes next must not be glued to half a line.
            self._leave(start)
            raise

    def _leave(self, size: int) -> None:
        """Go on with a new file, because the present one could not be written to its end."""
        if self._file is not None:
            try:
                os.ftruncate(self._file, size)
            except OSError:
                log.warning("half a line stays at the end of %s", self._path)
        self.close()

    def _opened(self) -> int:
        if self._file is None:
            self._make_folder()
            name = f"{self._org}.{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}{SUFFIX}"
            self._path, draft = self.folder / name, self.folder / f".{name}"
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
            self._file = os.open(draft, flags, 0o600)
            # Held for as long as the process lives, and before the file has its name: nobody else tidies it up.
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            draft.rename(self._path)
            _sync_folder(self.folder)
            self._documents.clear()
            self._written = self._synced = 0
        return self._file

    def _make_folder(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            refuse_open_to_others(self.folder, self.folder.stat().st_mode, "700")
        except Unavailable as error:
            raise PermissionError(0, str(error)) from error

    def _unwritable(self, error: OSError) -> LedgerUnwritable:
        self.problem = f"The ledger at {self.folder} cannot be written: {error.strerror}."
        log.error("%s Nothing is granted before it can.", self.problem)
        return LedgerUnwritable(code="Ledger:UNWRITABLE")

    def compact(self, content: Content, ended: frozenset[str]) -> int:
        """Copy what dead processes left and still matters into this process's file, and remove theirs; gives how many
        files went. ``ended`` are leases the store knows to have ended. Damaged files stay. Raises LedgerUnwritable."""
        dead = [path for path in files(self.folder, self._org) if path not in content.damaged and self._is_dead(path)]
        if not dead or any(entry.is_live and not entry.is_complete for entry in content.entries.values()):
            return 0
        live = [entry for entry in content.entries.values() if entry.is_live and entry.lease_id not in ended]
        for start in range(0, len(live), 1000):
            self.append([entry.document for entry in live[start : start + 1000]])
        for path in dead:
            path.unlink(missing_ok=True)
        return len(dead)

    def _is_dead(self, path: Path) -> bool:
        if path == self._path:
            return False
        try:
            with path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def close(self) -> None:
        """Let go of the file; the next line begins a new one."""
        with self._syncing:
            if self._file is not None:
                os.close(self._file)
                self._file = None


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _line(lease: Lease, status: str, now: datetime) -> Document:
    return {"kind": "lease", "lease": lease.id, "version": lease.version, "status": status, "at": now.isoformat()}


def _change(lease: Lease, status: str, now: datetime) -> Document:
    return {
        **_line(lease, status, now),
        "starts_at": _text(lease.starts_at), "ends_at": _text(lease.ends_at), "identity": lease.identity,
        "key": lease.key, "key_document": lease.key_document, "preexisting": lease.preexisting, "output": lease.output,
    }  # fmt: skip


def _details(run: Run, requester: User | None, lease: Lease) -> Document:
    """What is needed to end a lease without the store, besides what changes while it lasts. There are no secrets in
    it: a snapshot says where they are kept."""
    person = {
        "id": run.requester_id,
        "username": requester and requester.username,
        "email": requester and requester.email,
    }
    about: dict[str, Any] = {
        "id": run.id, "flow_id": run.flow_id, "flow_slug": run.flow_slug, "flow_version": run.flow_version,
        "source": run.source, "fields": run.fields, "target_id": run.target_id, "target_version": run.target_version,
        "duration": run.duration, "actors": run.actors, "created_at": run.created_at.isoformat(),
    }  # fmt: skip
    return {"run": about, "requester": person, "snapshot": lease.snapshot}
