"""Between rows and frozen dataclasses whose fields are named like the table's columns."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import Connection

T = TypeVar("T")


def read(cls: type[T], row: sa.Row[Any]) -> T:
    """The dataclass of a row; columns it has no field for are left out."""
    names = {field.name for field in dataclasses.fields(cls)}  # type: ignore[arg-type]
    return cls(**{key: value for key, value in row._mapping.items() if key in names})


def one(conn: Connection, cls: type[T], query: sa.Select[Any]) -> T | None:
    """The first row of the query, or None."""
    row = conn.execute(query).first()
    return None if row is None else read(cls, row)


def many(conn: Connection, cls: type[T], query: sa.Select[Any]) -> list[T]:
    """Every row of the query."""
    return [read(cls, row) for row in conn.execute(query)]


def insert(conn: Connection, table: sa.Table, instance: Any) -> None:
    """Insert a dataclass. Raises SQLAlchemy's IntegrityError if a key is taken."""
    # Not dataclasses.asdict: it copies documents deeply.
    conn.execute(table.insert().values({field.name: getattr(instance, field.name) for field in _fields(instance)}))


def _fields(instance: Any) -> tuple[dataclasses.Field[Any], ...]:
    return dataclasses.fields(instance)


def move(conn: Connection, table: sa.Table, instance: T, guard: Sequence[str], changes: dict[str, Any]) -> T | None:
    """Compare and set: change the row of ``instance`` if the ``guard`` columns still are what the instance says.

    Gives the changed instance, or None if somebody was faster.
    """
    columns = [*(column.name for column in table.primary_key), *guard]
    # "= NULL" is never true, and PostgreSQL finds no row by an index with "IS NOT DISTINCT FROM".
    held = {name: getattr(instance, name) for name in columns}
    unchanged = (table.c[name].is_(None) if value is None else table.c[name] == value for name, value in held.items())
    changed = dataclasses.replace(instance, **changes)  # type: ignore[type-var]
    done = conn.execute(table.update().where(*unchanged).values(changes))
    return changed if done.rowcount == 1 else None
