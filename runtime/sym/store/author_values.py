"""What authors keep with ``sym.sdk.integrations.store``: one JSON value per name."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from sym.store.surface_tables import author_value as table

# A JSON null would be SQL's NULL, so the value is wrapped.
_VALUE = "value"


def fetch(conn: Connection, name: str) -> Any:
    """The value, None if there is none."""
    return _read(conn, sa.select(table.c.value).where(table.c.name == name))


def lock(conn: Connection, name: str, *, now: datetime) -> Any:
    """The value, None if there is none; nobody else may change it before this transaction ends."""
    try:
        with conn.begin_nested():
            conn.execute(table.insert().values(name=name, value={_VALUE: None}, updated_at=now))
    except sa.exc.IntegrityError:
        return _read(conn, sa.select(table.c.value).where(table.c.name == name).with_for_update())
    return None


def put(conn: Connection, name: str, value: Any, *, now: datetime) -> None:
    """Keep ``value`` in place of what was there. Have it locked."""
    conn.execute(table.update().where(table.c.name == name).values(value={_VALUE: value}, updated_at=now))


def _read(conn: Connection, query: sa.Select[Any]) -> Any:
    found = conn.execute(query).scalar()
    return found[_VALUE] if found is not None else None
