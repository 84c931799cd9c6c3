"""From what happened to its audit entry: one entry per event, refusals included."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sym.audit import events as audit
from sym.engine import srns
from sym.engine.views import World
from sym.store.audit import append, require_writable
from sym.store.database import Connection
from sym.store.users import User

RUN_ENTRIES: dict[str, type[audit.RunEvent]] = {
    entry.name: entry
    for entry in (
        audit.RunRequested, audit.RunForwarded, audit.RunExpired, audit.RunApproved, audit.RunDenied, audit.RunIgnored,
        audit.RunEscalated, audit.RunDeescalated, audit.EventFailed, audit.EventIgnored, audit.EventRepeated,
        audit.LeaseStuck, audit.RunExtended, audit.RunRetried, audit.EventOverridden, audit.LeaseRemovedManually,
        audit.MessageFailed, audit.LeasePreexisted, audit.LeaseRestored, audit.LeaseRecovered,
    )
}  # fmt: skip


def record(conn: Connection, name: str, world: World, *, errors: tuple[str, ...] = (), now: datetime) -> None:
    """Append the entry ``name`` of the audit vocabulary for the world's event, in the caller's transaction."""
    if name == audit.ActionRefused.name:
        record_refusal(conn, world, errors[0] if errors else "refused", now=now)
        return
    append(conn, _entry(name, world, errors), now=now)


def require_recordable(conn: Connection, name: str, world: World, *, now: datetime) -> None:
    """Raises Unrecorded unless the entry ``name`` could be appended now."""
    require_writable(conn, _entry(name, world, ()), now=now)


def _entry(name: str, world: World, errors: tuple[str, ...]) -> audit.RunEvent:
    event = world.event
    return RUN_ENTRIES[name](
        run_id=world.run.id,
        event_id=event.id,
        run=_run(world),
        event=_event(world),
        actor=_actor(world, event.actor_id),
        fields=_fields(world),
        errors=errors,
    )


def entry_in_progress(world: World) -> dict[str, Any]:
    """The world's event in the shape of its audit entries, for whoever is to work on it. Its id is the event's: it is
    the same whenever the same event is handed over."""
    entry = _entry(audit.RunEscalated.name, world, ())
    document = entry.document(world.event.id, world.event.created_at)
    return {**document, "state": {"status": "processing", "errors": []}}


def noted(world: World, note: dict[str, Any]) -> World:
    """The world with ``note`` among what its event brought along, as the audit entry shows it."""
    if not note:
        return world
    event = replace(world.event, fields={**world.event.fields, **note})
    return replace(world, event=event, fields={**world.fields, **note})


def record_refusal(conn: Connection, world: World, message: str, *, now: datetime) -> None:
    """Append that somebody was not allowed to do what the world's event asked for."""
    entry = audit.ActionRefused(
        actor=_actor(world, world.event.actor_id),
        action=world.event.name,
        code=f"{world.event.name.capitalize()}API:REFUSED",
        message=message,
        run_id=world.run.id,
        details={"flow": world.run.flow_slug},
    )
    append(conn, entry, now=now)


def actor_of(org: str, user: User) -> audit.Actor:
    """A user as the audit log names them."""
    identity: dict[str, Any] = {"service": "sym", "external_id": "cloud"}
    identity |= {"email": user.email} if user.email else {"user_id": user.id}
    full_name = " ".join(part for part in (user.first_name, user.last_name) if part)
    return audit.Actor(
        user_id=user.id,
        username=user.username,
        name=full_name,
        identity=identity,
        organization=org,
        type=user.type,
    )


def _actor(world: World, user_id: str | None) -> audit.Actor:
    user = world.users.get(user_id) if user_id else None
    return actor_of(world.org, user) if user else audit.Actor.SYSTEM


def _run(world: World) -> audit.RunView:
    run = world.run
    happened = {**run.actors, **({world.event.name: world.event.actor_id} if world.event.actor_id else {})}
    return audit.RunView(
        srn=srns.run(world.org, run.flow_slug, run.flow_version, run.id),
        parent=None,
        flow=srns.flow(world.org, run.flow_slug, run.flow_version, run.flow_id),
        actors={name: _actor(world, user_id) for name, user_id in happened.items()},
    )


def _event(world: World) -> audit.EventView:
    event = world.event
    return audit.EventView(
        id=event.id,
        srn=srns.event_spec(event.name),
        type=event.name,
        template=srns.TEMPLATE,
        timestamp=event.created_at,
        channel=event.channel_type,
    )


def _fields(world: World) -> dict[str, Any]:
    """An entry's fields: a de-escalation has its type and target only; everything else also what was asked."""
    fields = dict(world.fields)
    if world.event.name == "deescalate":
        fields = {key: fields[key] for key in ("target", "target_id") if key in fields} | world.event.fields
    target = fields.get("target")
    if target:
        shown = ("srn", "type", "label", "name", "settings")
        fields["target"] = {key: target[key] for key in shown}
    return fields
