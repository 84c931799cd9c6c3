from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from sym.errors import Unavailable
from sym_provider.repository import Document, Record, Repository, WriteOnly
from sym_provider.snapshot import FRESH, MANY, SnapshotRepository


class Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


class Shelf:
    """A repository in memory that counts what it is asked."""

    def __init__(self) -> None:
        self.stored: dict[str, Document] = {}
        self.given: list[WriteOnly | None] = []
        self.asked: list[str] = []
        self.while_listing: Callable[[], None] = lambda: None

    def create(self, name: str, document: Document, write_only: WriteOnly | None = None) -> Record:
        return self.update(name, f"{name}-{len(self.stored)}", document, write_only)

    def read(self, name: str, resource_id: str) -> Record | None:
        self.asked.append("read")
        document = self.stored.get(resource_id)
        return None if document is None else Record(id=resource_id, document=document)

    def update(self, name: str, resource_id: str, document: Document, write_only: WriteOnly | None = None) -> Record:
        self.given.append(write_only)
        self.stored[resource_id] = document
        return Record(id=resource_id, document=document)

    def all_of(self, name: str) -> list[Record]:
        self.asked.append("all_of")
        found = [Record(id=key, document=value) for key, value in self.stored.items()]
        self.while_listing()
        return found

    def delete(self, name: str, resource_id: str) -> None:
        if self.stored.pop(resource_id, None) is None:
            raise Unavailable("It could not be deleted.")

    def find(self, name: str, kind: str, slug: str) -> Record | None:
        return None

    def close(self) -> None:
        self.asked.append("close")


@pytest.fixture
def clock(now: datetime) -> Clock:
    return Clock(now)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def snapshot(shelf: Shelf, clock: Clock) -> SnapshotRepository:
    repository = SnapshotRepository(shelf, clock)
    for number in range(3):
        repository.create("flow", {"label": str(number)})
    return repository


def read_many(repository: Repository, times: int = MANY + 5, resource_id: str = "flow-1") -> Record | None:
    found = [repository.read("flow", resource_id) for _ in range(times)]
    return found[-1]


def test_a_few_reads_are_asked_one_by_one(snapshot: SnapshotRepository, shelf: Shelf) -> None:
    read_many(snapshot, MANY)
    assert shelf.asked == ["read"] * MANY


def test_many_reads_in_a_row_are_answered_by_one_listing(snapshot: SnapshotRepository, shelf: Shelf) -> None:
    assert read_many(snapshot) == Record(id="flow-1", document={"label": "1"})
    assert shelf.asked == ["read"] * MANY + ["all_of"]


def test_reads_that_are_not_in_a_row_make_no_listing(snapshot: SnapshotRepository, shelf: Shelf, clock: Clock) -> None:
    for _ in range(3 * MANY):
        read_many(snapshot, 1)
        clock.now += FRESH
    assert "all_of" not in shelf.asked


@pytest.mark.parametrize("passed", [FRESH, timedelta(days=-1)])
def test_a_listing_that_is_old_or_from_the_future_is_not_used(
    snapshot: SnapshotRepository, shelf: Shelf, clock: Clock, passed: timedelta
) -> None:
    read_many(snapshot)
    shelf.stored["flow-1"] = {"label": "changed by another"}
    clock.now += passed
    assert read_many(snapshot, 1) == Record(id="flow-1", document={"label": "changed by another"})


def test_a_listing_is_used_until_it_is_old(snapshot: SnapshotRepository, shelf: Shelf, clock: Clock) -> None:
    read_many(snapshot)
    shelf.stored["flow-1"] = {"label": "changed by another"}
    clock.now += FRESH - timedelta(microseconds=1)
    assert read_many(snapshot, 1) == Record(id="flow-1", document={"label": "1"})


def test_what_was_written_here_is_read_at_once(snapshot: SnapshotRepository) -> None:
    read_many(snapshot)
    for label in ("a", "b"):
        snapshot.update("flow", "flow-1", {"label": label})
        for _ in range(2 * MANY):
            assert snapshot.read("flow", "flow-1") == Record(id="flow-1", document={"label": label})
    snapshot.delete("flow", "flow-1")
    assert read_many(snapshot) is None
    created = snapshot.create("flow", {"label": "new"})
    assert read_many(snapshot, resource_id=created.id) == created


def test_a_write_that_failed_makes_a_listing_old_too(snapshot: SnapshotRepository, shelf: Shelf) -> None:
    read_many(snapshot)
    shelf.stored["flow-1"] = {"label": "half-way"}
    with pytest.raises(Unavailable):
        snapshot.delete("flow", "nobody")
    assert read_many(snapshot, 1) == Record(id="flow-1", document={"label": "half-way"})


def test_a_write_during_a_listing_makes_it_old(snapshot: SnapshotRepository, shelf: Shelf) -> None:
    def write() -> None:
        shelf.while_listing = lambda: None
        snapshot.update("flow", "flow-1", {"label": "meanwhile"})

    shelf.while_listing = write
    read_many(snapshot, MANY + 1)
    assert read_many(snapshot, 1) == Record(id="flow-1", document={"label": "meanwhile"})


def test_what_a_listing_does_not_have_is_asked_for(snapshot: SnapshotRepository, shelf: Shelf) -> None:
    read_many(snapshot)
    shelf.stored["flow-9"] = {"label": "made by another"}
    assert read_many(snapshot, 1, "flow-9") == Record(id="flow-9", document={"label": "made by another"})
    assert snapshot.read("flow", "nobody") is None


def test_a_slow_listing_is_not_made_again(snapshot: SnapshotRepository, shelf: Shelf, clock: Clock) -> None:
    def pass_time() -> None:
        clock.now += FRESH

    shelf.while_listing = pass_time
    read_many(snapshot, 5 * MANY)
    assert shelf.asked.count("all_of") == 1


def test_closing_closes_what_is_behind(snapshot: SnapshotRepository, shelf: Shelf) -> None:
    snapshot.close()
    assert shelf.asked == ["close"]


def test_write_only_values_are_handed_on(snapshot: SnapshotRepository, shelf: Shelf) -> None:
    shelf.given.clear()
    created = snapshot.create("secret", {"path": "p"}, {"value_wo": "one"})
    snapshot.update("secret", created.id, {"path": "p"}, {"value_wo": "two"})
    assert shelf.given == [{"value_wo": "one"}, {"value_wo": "two"}]
