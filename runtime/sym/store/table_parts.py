"""What tables are made of."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

ID = sa.String(36)
TEXT = sa.Text
SHA256 = sa.String(64)


def column(name: str, kind: Any, *constraints: Any, null: bool = False, key: bool = False) -> sa.Column[Any]:
    """A column that is not null unless said so."""
    return sa.Column(name, kind, *constraints, nullable=null, primary_key=key)


def partial_index(name: str, column: str, where: str) -> sa.Index:
    """An index of the rows for which ``where`` holds. Queries repeat it as text: SQLite does not use such an index for
    a bound value."""
    return sa.Index(name, column, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
