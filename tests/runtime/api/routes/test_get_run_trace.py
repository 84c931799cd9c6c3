"""The trace of a run over the API."""

from __future__ import annotations

import uuid
from datetime import timedelta

from sym.store.traces import Trace, insert_trace
from tests.runtime.api.conftest import World, assert_error


def test_whoever_may_see_the_run_reads_how_it_came_about(api: World) -> None:
    run = api.run(actors={"approve": api.users["bob"].id})
    step = {"handler": "on_request", "returned": None}
    trace = Trace(
        run_id=run.id, event_id=str(uuid.uuid4()), event_name="request", phase="decide",
        attempt=1, started_at=api.now, finished_at=api.now + timedelta(milliseconds=12), outcome="requested",
        reason="There is no on_request.", steps=[step],
    )  # fmt: skip
    with api.store.transaction() as conn:
        insert_trace(conn, trace)
    for name in ("root", "ann", "bob"):
        body = api.get(f"/runs/{run.id}/trace", name=name).json()
        assert body["run_id"] == run.id
        (phase,) = body["trace"]
        assert (phase["event"], phase["ms"], phase["reason"], phase["steps"]) == (
            "request", 12.0, "There is no on_request.", [step],
        )  # fmt: skip


def test_to_others_there_is_no_such_run(api: World) -> None:
    assert_error(api.get(f"/runs/{api.run().id}/trace", name="bob"), 404, "RunAPI:NOT_FOUND")
    assert_error(api.get(f"/runs/{uuid.uuid4()}/trace", name="root"), 404, "RunAPI:NOT_FOUND")
