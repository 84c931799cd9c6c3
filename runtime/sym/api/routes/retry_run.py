"""``POST /events/retry``."""

from __future__ import annotations

from sym.api.acting import AcceptedBody, ActionBody, act
from sym.api.idempotency import UsedOnce
from sym.api.route import api_router
from sym.api.wiring import KnownCaller, UsedServices

router = api_router("events")


@router.post("/events/retry")
def retry_run(body: ActionBody, caller: KnownCaller, services: UsedServices, once: UsedOnce) -> AcceptedBody:
    """Try a failed grant again, as an admin, once what it may have left behind has been taken back."""
    return act("retry", body, caller, services, once)
