"""Sealing what is committed, once, whatever order it was committed in."""

from __future__ import annotations

from datetime import datetime

import pytest
import sqlalchemy as sa

from sym.audit.events import ActionRefused, Actor
from sym.audit.seals import Seal
from sym.store import audit, seals, tables
from sym.store.database import Connection, Store


def sign(message: bytes) -> tuple[str, str]:
    return message.hex()[:8], "key"


def add(conn: Connection, ada: Actor, now: datetime, count: int = 1) -> None:
    for _ in range(count):
        audit.append(conn, ActionRefused(actor=ada, action="approve", code="X", message="no"), now=now)


def seal(store: Store, now: datetime, limit: int = 100) -> Seal | None:
    with store.transaction() as conn:
        return seals.seal_next(conn, sign=sign, now=now, limit=limit)


def sealed(store: Store) -> dict[int, int | None]:
    with store.reading() as conn:
        query = sa.select(tables.audit_entry.c.sequence, tables.audit_entry.c.seal_id)
        return {row.sequence: row.seal_id for row in conn.execute(query)}


def test_nothing_to_seal_writes_nothing(store: Store, now: datetime) -> None:
    with store.reading() as conn:
        assert not seals.has_unsealed(conn)
    assert seal(store, now) is None
    with store.reading() as conn:
        assert seals.last_seal(conn) is None


def test_entries_are_sealed_in_order_and_once(store: Store, ada: Actor, now: datetime) -> None:
    with store.transaction() as conn:
        add(conn, ada, now, 3)
        assert seals.has_unsealed(conn)
    first, second = seal(store, now, limit=2), seal(store, now, limit=2)
    assert first is not None
    assert second is not None
    assert (first.number, first.entry_count, second.number, second.entry_count) == (1, 2, 2, 1)
    assert second.previous_hash == first.seal_hash
    assert sealed(store) == {1: 1, 2: 1, 3: 2}
    assert seal(store, now) is None
    with store.reading() as conn:
        assert [seals.get_seal(conn, 1), seals.last_seal(conn)] == [first, second]
        assert not seals.has_unsealed(conn)
        assert [seal.number for seal in seals.next_seals(conn, 0)] == [1, 2]
        assert [seal.number for seal in seals.next_seals(conn, 0, most_entries=1)] == [1]
        assert seals.next_seals(conn, 2) == []
        assert {number: len(found) for number, found in seals.entries_of_seals(conn, [first, second]).items()} == {
            1: 2,
            2: 1,
        }


@pytest.mark.postgres
def test_a_lower_number_that_is_committed_later_is_sealed_later(
    postgres_store: Store, ada: Actor, now: datetime
) -> None:
    store = postgres_store
    with store.transaction() as slow:
        add(slow, ada, now)
        with store.transaction() as fast:
            add(fast, ada, now)
        first = seal(store, now)
    assert first is not None
    assert (first.first_sequence, first.last_sequence) == (2, 2)
    second = seal(store, now)
    assert second is not None
    assert second.first_sequence == 1
    assert sealed(store) == {1: 2, 2: 1}


@pytest.mark.postgres
def test_two_sealers_make_one_chain(postgres_store: Store, ada: Actor, now: datetime) -> None:
    store = postgres_store
    with store.transaction() as conn:
        add(conn, ada, now)
    with store.transaction() as one:
        assert seals.seal_next(one, sign=sign, now=now) is not None
        assert seal(store, now) is None
    assert seal(store, now) is None
    assert sealed(store) == {1: 1}
