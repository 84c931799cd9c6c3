from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from sym.store import rows, tables
from sym.store.database import Store
from sym.store.workers import Worker


@dataclass(frozen=True, kw_only=True)
class _Seen:
    executor_id: str
    last_seen: datetime


def test_a_row_is_read_into_the_fields_there_are(store: Store, now: datetime) -> None:
    worker = Worker(executor_id="w", started_at=now, last_seen=now)
    with store.transaction() as conn:
        assert rows.one(conn, Worker, tables.worker.select()) is None
        rows.insert(conn, tables.worker, worker)
        assert rows.one(conn, Worker, tables.worker.select()) == worker
        assert rows.many(conn, _Seen, tables.worker.select()) == [_Seen(executor_id="w", last_seen=now)]


def test_a_row_moves_only_from_where_it_was_seen(store: Store, now: datetime) -> None:
    worker = Worker(executor_id="w", started_at=now, last_seen=now)
    later = now + timedelta(seconds=1)
    with store.transaction() as conn:
        rows.insert(conn, tables.worker, worker)
        moved = rows.move(conn, tables.worker, worker, ["last_seen"], {"last_seen": later})
        assert moved == Worker(executor_id="w", started_at=now, last_seen=later)
        assert rows.move(conn, tables.worker, worker, ["last_seen"], {"last_seen": now}) is None
        assert rows.one(conn, Worker, tables.worker.select()) == moved


def test_a_column_that_does_not_exist_is_an_error(store: Store, now: datetime) -> None:
    worker = Worker(executor_id="w", started_at=now, last_seen=now)
    with store.transaction() as conn, pytest.raises(TypeError):
        rows.move(conn, tables.worker, worker, [], {"colour": "red"})
    with store.reading() as conn:
        assert conn.execute(sa.select(tables.worker)).all() == []


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_a_row_that_moves_is_found_by_its_key_and_not_by_reading_the_whole_table(store: Store, now: datetime) -> None:
    worker = Worker(executor_id="w", started_at=now, last_seen=now)
    statements: list[tuple[str, dict[str, object]]] = []
    with store.transaction() as conn:
        rows.insert(conn, tables.worker, worker)
        sa.event.listen(conn, "before_cursor_execute", lambda *event: statements.append((event[2], event[3])))
        assert rows.move(conn, tables.worker, worker, ["release", "last_seen"], {"host": "x"}) is not None
        ((statement, values),) = statements
        conn.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = "\n".join(row[0] for row in conn.exec_driver_sql(f"EXPLAIN {statement}", values))
    assert "Index Scan using pk_sym_worker" in plan
