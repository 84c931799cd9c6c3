"""``GET /events/{event_id}``."""

from __future__ import annotations

from pydantic import BaseModel, Field

from sym.api.route import api_router
from sym.api.views import event_status, known_id, may_see, moment
from sym.api.wiring import KnownCaller, UsedServices
from sym.errors import NotFound
from sym.store.events import get_event as find_event
from sym.store.runs import get_run

router = api_router("events")


class EventBody(BaseModel):
    """How far an event has come: ask again while ``status`` is processing. ``error`` is there only for error."""

    run_id: str
    name: str = Field(examples=["request"])
    timestamp: str = Field(examples=["2026-11-21 09:30:00.000000+00:00"])
    status: str = Field(examples=["success", "error", "processing"])
    error: str = ""


@router.get("/events/{event_id}", response_model_exclude_unset=True)
def get_event(event_id: str, caller: KnownCaller, services: UsedServices) -> EventBody:
    """What came of a request or an action."""
    known = known_id(event_id)
    with services.store.reading() as conn:
        event = find_event(conn, known) if known else None
        run = get_run(conn, event.run_id) if event else None
    if event is None or run is None or not may_see(caller.user, run):
        raise NotFound("There is no such event.", code="EventAPI:NOT_FOUND")
    status = event_status(event)
    body = EventBody(run_id=event.run_id, name=event.name, timestamp=moment(event.scheduled_at), status=status)
    if status == "error":
        body.error = event.error or "The event failed."
    return body
