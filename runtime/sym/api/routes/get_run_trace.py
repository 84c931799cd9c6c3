"""``GET /runs/{run_id}/trace``."""

from __future__ import annotations

from sym.api.route import api_router
from sym.api.traces import TraceBody, view_trace
from sym.api.views import visible_run
from sym.api.wiring import KnownCaller, UsedServices

router = api_router("runs")


@router.get("/runs/{run_id}/trace")
def get_run_trace(run_id: str, caller: KnownCaller, services: UsedServices) -> TraceBody:
    """Which handlers of the flow ran for a run, what they answered, and why things went as they did."""
    with services.store.reading() as conn:
        return view_trace(conn, visible_run(conn, run_id, caller.user).id)
