"""What authors' code sees of the world, as JSON documents.

The sandbox turns them into the objects of ``sym.sdk``; built-in strategies get the same. A document never holds a
secret's value, only the reference by which the host may be asked for it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sym.engine import srns
from sym.engine.kept_views import Reading, kept_view
from sym.engine.pinned import organization_slug, pinned_version
from sym.engine.resource_views import view_environment, view_strategy, view_target
from sym.store.database import Connection
from sym.store.events import Event, events_of_run
from sym.store.identities import Identity, identities_of, identities_of_all
from sym.store.resources import StoredResource
from sym.store.runs import Run
from sym.store.users import User, users_with_ids

Document = dict[str, Any]
STEP_NAMES = {"forward": "request_forward", "expire": "request_expire"}
"""What events are called in authors' code, where it is not as here."""
OWN_FIELDS = frozenset({"target", "target_id", "duration"})
"""Fields whose value is the run's: nothing an event brings along may stand in for it."""


@dataclass(frozen=True, kw_only=True)
class World:
    """Everything one event's code may look at: the run, its events, and the flow it is pinned to."""

    org: str
    run: Run
    event: Event
    events: tuple[Event, ...]
    flow: StoredResource
    users: dict[str, User]
    flow_view: Document
    fields: Document
    user_views: dict[str, Document]

    @property
    def implementation(self) -> str:
        """Source text of the flow version the run is pinned to."""
        return str(self.flow.document["implementation"])

    @property
    def params(self) -> Document:
        """The flow's params, {} if it has none."""
        return params_of(self.flow.document)


def params_of(flow: Document) -> Document:
    """The one params block of a flow's document, {} if it has none. What is null is left out: its default applies."""
    params = flow.get("params") or {}
    if isinstance(params, list):
        params = params[0] if params else {}
    return {name: value for name, value in params.items() if value is not None}


def load_world(conn: Connection, run: Run, event: Event, frozen_flow: Document | None = None) -> World:
    """Read what the code of ``event`` may see. ``frozen_flow`` is the view a lease froze when access was granted: it
    is used instead of the resources as they are now, which may be gone."""
    org = organization_slug(conn)
    flow = pinned_version(conn, run.flow_id, run.flow_version)
    assert flow is not None, "versions of a flow are kept for as long as there are runs"
    events = tuple(events_of_run(conn, run.id))
    ids = {run.requester_id, *run.actors.values()} | {item.actor_id for item in events if item.actor_id}
    users = {user.id: user for user in users_with_ids(conn, ids)}
    known = identities_of_all(conn, ids)
    user_views = {user_id: _user_view(user, known.get(user_id, [])) for user_id, user in users.items()}
    flow_view = frozen_flow or _with_pinned_target(conn, org, run, view_flow(conn, org, flow))
    return World(
        org=org, run=run, event=event, events=events, flow=flow, users=users, user_views=user_views,
        flow_view=flow_view, fields=view_fields(run, event, flow_view),
    )  # fmt: skip


def next_world(conn: Connection, world: World, run: Run, event: Event, frozen_flow: Document | None = None) -> World:
    """The world of a phase that follows another one at once, whose world is given: people and resources are as they
    were a moment ago, and only the run's events are read again."""
    events = tuple(events_of_run(conn, run.id))
    ids = {run.requester_id, *run.actors.values()} | {item.actor_id for item in events if item.actor_id}
    if not ids <= world.users.keys():
        return load_world(conn, run, event, frozen_flow)
    flow_view = frozen_flow or world.flow_view
    fields = view_fields(run, event, flow_view)
    return replace(world, run=run, event=event, events=events, flow_view=flow_view, fields=fields)


def _with_pinned_target(conn: Connection, org: str, run: Run, flow_view: Document) -> Document:
    """The flow with the target the run asked for as it was then: what people approve is what is granted."""
    strategy = flow_view["strategy"]
    if not strategy or run.target_id is None or run.target_version is None:
        return flow_view
    asked = pinned_version(conn, run.target_id, run.target_version)
    pinned = view_target(org, asked) if asked else None
    targets = [pinned if pinned and target["id"] == run.target_id else target for target in strategy["targets"]]
    return {**flow_view, "strategy": {**strategy, "targets": targets}}


def user_view(conn: Connection, user: User) -> Document:
    """A user with the identities known in other services."""
    return _user_view(user, identities_of(conn, user.id))


