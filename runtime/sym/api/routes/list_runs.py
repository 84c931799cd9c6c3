"""``GET /runs``."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel

from sym.api.route import api_router
from sym.api.views import RunBody, view_run
from sym.api.wiring import KnownCaller, UsedServices
from sym.store.runs import list_runs as stored_runs

router = api_router("runs")


class RunsBody(BaseModel):
    """Runs, newest first."""

    runs: list[RunBody]


@router.get("/runs")
def list_runs(
    caller: KnownCaller,
    services: UsedServices,
    status: Annotated[str | None, Query(max_length=32, pattern="^[a-z]+$", examples=["requested"])] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> RunsBody:
    """The newest runs: all of them for admins and bots, one's own for everybody else."""
    sees_all = caller.user.role == "admin" or caller.user.type == "bot"
    with services.store.reading() as conn:
        runs = stored_runs(conn, status=status, requester_id=None if sees_all else caller.user.id, limit=limit)
        return RunsBody(runs=[view_run(conn, run) for run in runs])
