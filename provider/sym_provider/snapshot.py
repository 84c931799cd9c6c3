"""A repository that answers many reads in a row from one listing.

Terraform refreshes resource by resource. A plan of five hundred flows would be five hundred queries, or requests, where
one says the same.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from sym_provider.repository import Document, Record, Repository, WriteOnly

FRESH: Final = timedelta(seconds=1)
"""How old what a listing said may be when it is used."""

MANY: Final = 8
"""Reads of one kind of resource, each soon after the one before, after which the next one lists them all."""

_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)
_NOTHING: Final[Mapping[str, Record]] = {}


class Closable(Repository, Protocol):
    """A repository that holds connections."""

    def close(self) -> None:
        """Let go of the connections."""
        ...


@dataclass
class _Shelf:
    """What is known of one kind of resource: its ``records`` by id ``as_of`` a moment, after so many ``writes``."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    records: Mapping[str, Record] = field(default_factory=dict)
    as_of: datetime = _LONG_AGO
    writes: int = 0
    last_read: datetime = _LONG_AGO
    reads_in_a_row: int = 0
    is_slow: bool = False


class SnapshotRepository:
    """``repository``, its reads answered from listings not older than :data:`FRESH`; ``clock`` tells the time (UTC).

    No read is answered with less than this object's own writes, nor with "gone" by a listing: what it does not have is
    asked for. Safe to share between threads.
    """

    def __init__(self, repository: Closable, clock: Callable[[], datetime]) -> None:
        self._repository = repository
        self._clock = clock
        self._shelves: dict[str, _Shelf] = {}
        self._writes = 0
        self._writing = threading.Lock()

    def close(self) -> None:
        """Let go of what the repository holds."""
        self._repository.close()

    def create(self, name: str, document: Document, write_only: WriteOnly | None = None) -> Record:
        """Store a new resource."""
        try:
            return self._repository.create(name, document, write_only)
        finally:
            self._written()

    def update(self, name: str, resource_id: str, document: Document, write_only: WriteOnly | None = None) -> Record:
        """Replace a resource's document."""
        try:
            return self._repository.update(name, resource_id, document, write_only)
        finally:
            self._written()

    def delete(self, name: str, resource_id: str) -> None:
        """Remove a resource."""
        try:
            self._repository.delete(name, resource_id)
        finally:
            self._written()

    def find(self, name: str, kind: str, slug: str) -> Record | None:
        """The resource of this type and slug."""
        return self._repository.find(name, kind, slug)

    def all_of(self, name: str) -> list[Record]:
        """Every resource of that name."""
        return self._repository.all_of(name)

    def read(self, name: str, resource_id: str) -> Record | None:
        """The resource with this id."""
        found = self._listed(name).get(resource_id)
        return self._repository.read(name, resource_id) if found is None else found

    def _written(self) -> None:
        # Any write, also one that failed half-way or whose effects are elsewhere: it makes every listing old.
        with self._writing:
            self._writes += 1

    def _listed(self, name: str) -> Mapping[str, Record]:
        """The resources by id as they were a moment ago, or nothing where a listing is not worth it."""
        shelf = self._shelves.setdefault(name, _Shelf())
        with shelf.lock:  # who comes while a listing is made waits for it
            now = self._clock()
            if shelf.writes != self._writes:
                shelf.writes, shelf.records, shelf.as_of, shelf.reads_in_a_row = self._writes, {}, _LONG_AGO, 0
            if timedelta(0) <= now - shelf.as_of < FRESH:
                return shelf.records
            if not _is_worth_it(shelf, now):
                return _NOTHING
            # What is written from here on makes the listing old: shelf.writes is from before it.
            records = {record.id: record for record in self._repository.all_of(name)}
            shelf.records, shelf.as_of = records, now
            # A listing that is old by the time it is there would be made again by every read.
            shelf.is_slow = self._clock() - now > FRESH / 2
            return records


def _is_worth_it(shelf: _Shelf, now: datetime) -> bool:
    is_in_a_row = timedelta(0) <= now - shelf.last_read < FRESH
    shelf.reads_in_a_row = shelf.reads_in_a_row + 1 if is_in_a_row else 1
    shelf.last_read = now
    return shelf.reads_in_a_row > MANY and not shelf.is_slow
