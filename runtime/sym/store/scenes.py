"""An event with its run and the run's lease: what every phase begins by reading, in one query; and who of its people
has left."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import Connection

from sym.store.events import Event
from sym.store.grants import Lease
from sym.store.runs import Run
from sym.store.tables import event as event_table
from sym.store.tables import lease as lease_table
from sym.store.tables import run as run_table
from sym.store.tables import user as user_table

T = TypeVar("T")


def _columns(cls: type[Any], table: sa.Table) -> list[sa.Label[Any]]:
    return [table.c[field.name].label(f"{table.name}_{field.name}") for field in fields(cls)]


_REQUESTER, _ACTOR = user_table.alias("requester"), user_table.alias("actor")
_JOINED = (
    event_table.join(run_table, event_table.c.run_id == run_table.c.id)
    .outerjoin(lease_table, lease_table.c.run_id == run_table.c.id)
    .outerjoin(_REQUESTER, _REQUESTER.c.id == run_table.c.requester_id)
    .outerjoin(_ACTOR, _ACTOR.c.id == event_table.c.actor_id)
)
_COLUMNS = [
    *_columns(Event, event_table), *_columns(Run, run_table), *_columns(Lease, lease_table),
    _REQUESTER.c.deactivated_at.label("requester_left_at"), _ACTOR.c.deactivated_at.label("actor_left_at"),
]  # fmt: skip
_QUERY = sa.select(*_COLUMNS).select_from(_JOINED).where(event_table.c.id == sa.bindparam("event_id"))


def read_scene(conn: Connection, event_id: str) -> tuple[Event, Run, Lease | None, frozenset[str]] | None:
    """The event, its run, the run's lease if it has one, and the ids of the requester and of whoever caused the event
    if their accounts are closed; None if there is no such event."""
    row = conn.execute(_QUERY, {"event_id": event_id}).first()
    if row is None:
        return None
    values = row._mapping
    lease = _read(Lease, lease_table, values) if values[f"{lease_table.name}_id"] is not None else None
    event, run = _read(Event, event_table, values), _read(Run, run_table, values)
    people = ((run.requester_id, "requester_left_at"), (event.actor_id, "actor_left_at"))
    return event, run, lease, frozenset(user_id for user_id, at in people if values[at] is not None)


def _read(cls: type[T], table: sa.Table, values: Any) -> T:
    return cls(**{field.name: values[f"{table.name}_{field.name}"] for field in fields(cls)})  # type: ignore[arg-type]
