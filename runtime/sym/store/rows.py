"""Between rows and frozen dataclasses whose fields are named like the table's columns."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Hashable, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import Connection

T = TypeVar("T")


def read(cls: type[T], row: sa.Row[Any]) -> T:
    """The dataclass of a row; columns it has no field for are left out."""
    names = _names(cls)  # type: ignore[arg-type]
    return cls(**{key: value for key, value in row._mapping.items() if key in names})


@functools.cache
def _names(cls: Hashable) -> frozenset[str]:
    return frozenset(field.name for field in dataclasses.fields(cls))  # type: ignore[arg-type]


def one(conn: Connection, cls: type[T], query: sa.Select[Any], values: dict[str, Any] | None = None) -> T | None:
    """The first row of the query, with ``values`` for its parameters, or None."""
    row = conn.execute(query, values).first()
    return None if row is None else read(cls, row)


def many(conn: Connection, cls: type[T], query: sa.Select[Any], values: dict[str, Any] | None = None) -> list[T]:
    """Every row of the query, with ``values`` for its parameters."""
    return [read(cls, row) for row in conn.execute(query, values)]


def insert(conn: Connection, table: sa.Table, instance: Any) -> None:
    """Insert a dataclass. Raises SQLAlchemy's IntegrityError if a key is taken."""
    # Not dataclasses.asdict: it copies documents deeply.
    conn.execute(table.insert(), {name: getattr(instance, name) for name in _names(type(instance))})  # type: ignore[arg-type]


def move(conn: Connection, table: sa.Table, instance: T, guard: Sequence[str], changes: dict[str, Any]) -> T | None:
    """Compare and set: change the row of ``instance`` if the ``guard`` columns still are what the instance says.

    Gives the changed instance, or None if somebody was faster.
    """
    columns = (*(column.name for column in table.primary_key), *guard)
    held = {name: getattr(instance, name) for name in columns}
    changed = dataclasses.replace(instance, **changes)  # type: ignore[type-var]
    update = _compared_update(table, tuple((name, value is None) for name, value in held.items()), tuple(changes))
    values = {f"new_{name}": value for name, value in changes.items()}
    done = conn.execute(update, values | {f"old_{name}": value for name, value in held.items() if value is not None})
    return changed if done.rowcount == 1 else None


@functools.lru_cache(maxsize=512)
def _compared_update(table: sa.Table, held: tuple[tuple[str, bool], ...], changes: tuple[str, ...]) -> sa.Update:
    """The statement of :func:`move`: built once, because that takes as long as it takes to carry it out. ``held`` says
    of each column whether it must be null."""
    # "= NULL" is never true, and PostgreSQL finds no row by an index with "IS NOT DISTINCT FROM".
    unchanged = (
        column.is_(None) if is_null else column == sa.bindparam(f"old_{column.name}", type_=column.type)
        for column, is_null in ((table.c[name], is_null) for name, is_null in held)
    )
    new = {name: sa.bindparam(f"new_{name}", type_=table.c[name].type) for name in changes}
    return table.update().where(*unchanged).values(new)
