from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import sqlalchemy as sa

from sym.store import runs, tables, workers
from sym.store.columns import NaiveDatetimeError
from sym.store.database import Store


def worker(name: str, seen: datetime) -> workers.Worker:
    return workers.Worker(executor_id=name, started_at=seen, last_seen=seen)


def test_times_of_any_zone_come_back_as_the_same_moment_in_utc(store: Store, now: datetime) -> None:
    elsewhere = now.astimezone(timezone(timedelta(hours=5, minutes=30)))
    with store.transaction() as conn:
        workers.register(conn, worker("w", elsewhere))
        found = workers.workers(conn)[0].last_seen
    assert found == now
    assert found.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(store: Store, now: datetime) -> None:
    with pytest.raises(NaiveDatetimeError, match="time zone"), store.transaction() as conn:
        workers.register(conn, worker("w", now.replace(tzinfo=None)))


def test_times_are_compared_as_moments(store: Store, now: datetime) -> None:
    later_elsewhere = (now + timedelta(microseconds=1)).astimezone(timezone(timedelta(hours=-11)))
    with store.transaction() as conn:
        workers.register(conn, worker("early", now))
        workers.register(conn, worker("late", later_elsewhere))
        query = sa.select(tables.worker.c.executor_id).where(tables.worker.c.last_seen < later_elsewhere)
        assert conn.execute(query).scalars().all() == ["early"]


@pytest.mark.parametrize(
    "value",
    [{}, {"a": [1, None, True, "ü"]}, {"n": 12345678901234567890123}, {"x": 0.1, "y": 1e-9, "t": "2026-01-01"}],
)
def test_documents_come_back_as_they_were(store: Store, add_run: Callable[..., runs.Run], value: Any) -> None:
    with store.transaction() as conn:
        run = add_run(conn, fields=value)
        found = runs.get_run(conn, run.id)
    assert found is not None
    assert found.fields == value


def test_what_one_database_cannot_hold_is_replaced_on_both(store: Store, add_run: Callable[..., runs.Run]) -> None:
    with store.transaction() as conn:
        run = add_run(conn, fields={"a\0": "b\ud800c", "whole": 2.0})
        found = runs.get_run(conn, run.id)
    assert found is not None
    assert found.fields == {"a\ufffd": "b\ufffdc", "whole": 2}
    assert isinstance(found.fields["whole"], int)


def test_none_is_null_and_not_a_json_null(store: Store, add_run: Callable[..., runs.Run]) -> None:
    with store.transaction() as conn:
        add_run(conn, permissions=None)
        query = sa.select(sa.func.count()).select_from(tables.run).where(tables.run.c.permissions.is_(None))
        assert conn.execute(query).scalar() == 1
