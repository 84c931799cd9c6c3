"""Runs and events as the API shows them, and who may see them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from sym.engine import srns
from sym.engine.lifecycle import ROLE_LEVELS
from sym.errors import NotFound
from sym.store.database import Connection
from sym.store.events import Event, events_of_run
from sym.store.organizations import organization
from sym.store.resources import version_of
from sym.store.runs import Run, get_run
from sym.store.users import User, get_user


class Person(BaseModel):
    """A user, as runs name them."""

    user_id: str
    username: str
    email: str | None
    name: str


class EventItem(BaseModel):
    """One event of a run; ``status`` is success, error or processing, ``error`` why it is error."""

    event_id: str
    name: str
    status: str
    timestamp: str
    error: str | None


class RunBody(BaseModel):
    """A run. ``duration`` is in seconds, ``expires_at`` when the access ends; moments are in UTC."""

    run_id: str
    srn: str
    flow_srn: str
    status: str
    created_at: str
    updated_at: str
    requester: Person | None
    actors: dict[str, Person]
    fields: dict[str, Any]
    target_srn: str | None
    duration: int | None
    expires_at: str | None
    events: list[EventItem]


def moment(when: datetime) -> str:
    """A time as the API writes it: ``2026-11-21 09:30:00.000000+00:00``."""
    return when.isoformat(sep=" ", timespec="microseconds")


def event_status(event: Event) -> str:
    """``success`` and ``error`` are final; everything else is still ``processing`` to a caller."""
    return event.status if event.status in ("success", "error") else "processing"


def may_see(user: User, run: Run) -> bool:
    """Whether ``user`` may look at ``run``: admins, bots, whoever took part, and whom the flow's permissions name."""
    if user.role == "admin" or user.type == "bot" or user.id == run.requester_id or user.id in run.actors.values():
        return True
    granted = [(run.permissions or {}).get(key) for key in ("webapp_view", "approve_deny")]
    return any(_covers(permission, user) for permission in granted)


def _covers(permission: Any, user: User) -> bool:
    if isinstance(permission, str):
        return permission in ROLE_LEVELS.get(user.role, frozenset())
    return isinstance(permission, list) and user.id in permission


def known_id(text: str) -> str | None:
    """``text`` as the store writes ids, None if it cannot be one."""
    try:
        return str(uuid.UUID(text)) if len(text) == 36 else None
    except ValueError:
        return None


def found_run(conn: Connection, run_id: str) -> Run:
    """The run. Raises NotFound."""
    known = known_id(run_id)
    run = get_run(conn, known) if known else None
    if run is None:
        raise NotFound("There is no such run.", code="RunAPI:NOT_FOUND")
    return run


def visible_run(conn: Connection, run_id: str, user: User) -> Run:
    """The run, if there is one that ``user`` may see. Raises NotFound: to others it does not exist."""
    run = found_run(conn, run_id)
    if not may_see(user, run):
        raise NotFound("There is no such run.", code="RunAPI:NOT_FOUND")
    return run


def view_run(conn: Connection, run: Run) -> RunBody:
    """Everything the API says about a run."""
    found = organization(conn)
    org = found.slug if found else "removed"
    people = {user_id: person_of(conn, user_id) for user_id in {run.requester_id, *run.actors.values()}}
    return RunBody(
        run_id=run.id,
        srn=srns.run(org, run.flow_slug, run.flow_version, run.id),
        flow_srn=srns.flow(org, run.flow_slug, run.flow_version),
        status=run.status,
        created_at=moment(run.created_at),
        updated_at=moment(run.updated_at),
        requester=people[run.requester_id],
        actors={name: person for name, user_id in run.actors.items() if (person := people[user_id])},
        fields=run.fields,
        target_srn=_target_srn(conn, org, run),
        duration=run.duration,
        expires_at=moment(run.expires_at) if run.expires_at else None,
        # A timer is not an event yet: `expires_at` says when access ends.
        events=[_event_item(event) for event in events_of_run(conn, run.id) if event.status != "scheduled"],
    )


def person_of(conn: Connection, user_id: str) -> Person | None:
    """A user as the API names them; None if the store does not know the id."""
    user = get_user(conn, user_id)
    if user is None:
        return None
    name = " ".join(part for part in (user.first_name, user.last_name) if part)
    return Person(user_id=user.id, username=user.username, email=user.email, name=name)


def _target_srn(conn: Connection, org: str, run: Run) -> str | None:
    if run.target_id is None or run.target_version is None:
        return None
    target = version_of(conn, run.target_id, run.target_version)
    return srns.typed(org, "access_target", target.type, target.slug, target.id) if target else None


def _event_item(event: Event) -> EventItem:
    status = event_status(event)
    return EventItem(
        event_id=event.id,
        name=event.name,
        status=status,
        timestamp=moment(event.scheduled_at),
        error=event.error if status == "error" else None,
    )
