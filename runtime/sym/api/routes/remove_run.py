"""``POST /events/remove``."""

from __future__ import annotations

from pydantic import Field

from sym.api.acting import AcceptedBody, ActionBody, act
from sym.api.idempotency import UsedOnce
from sym.api.route import api_router
from sym.api.wiring import KnownCaller, UsedServices

router = api_router("events")


class RemoveBody(ActionBody):
    """Which access was removed by hand, and why."""

    message: None = Field(default=None, exclude=True)
    reason: str = Field(min_length=1, max_length=4000, description="How it was removed, and why by hand.")


@router.post("/events/remove")
def remove_run(body: RemoveBody, caller: KnownCaller, services: UsedServices, once: UsedOnce) -> AcceptedBody:
    """Declare, as an admin, that access which could not be ended was removed by hand at the vendor."""
    return act("remove", body, caller, services, once)
