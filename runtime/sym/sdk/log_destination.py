"""How a log destination that is installed with the worker sends the audit log: what the worker hands it.

A module of the shelf ``log_destinations`` has the class ``Destination``, called as ``Destination(declared)`` with a
:class:`Declared`, and its method ``send(entries, now)``. It sends all of them, in their order, and returns; or it
raises, and is called again with the same entries later. So what it sends may arrive twice, with the same ``id``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from sym.sdk.connection import ConnectionHost
from sym.sdk.exceptions.sym_exception import SymException
from sym.sdk.schema import attribute

TRIES = 3
OMITTED = {"omitted": "This entry is too long for the destination; its id finds the whole of it in the audit log."}


def personal_values() -> Any:
    """The setting that every type has: whether what is personal in an entry is sent. What is sent cannot be erased."""
    return attribute(
        "`sent` for what is personal in entries, such as names and reasons; by default commitments stand in its place.",
        default=None, choices=("sent", "withheld"),
    )  # fmt: skip


class LogDestinationError(SymException):
    """A destination did not take entries. ``delivered`` of them, counted from the first, it did take, whatever became
    of the others. ``name`` is as :class:`sym.sdk.connection.Http` names refusals."""

    delivered: int = 0

    def __init__(self, name: str, message: str) -> None:
        super().__init__("LogDestination", name, message)


@dataclass(frozen=True, kw_only=True)
class LogEntry:
    """One entry of the audit log.

    Args:
        id: stable: whoever gets an entry twice knows it by its id.
        name: what happened, such as ``run.approved``.
        run_id: of the run it belongs to; entries of one run are sent in their order.
        seal: the number of the seal that covers it.
        sequence: its number in the log.
        recorded_at: when it was written, in UTC.
        document: the entry as it is documented.
    """

    id: str
    name: str
    run_id: str
    seal: int
    sequence: int
    recorded_at: datetime
    document: Mapping[str, Any]

    def json(self) -> str:
        """The document as one line of JSON, without the line's end."""
        return json.dumps(self.document, separators=(",", ":"), ensure_ascii=False)


@dataclass(frozen=True, kw_only=True)
class Declared:
    """A ``sym_log_destination``: its ``id``, its ``settings`` as Terraform has them (a secret is its id, for
    ``host.secret``), and what its integration connects, None if it has none."""

    id: str
    settings: Mapping[str, str]
    host: ConnectionHost
    connection: Any = None

    def required(self, name: str) -> str:
        """A setting that must be there. Raises LogDestinationError (``SETTINGS``) if it is not."""
        value = self.settings.get(name)
        if not value:
            raise LogDestinationError("SETTINGS", f"The destination has no {name}: set it in its settings.")
        return value


class Destination(Protocol):
    """What a module's class of that name does. ``most_entries`` (500 if it has none) bounds what it is given at once;
    with ``whole_seals = True`` it is given all entries for it of one seal, the same whenever that is repeated."""

    def send(self, entries: Sequence[LogEntry], now: datetime) -> None:
        """Send them all. Raises LogDestinationError, or whatever else tells what went wrong."""
        ...


def fitting(entry: LogEntry, most_bytes: int, write: Callable[[LogEntry], str] = LogEntry.json) -> str:
    """What ``write`` makes of an entry, with less in it if that has more than ``most_bytes`` as UTF-8: its fields are
    left out, then the texts of its errors, and that they are is said in their place. Raises LogDestinationError
    (``TOO_LONG``) if nothing helps."""
    document = dict(entry.document)
    for name in ("", "fields", "state", "run", "actor"):
        if name == "state":
            document["state"] = {**dict(document.get("state") or {}), "errors": [OMITTED["omitted"]]}
        elif name:
            document[name] = OMITTED
        text = write(replace(entry, document=document))
        if len(text.encode()) <= most_bytes:
            return text
    raise LogDestinationError("TOO_LONG", f"The entry {entry.id} has more than {most_bytes} bytes.")


def portions(texts: Sequence[str], *, most: int, most_bytes: int, around: int = 1) -> Iterator[range]:
    """Where to cut ``texts`` so that each portion has at most ``most`` of them and ``most_bytes``, counting ``around``
    bytes more for each. One that is longer alone is a portion of its own."""
    start, size = 0, 0
    for at, text in enumerate(texts):
        length = len(text.encode()) + around
        if at > start and (at - start >= most or size + length > most_bytes):
            yield range(start, at)
            start, size = at, 0
        size += length
    if start < len(texts):
        yield range(start, len(texts))


def rounds(entries: Sequence[LogEntry]) -> Iterator[list[int]]:
    """The places of entries such that none of a run is beside another one of it: the first of each run, then the
    second of each, and so on. A service that takes some of a round and refuses others cannot mix up a run's order."""
    seen: dict[str, int] = {}
    found: list[list[int]] = []
    for at, entry in enumerate(entries):
        turn = seen[entry.run_id] = seen.get(entry.run_id, -1) + 1
        if turn == len(found):
            found.append([])
        found[turn].append(at)
    yield from found


def put_in_rounds(entries: Sequence[LogEntry], texts: Sequence[str], put: Callable[[Sequence[int]], Sequence[str]], *,
                  most: int, most_bytes: int) -> None:  # fmt: skip
    """Send with a service that may take some records of a request and refuse others; those are sent again, and nothing
    that follows them in their run before they are through.

    Args:
        entries: what is to be sent; ``texts`` is each as it is sent.
        put: sends the entries at these places, and gives why each was refused, ``""`` for one that was taken.
        most: so many records go into a request, of ``most_bytes`` together.

    Raises LogDestinationError (``THROTTLED``) when some are refused again and again, and what ``put`` raises.
    """
    done: set[int] = set()
    try:
        for turn in rounds(entries):
            for cut in portions([texts[at] for at in turn], most=most, most_bytes=most_bytes):
                _put(turn[cut.start : cut.stop], put, done)
    except LogDestinationError as error:
        error.delivered = next((at for at in range(len(entries)) if at not in done), len(entries))
        raise


def _put(places: list[int], put: Callable[[Sequence[int]], Sequence[str]], done: set[int]) -> None:
    left, reasons = places, [""]
    for _ in range(TRIES):
        reasons = list(put(left))
        done.update(at for at, reason in zip(left, reasons, strict=True) if not reason)
        left = [at for at in left if at not in done]
        if not left:
            return
    reason = next(reason for reason in reasons if reason)
    raise LogDestinationError("THROTTLED", f"{len(left)} of {len(places)} records were not taken: {reason}.")
