from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sym.store.database import Store
from sym.store.grants import insert_lease
from sym.store.scenes import read_scene

Make = Callable[..., Any]


def test_an_event_comes_with_its_run_and_the_runs_lease(
    store: Store, now: datetime, add_run: Make, add_event: Make, lease_of: Make
) -> None:
    with store.transaction() as conn:
        run, other = add_run(conn), add_run(conn)
        event = add_event(conn, run, context={"ci": 1}, finished_at=now)
        lease = lease_of(run, snapshot={"flow": {"x": [1]}}, starts_at=now)
        insert_lease(conn, lease)
        without = add_event(conn, other)
    with store.reading() as conn:
        assert read_scene(conn, event.id) == (event, run, lease, frozenset())
        assert read_scene(conn, without.id) == (without, other, None, frozenset())
        assert read_scene(conn, "nothing") is None
