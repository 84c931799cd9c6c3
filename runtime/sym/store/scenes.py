"""An event with its run and the run's lease: what every phase begins by reading, in one query."""

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

T = TypeVar("T")


def _columns(cls: type[Any], table: sa.Table) -> list[sa.Label[Any]]:
    return [table.c[field.name].label(f"{table.name}_{field.name}") for field in fields(cls)]


_JOINED = event_table.join(run_table, event_table.c.run_id == run_table.c.id).outerjoin(
    lease_table, lease_table.c.run_id == run_table.c.id
)
_COLUMNS = [*_columns(Event, event_table), *_columns(Run, run_table), *_columns(Lease, lease_table)]
_QUERY = sa.select(*_COLUMNS).select_from(_JOINED).where(event_table.c.id == sa.bindparam("event_id"))


def read_scene(conn: Connection, event_id: str) -> tuple[Event, Run, Lease | None] | None:
    """The event, its run, and the run's lease if it has one; None if there is no such event."""
    row = conn.execute(_QUERY, {"event_id": event_id}).first()
    if row is None:
        return None
    values = row._mapping
    lease = _read(Lease, lease_table, values) if values[f"{lease_table.name}_id"] is not None else None
    return _read(Event, event_table, values), _read(Run, run_table, values), lease


def _read(cls: type[T], table: sa.Table, values: Any) -> T:
    return cls(**{field.name: values[f"{table.name}_{field.name}"] for field in fields(cls)})  # type: ignore[arg-type]
