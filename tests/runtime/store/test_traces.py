"""How decisions came about, kept beside runs."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from sym.store.database import Store
from sym.store.runs import Run
from sym.store.traces import Trace, insert_trace, traces_of_run

AddRun = Callable[..., Run]


def test_the_traces_of_a_run_are_read_as_they_were_written_in_their_order(
    store: Store, add_run: AddRun, now: datetime
) -> None:
    with store.transaction() as conn:
        run, other = add_run(conn), add_run(conn)
        made = [
            Trace(run_id=one.id, event_id=str(uuid.uuid4()), event_name="request",
                  phase="decide", attempt=1, started_at=now + timedelta(seconds=at), finished_at=now, outcome="ok",
                  reason="", steps=[{"handler": "on_request", "returned": {"$type": "x", "n": [1]}}])
            for one, at in ((run, 2), (run, 1), (other, 0))
        ]  # fmt: skip
        for trace in made:
            insert_trace(conn, trace)
        assert traces_of_run(conn, run.id) == made[:2]
        assert traces_of_run(conn, run.id, limit=1) == made[:1]
