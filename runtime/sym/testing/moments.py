"""Events that never happened: what a handler is called with when there is no life cycle around it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sym.engine.inputs import read_inputs
from sym.engine.views import World, load_world, params_of, view_flow
from sym.implementation.vocabulary import STEPS
from sym.store.database import Connection
from sym.store.events import Event
from sym.store.resources import StoredResource, get
from sym.store.runs import Run
from sym.testing.people import Person
from sym.testing.stage import ORG


@dataclass(frozen=True)
class Moment:
    """An event to call a handler with. ``world`` is all that its code may see."""

    world: World

    @property
    def name(self) -> str:
        """The event's name."""
        return self.world.event.name


@dataclass(frozen=True, kw_only=True)
class Happening:
    """What is to have happened: ``name`` by ``actor`` on a request by ``requester``, with ``inputs`` and ``context``,
    at ``now``, through ``channel``."""

    name: str
    requester: Person
    actor: Person
    inputs: Mapping[str, Any]
    context: Mapping[str, Any]
    now: datetime
    channel: str = "slack"
    channel_identifier: str | None = None


def imagine(conn: Connection, flow_id: str, happening: Happening) -> Moment:
    """The event as its code would see it. Raises InvalidInputs as a request does; a form that is only about to be shown
    has no answers yet. ValueError for a name no event has."""
    if happening.name not in STEPS:
        raise ValueError(f"{happening.name!r} is no event; there are: {', '.join(STEPS)}")
    flow = get(conn, "flow", flow_id)
    assert flow is not None, "the flow of a test is never deleted"
    run = _run(conn, flow, happening)
    request = _event(run, "request", happening.requester, happening)
    if happening.name in ("prompt", "request"):
        event = replace(request, name=happening.name)
        before: tuple[Event, ...] = ()
    else:
        event = replace(_event(run, happening.name, happening.actor, happening), context={})
        before = (request,)
    world = load_world(conn, run, event)
    return Moment(replace(world, events=(*before, event)))


def _run(conn: Connection, flow: StoredResource, happening: Happening) -> Run:
    fields, target_id, duration = dict(happening.inputs), None, None
    if happening.name != "prompt":
        targets = (view_flow(conn, ORG, flow)["strategy"] or {}).get("targets", [])
        read = read_inputs(params_of(flow.document), targets, happening.inputs)
        fields, target_id, duration = dict(read.fields), read.target_id, read.duration
    actors = {}
    if happening.name not in ("prompt", "request"):
        actors = {"request": happening.requester.id, happening.name: happening.actor.id}
    if happening.name in ("escalate", "deescalate"):
        actors["approve"] = happening.actor.id
    return Run(
        id=str(uuid.uuid4()), flow_id=flow.id, flow_slug=flow.slug, flow_version=flow.version,
        requester_id=happening.requester.id, status="requested", source="slack", fields=fields, target_id=target_id,
        duration=duration, actors=actors, created_at=happening.now, updated_at=happening.now,
    )  # fmt: skip


def _event(run: Run, name: str, who: Person, happening: Happening) -> Event:
    return Event(
        id=str(uuid.uuid4()), run_id=run.id, name=name, status="processing", phase="decide", actor_id=who.id,
        channel_type=happening.channel, channel_identifier=happening.channel_identifier, fields={},
        context=dict(happening.context), created_at=happening.now, scheduled_at=happening.now,
    )  # fmt: skip
