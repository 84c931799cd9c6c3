"""The flows somebody is offered: those that take requests from where they are, and that the flows filter keeps."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sym.engine.authority import require_asking
from sym.engine.cards import person_document
from sym.engine.error_loggers import error_loggers
from sym.engine.form import OfferedFlow
from sym.engine.form_reports import FormReports, about_filter
from sym.engine.host import FlowHost
from sym.engine.pinned import organization_slug
from sym.engine.prompting import NOT_THEIRS, SECONDS, said
from sym.engine.resource_views import view_integrations
from sym.engine.sandbox.sandbox import Call, Sandbox
from sym.engine.views import Document, World, params_of, user_view, view_flow
from sym.errors import AuthorCodeFailed, Refused, SymError, Unavailable
from sym.store.database import Connection, Store
from sym.store.events import Event
from sym.store.resources import StoredResource, get, list_resources
from sym.store.runs import Run
from sym.store.users import User

SOURCE = "get_flows.py"


class FlowsUnavailable(Unavailable):
    """Which flows you may ask for cannot be told now. Try again later."""


class Offers:
    """Tells which flows people are offered. ``hosts`` makes the host that authors' code may ask."""

    def __init__(self, store: Store, sandbox: Sandbox, hosts: Callable[[World], FlowHost],
                 reports: FormReports) -> None:  # fmt: skip
        self._store = store
        self._sandbox = sandbox
        self._hosts = hosts
        self._reports = reports

    def to(self, user: User, source: str, now: datetime) -> list[OfferedFlow]:
        """The flows ``user`` is offered at ``source``, by their labels. Raises FlowsUnavailable if the flows filter
        fails: what it might have hidden is not shown, and error loggers hear of it."""
        with self._store.reading() as conn:
            flows = [flow for flow in list_resources(conn, "flow") if _takes(flow, source, user.role)]
            chosen = next(iter(list_resources(conn, "flows_filter")), None)
            asked = self._question(conn, chosen, user, flows, now) if chosen and flows else None
        if asked is not None:
            kept = self._kept(user, *asked)
            flows = [flow for flow in flows if flow.slug in kept]
        with self._store.reading() as conn:
            return sorted((describe(conn, flow) for flow in flows), key=lambda flow: (flow.label.casefold(), flow.slug))

    def _question(self, conn: Connection, chosen: StoredResource, user: User, flows: list[StoredResource],
                  now: datetime) -> tuple[Call, World]:  # fmt: skip
        org = organization_slug(conn)
        views = [{**view_flow(conn, org, flow), "$type": "flow"} for flow in flows]
        call = Call(source=SOURCE, text=chosen.document["implementation"], kind="reducer", function="get_flows",
                    arguments=[user_view(conn, user), views, dict(chosen.document.get("vars") or {})],
                    deadline=SECONDS)  # fmt: skip
        integrations = view_integrations(conn, org, chosen.document.get("integrations"))
        return call, _world(org, chosen, user, integrations, now)

    def _kept(self, user: User, call: Call, world: World) -> set[str]:
        try:
            answer = self._sandbox.call(call, self._hosts(world)).value
            if not isinstance(answer, list) or not all(_is_flow(item) for item in answer):
                raise AuthorCodeFailed("it must return a list of the flows it was given.", handler="get_flows",
                                       source=SOURCE)  # fmt: skip
        except NOT_THEIRS as error:
            raise FlowsUnavailable(code="FormAPI:BUSY") from error
        except SymError as error:
            with self._store.reading() as conn:
                destinations = error_loggers(conn)
            self._reports.tell(destinations, about_filter(world.org, person_document(user), said(error)))
            raise FlowsUnavailable(hint="An administrator finds the reason in the log.",
                                   code="FormAPI:FILTER_FAILED") from error  # fmt: skip
        return {str(item["name"]) for item in answer}


def describe(conn: Connection, flow: StoredResource) -> OfferedFlow:
    """A flow as people choose it."""
    environment = get(conn, "environment", flow.document["environment_id"])
    slug = environment.slug if environment else ""
    label = (environment.document.get("label") or environment.document["name"]) if environment else ""
    return OfferedFlow(id=flow.id, slug=flow.slug, label=flow.document.get("label") or flow.document["name"],
                       environment=slug, environment_label=label)  # fmt: skip


def _takes(flow: StoredResource, source: str, role: str) -> bool:
    try:
        require_asking(flow.slug, params_of(flow.document).get("allowed_sources"), source, role)
    except Refused:
        return False
    return True


def _is_flow(item: Any) -> bool:
    return isinstance(item, dict) and item.get("$type") == "flow"


def _world(org: str, chosen: StoredResource, user: User, integrations: Document, now: datetime) -> World:
    """What the host may give the filter: the integrations it declares, and no run."""
    run = Run(id=str(uuid.uuid4()), flow_id=chosen.id, flow_slug="", flow_version=chosen.version,
              requester_id=user.id, status="prompted", source="slack", fields={}, actors={}, created_at=now,
              updated_at=now)  # fmt: skip
    event = Event(id=str(uuid.uuid4()), run_id=run.id, name="prompt", status="processing", phase="decide",
                  actor_id=user.id, channel_type="sym", channel_identifier=None, fields={}, context={},
                  created_at=now, scheduled_at=now)  # fmt: skip
    view = {"environment": {"integrations": integrations}, "strategy": None}
    return World(org=org, run=run, event=event, events=(event,), flow=chosen, users={user.id: user}, flow_view=view,
                 fields={}, user_views={})  # fmt: skip
