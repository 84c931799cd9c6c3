"""``POST /events/approve``."""

from __future__ import annotations

from sym.api.acting import AcceptedBody, DecisionBody, act
from sym.api.idempotency import UsedOnce
from sym.api.route import api_router
from sym.api.wiring import KnownCaller, UsedServices

router = api_router("events")


@router.post("/events/approve")
def approve_run(body: DecisionBody, caller: KnownCaller, services: UsedServices, once: UsedOnce) -> AcceptedBody:
    """Approve a request, as the token's own user."""
    return act("approve", body, caller, services, once)
