"""``POST /events/deny``."""

from __future__ import annotations

from sym.api.acting import AcceptedBody, DecisionBody, act
from sym.api.idempotency import UsedOnce
from sym.api.route import api_router
from sym.api.wiring import KnownCaller, UsedServices

router = api_router("events")


@router.post("/events/deny")
def deny_run(body: DecisionBody, caller: KnownCaller, services: UsedServices, once: UsedOnce) -> AcceptedBody:
    """Deny a request, as the token's own user."""
    return act("deny", body, caller, services, once)
