"""``GET /runs/{run_id}``."""

from __future__ import annotations

from sym.api.route import api_router
from sym.api.run_details import RunDetailBody, Signer, view_run_detail
from sym.api.views import visible_run
from sym.api.wiring import KnownCaller, UsedServices

router = api_router("runs")


@router.get("/runs/{run_id}")
def get_run(run_id: str, caller: KnownCaller, services: UsedServices) -> RunDetailBody:
    """A run with everything that happened to it, and the receipt for its approval."""
    with services.store.reading() as conn:
        signer = Signer(services.keys, services.clock())
        return view_run_detail(conn, visible_run(conn, run_id, caller.user), signer)
