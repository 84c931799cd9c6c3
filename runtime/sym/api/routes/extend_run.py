"""``POST /events/extend``."""

from __future__ import annotations

from pydantic import Field

from sym.api.acting import AcceptedBody, ActionBody, act
from sym.api.idempotency import UsedOnce
from sym.api.route import api_router
from sym.api.wiring import KnownCaller, UsedServices

router = api_router("events")


class ExtendBody(ActionBody):
    """Which access to extend, and by how long."""

    duration: int = Field(description="By how many seconds the end is put off: a duration the flow offers.")


@router.post("/events/extend")
def extend_run(body: ExtendBody, caller: KnownCaller, services: UsedServices, once: UsedOnce) -> AcceptedBody:
    """Put the end of running access off, as somebody who may approve it, where the flow allows that."""
    return act("extend", body, caller, services, once)