def _user_view(user: User, known: list[Identity]) -> Document:
    identities = [
        {"service": item.service, "service_id": item.service_id, "user_id": item.external_user_id} for item in known
    ]
    return {
        "$type": "user", "id": user.id, "email": user.email, "username": user.username, "type": user.type,
        "first_name": user.first_name, "last_name": user.last_name,
        "role": "member" if user.role == "requester" else user.role, "identities": identities,
    }  # fmt: skip


def view_event(world: World) -> Document:
    """The event as its handlers get it."""
    run, event = world.run, world.event
    actor_id = event.actor_id or run.requester_id
    first = world.events[0] if world.events else event
    contexts = {item.name: item.context for item in world.events if item.status != "scheduled"}
    return {
        "$type": "event",
        "srn": srns.event(world.org, event.name, event.id),
        "name": STEP_NAMES.get(event.name, event.name),
        "template": srns.TEMPLATE,
        "payload": {
            "timestamp": event.created_at.isoformat(),
            "fields": world.fields,
            "srn": srns.event(world.org, event.name, event.id),
            "user": world.user_views[actor_id],
        },
        "flow": world.flow_view,
        "run": {
            "srn": srns.run(world.org, run.flow_slug, run.flow_version, run.id),
            "actors": {name: world.user_views[user_id] for name, user_id in _actors(world).items()},
            "contexts": contexts,
            "source_channel": _channel(first),
        },
        "channel": _channel(event),
    }


def _actors(world: World) -> dict[str, str]:
    current = {world.event.name: world.event.actor_id} if world.event.actor_id else {}
    # Who issued a bot's token has caused no event: authors do not look for it here.
    past = {name: user_id for name, user_id in world.run.actors.items() if name != "token"}
    return {name: user_id for name, user_id in {**past, **current}.items() if user_id in world.users}


def _channel(event: Event) -> Document:
    return {"type": event.channel_type, "identifier": event.channel_identifier}


def view_fields(run: Run, event: Event, flow_view: Document) -> Document:
    """``event.payload.fields``: the answers of the form, the target with its bindings filled in, the duration in
    seconds, and what this event brought along (such as ``decision_message``)."""
    fields: Document = {**run.fields}
    target = target_view(run, flow_view)
    if target is not None:
        fields |= {"target": target, "target_id": run.target_id}
    if run.duration is not None:
        fields["duration"] = run.duration
    if event.name == "request" and event.channel_type != "sdk":
        return {**event.fields, **fields}
    return {**fields, **{name: value for name, value in event.fields.items() if name not in OWN_FIELDS}}


def target_view(run: Run, flow_view: Document) -> Document | None:
    """The target the run asked for, ``field_bindings`` filled from the answers; None for approval-only runs."""
    targets = (flow_view.get("strategy") or {}).get("targets", [])
    for target in targets:
        if target["id"] == run.target_id:
            bound = {name: run.fields[name] for name in target["field_bindings"] if name in run.fields}
            return {**target, "settings": {**target["settings"], **bound}}
    return None


def view_flow(conn: Connection, org: str, flow: StoredResource) -> Document:
    """A flow with its environment and strategy, as ``event.flow``. Nobody may change it."""
    return kept_view(conn, (flow.id, flow.version), lambda reading: _view_flow(reading, org, flow))


def _view_flow(reading: Reading, org: str, flow: StoredResource) -> Document:
    params = params_of(flow.document)
    environment = reading.latest("environment", flow.document["environment_id"])
    strategy = reading.latest("strategy", params["strategy_id"]) if params.get("strategy_id") else None
    return {
        "srn": srns.flow(org, flow.slug, flow.version, flow.id),
        "fields": {field["name"]: field for field in params.get("prompt_field") or []},
        "vars": flow.document.get("vars") or {},
        "environment": view_environment(reading, org, environment),
        "strategy": view_strategy(reading, org, strategy) if strategy else None,
    }


def secrets_in(view: Any) -> dict[str, Document]:
    """Every secret reference anywhere in a view, by id: what the flow declares and may therefore read."""
    if isinstance(view, dict):
        if view.get("$type") == "secret":
            return {view["id"]: view}
        return {key: found for item in view.values() for key, found in secrets_in(item).items()}
    if isinstance(view, list):
        return {key: found for item in view for key, found in secrets_in(item).items()}
    return {}
