"""The files of the ledger: how they are read, merged and kept private.

A folder holds one file per start of a worker, of JSON lines that are only ever appended. A line of the kind
``document`` holds a flow as many leases froze it, once per file, under its hash; a line of the kind ``lease`` says what
changed about a lease. The lines of a lease are put together in the order of the lease's version in the store, so that
it does not matter which process of which machine wrote them, nor what its clock said.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sym.errors import NotFound, Unavailable

Document = dict[str, Any]
SUFFIX = ".jsonl"
FORMAT = 1
_ORDER = {"granting": 0, "active": 1, "ended": 2}
_KINDS = frozenset({"document", "lease"})


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What the ledger says of one lease. ``status`` is granting, active or ended; ``version`` that of the lease's row
    when it was said; ``document`` everything that is known of it, {} of ``run`` if only its end is known."""

    lease_id: str
    version: int
    status: str
    document: Document

    @property
    def is_live(self) -> bool:
        """Whether there may be access that somebody has to end."""
        return self.status != "ended"

    @property
    def is_complete(self) -> bool:
        """Whether the access could be ended with what is known."""
        return "run" in self.document and isinstance(self.document["snapshot"].get("flow"), dict)

    @property
    def requester(self) -> Document:
        """Who was granted: ``id``, ``username``, ``email``."""
        return dict(self.document.get("requester") or {})

    @property
    def person(self) -> str:
        """The requester as people know them."""
        return str(self.requester.get("email") or self.requester.get("username") or self.document.get("identity") or "")

    def moment(self, name: str) -> datetime | None:
        """``starts_at`` or ``ends_at``, in UTC; None if there is none."""
        text = self.document.get(name)
        return datetime.fromisoformat(text) if text else None


@dataclass(frozen=True, kw_only=True)
class Content:
    """What a ledger says: leases by their id; ``problems`` with a file and a line each, where it cannot be read;
    ``damaged`` the files these are in."""

    entries: dict[str, Entry] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    damaged: frozenset[Path] = frozenset()


def line(document: Mapping[str, Any]) -> bytes:
    """One line of a file."""
    return json.dumps(document, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def hash_of(document: Any) -> str:
    """The name of a document: the SHA-256 of its canonical JSON."""
    return hashlib.sha256(json.dumps(document, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def files(folder: Path, org: str | None = None) -> list[Path]:
    """The ledger's files, of one organization (its id) or of all."""
    return sorted(folder.glob(f"{org or '*'}.*{SUFFIX}"))


def read(folder: Path, org: str | None = None, *, is_trusted: bool = True) -> Content:
    """Everything the files say, those of running processes included.

    A last line that was cut short is passed over: whoever wrote it did not go on. Any other line that cannot be read
    is reported. With ``is_trusted`` the files must be private to their owner, because what they hold will be executed
    to end access. Raises NotFound without a folder, Unavailable for what cannot be read or is open to others.
    """
    if not folder.is_dir():
        raise NotFound(f"There is no ledger at {folder}.", hint="SYM_LEDGER_DIR or --ledger name its folder.")
    if is_trusted:
        refuse_open_to_others(folder, folder.stat().st_mode, "700")
    lines: dict[str, list[Document]] = {}
    documents: dict[str, Document] = {}
    problems, damaged = [], set()
    for path in files(folder, org):
        for number, found in _lines(path, is_trusted=is_trusted):
            problem = _sort(found, lines, documents)
            if problem:
                problems.append(f"{path}, line {number}: {problem}")
                damaged.add(path)
    entries = {lease_id: _merged(lease_id, changes, documents) for lease_id, changes in lines.items()}
    problems += [f"{folder}: what would end the lease {entry.lease_id} is missing" for entry in entries.values()
                 if entry.is_live and not entry.is_complete]  # fmt: skip
    return Content(entries=entries, problems=tuple(problems), damaged=frozenset(damaged))


def _lines(path: Path, *, is_trusted: bool) -> Iterator[tuple[int, bytes]]:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:  # another process has just tidied up
        return
    except OSError as error:
        raise Unavailable(f"The ledger's file {path} cannot be read: {error.strerror}.") from error
    with os.fdopen(descriptor, "rb") as file:
        if is_trusted:
            refuse_open_to_others(path, os.fstat(file.fileno()).st_mode, "600")
        for number, found in enumerate(file, start=1):
            if found.endswith(b"\n") and found.strip():
                yield number, found


def _sort(found: bytes, lines: dict[str, list[Document]], documents: dict[str, Document]) -> str | None:
    """Put a line where it belongs; gives what is wrong with it, if anything is."""
    try:
        item = json.loads(found)
        kind = item["kind"]
        if kind not in _KINDS:
            return f"of the unknown kind {kind!r}; a newer release may have written it"
        if kind == "document":
            if hash_of(item["value"]) != item["id"]:
                return "the document is not what its hash says"
            documents[item["id"]] = item["value"]
        else:
            if not isinstance(item["version"], int) or item["status"] not in _ORDER:
                return "the lease has no version or no known status"
            if "run" in item and not isinstance(item["snapshot"]["flow"], str):
                return "the lease names no flow"
            lines.setdefault(str(item["lease"]), []).append(item)
    except (ValueError, KeyError, TypeError, RecursionError):
        return "cannot be read"
    return None


def _merged(lease_id: str, changes: list[Document], documents: Mapping[str, Document]) -> Entry:
    whole: Document = {}
    for change in sorted(changes, key=lambda item: (item["version"], _ORDER[item["status"]])):
        whole |= change
    if "run" in whole:
        frozen = whole["snapshot"]
        whole["snapshot"] = {**frozen, "flow": documents.get(frozen["flow"])}
    return Entry(lease_id=lease_id, version=whole["version"], status=whole["status"], document=whole)


def refuse_open_to_others(path: Path, mode: int, wanted: str) -> None:
    """Raise Unavailable if other users may read or change ``path``."""
    if stat.S_IMODE(mode) & 0o077:
        raise Unavailable(f"{path} can be read or changed by other users.", hint=f"Run `chmod {wanted} {path}`.")
