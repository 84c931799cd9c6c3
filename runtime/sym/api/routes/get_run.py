"""``GET /runs/{run_id}``."""

from __future__ import annotations

from sym.api.route import api_router
from sym.api.views import RunBody, view_run, visible_run
from sym.api.wiring import KnownCaller, UsedServices

router = api_router("runs")


@router.get("/runs/{run_id}")
def get_run(run_id: str, caller: KnownCaller, services: UsedServices) -> RunBody:
    """A run with everything that happened to it."""
    with services.store.reading() as conn:
        return view_run(conn, visible_run(conn, run_id, caller.user))
