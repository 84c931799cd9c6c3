"""How far log destinations have come: who has them, and where they begin. What is sent is tested with the reporter."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sym.store.database import Store
from sym.store.log_cursors import (
    LogCursor,
    begin_cursor,
    claim_cursor,
    due_destinations,
    free_all_cursors,
    get_cursor,
    lags,
    move_cursor,
    next_batch,
    oldest_waiting_seal,
)
from sym.store.seals import seal_next

MINUTE = timedelta(minutes=1)


def sign(_text: bytes) -> tuple[str, str]:
    return "key", "signature"


def declared(store: Store, save: Any, name: str = "a") -> str:
    with store.transaction() as conn:
        document = {"type": "http", "settings": {"url": f"https://{name}.example"}}
        found: str = save(conn, "log_destination", document).id
    return found


def begun(store: Store, save: Any, now: datetime, name: str = "a") -> LogCursor:
    destination = declared(store, save, name)
    with store.transaction() as conn:
        seal_next(conn, sign=sign, now=now)
        assert begin_cursor(conn, destination)
        found = get_cursor(conn, destination)
    assert found is not None
    return found


def test_it_begins_at_its_declaration_once_that_is_sealed(store: Store, save: Any, now: datetime) -> None:
    destination = declared(store, save)
    with store.transaction() as conn:
        assert not begin_cursor(conn, destination)
        seal = seal_next(conn, sign=sign, now=now)
        assert seal is not None
        assert begin_cursor(conn, destination)
        assert begin_cursor(conn, destination)
        found = get_cursor(conn, destination)
        assert found is not None
        assert (found.seal, found.sequence) == (seal.number, seal.last_sequence)
        assert not begin_cursor(conn, "nobody")


def test_it_is_due_while_it_is_new_or_behind_and_free(store: Store, save: Any, now: datetime) -> None:
    destination = declared(store, save)
    with store.reading() as conn:
        assert due_destinations(conn, now) == [destination]
    with store.transaction() as conn:
        seal_next(conn, sign=sign, now=now)
        begin_cursor(conn, destination)
        assert due_destinations(conn, now) == []
    declared(store, save, "b")
    with store.transaction() as conn:
        seal_next(conn, sign=sign, now=now)
        assert destination in due_destinations(conn, now)
        cursor = claim_cursor(conn, destination, by="me", now=now, lasts=MINUTE)
        assert cursor is not None
        assert destination not in due_destinations(conn, now)
        assert destination in due_destinations(conn, now + MINUTE)
        assert move_cursor(conn, cursor, claimed_by=None, claimed_until=None, next_at=now + 2 * MINUTE)
        assert destination not in due_destinations(conn, now + MINUTE)
        assert destination in due_destinations(conn, now + 2 * MINUTE)


def test_a_claim_is_one_workers_until_its_time_is_over(store: Store, save: Any, now: datetime) -> None:
    destination = begun(store, save, now).destination_id
    with store.transaction() as conn:
        first = claim_cursor(conn, destination, by="one", now=now, lasts=MINUTE)
        assert first is not None
        assert claim_cursor(conn, destination, by="two", now=now, lasts=MINUTE) is None
        second = claim_cursor(conn, destination, by="two", now=now + MINUTE, lasts=MINUTE)
        assert second is not None
        assert move_cursor(conn, first, seal=9) is None
        assert move_cursor(conn, second, seal=9) is not None
        assert oldest_waiting_seal(conn) == 9
        free_all_cursors(conn)
        assert claim_cursor(conn, destination, by="three", now=now, lasts=MINUTE) is not None


def test_without_runs_there_is_nothing_to_send_and_the_cursor_goes_on(store: Store, save: Any, now: datetime) -> None:
    cursor = begun(store, save, now)
    with store.reading() as conn:
        assert next_batch(conn, cursor, limit=10) is None
    declared(store, save, "b")
    with store.transaction() as conn:
        seal = seal_next(conn, sign=sign, now=now)
        assert seal is not None
        batch = next_batch(conn, cursor, limit=10)
        assert batch is not None
        assert (batch.entries, batch.seal, batch.sequence) == ([], seal.number, seal.last_sequence)
        assert [(lag.slug, lag.entries) for lag in lags(conn)] == [("https-a-example", 0), ("https-b-example", 0)]
