from __future__ import annotations

from datetime import datetime, timedelta

from sym.store import workers
from sym.store.database import Store
from sym.store.workers import Worker


def test_a_heartbeat_keeps_the_start_and_moves_the_end(store: Store, now: datetime) -> None:
    later = now + timedelta(seconds=5)
    with store.transaction() as conn:
        workers.heartbeat(conn, "a", now)
        workers.heartbeat(conn, "b", now)
        workers.heartbeat(conn, "a", later)
        a = Worker(executor_id="a", started_at=now, last_seen=later)
        b = Worker(executor_id="b", started_at=now, last_seen=now)
        assert workers.workers(conn) == [a, b]
        assert workers.forget_workers(conn, before=later) == 1
        assert workers.workers(conn) == [a]
