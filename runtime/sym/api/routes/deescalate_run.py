"""``POST /events/deescalate``."""

from __future__ import annotations

from sym.api.acting import AcceptedBody, DecisionBody, act
from sym.api.idempotency import UsedOnce
from sym.api.route import api_router
from sym.api.wiring import KnownCaller, UsedServices

router = api_router("events")


@router.post("/events/deescalate")
def deescalate_run(body: DecisionBody, caller: KnownCaller, services: UsedServices, once: UsedOnce) -> AcceptedBody:
    """End access now, as the token's own user."""
    return act("deescalate", body, caller, services, once)
