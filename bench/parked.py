"""Active leases made in bulk, as the engine would have left them: run, lease, timer and the timer's job."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bench.planted import KIND
from bench.product import now
from sym.engine.commit import GRACE
from sym.engine.inbound import Inbound, Submission
from sym.engine.leases import open_lease
from sym.engine.queue import Queue
from sym.engine.views import load_world
from sym.store.database import Store
from sym.store.events import events_of_run
from sym.store.jobs import Job
from sym.store.runs import get_run
from sym.store.tables import event, job, lease, run
from sym.store.users import find_user

BATCH = 5000


def parked(store: Store, count: int, *, in_seconds: float) -> datetime:
    """Add ``count`` active leases that all end ``in_seconds`` after they are written; gives when that is."""
    examples = _examples(store)
    made = [[_row(item) for item in _like(examples)] for _ in range(count)]
    due = now() + timedelta(seconds=in_seconds + count / 4000)
    for rows in made:
        rows[1] |= {"ends_at": due}
        rows[2] |= {"scheduled_at": due, "due_at": due + GRACE}
        rows[3] |= {"due_at": due}
    for start in range(0, count, BATCH):
        with store.transaction() as conn:
            for position, table in enumerate((run, lease, event, job)):
                conn.execute(table.insert(), [rows[position] for rows in made[start : start + BATCH]])
    return due


def _examples(store: Store) -> tuple[Any, ...]:
    """A run, its lease, its timer and the timer's job, read or made as the engine does."""
    moment = now()
    with store.reading() as conn:
        ada = find_user(conn, username="ada")
    assert ada is not None
    inputs = {"duration": 2_592_000, "target_srn": f"bench:access_target:{KIND}:door:latest", "identifier": "door"}
    submission = Submission(flow_srn="plain", inputs=inputs, requester=ada, source="api")
    accepted = Inbound(store, Queue(store, now)).request(submission, now=moment)
    with store.transaction() as conn:
        found = get_run(conn, accepted.run_id)
        (asked,) = events_of_run(conn, accepted.run_id)
        assert found is not None
        held = replace(open_lease(load_world(conn, found, asked)), status="active", starts_at=moment)
        for table in (job, event):
            key = table.c.subject_id if table is job else table.c.run_id
            conn.execute(table.delete().where(key == (asked.id if table is job else found.id)))
        conn.execute(run.delete().where(run.c.id == found.id))
    timer = replace(asked, name="deescalate", status="scheduled", channel_type="internal",
                    fields={"deescalate_type": "scheduled"})  # fmt: skip
    return replace(found, status="escalated"), held, timer, Job(subject_id="", phase="decide", attempt=1, due_at=moment)


def _like(examples: tuple[Any, ...]) -> tuple[Any, ...]:
    found, held, timer, waits = examples
    run_id, event_id = str(uuid.uuid4()), str(uuid.uuid4())
    return (
        replace(found, id=run_id),
        replace(held, id=str(uuid.uuid4()), run_id=run_id, key=uuid.uuid4().hex * 2),
        replace(timer, id=event_id, run_id=run_id),
        replace(waits, subject_id=event_id),
    )


def _row(item: Any) -> dict[str, Any]:
    return dict(vars(item))
