"""Types of columns that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DontWrapMixin

from sym.audit.chain import plain


class NaiveDatetimeError(DontWrapMixin, TypeError):
    """A time without a zone was to be stored or compared: nobody can say which moment it means."""


class UtcDateTime(sa.TypeDecorator[datetime]):
    """A moment. Takes aware datetimes of any zone, gives aware datetimes in UTC.

    SQLite has no zones and compares text, so every value is written in UTC. Raises NaiveDatetimeError.
    """

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise NaiveDatetimeError(f"{value.isoformat()} has no time zone; pass an aware datetime")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Document(sa.TypeDecorator[Any]):
    """A JSON value; None is SQL's NULL. PostgreSQL does not keep the order of an object's keys.

    What PostgreSQL's JSON cannot hold (NUL, lone surrogates) is replaced on both databases: a vendor's odd error text
    must never be the reason why the end of somebody's access cannot be written down.
    """

    impl = sa.JSON(none_as_null=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.JSONB(none_as_null=True))
        return dialect.type_descriptor(sa.JSON(none_as_null=True))

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> Any:  # noqa: ARG002 - the base class's signature
        return plain(value)

    def coerce_compared_value(self, op: Any, value: Any) -> sa.types.TypeEngine[Any]:  # noqa: ARG002
        return self


class Note(sa.TypeDecorator[str]):
    """Text from outside, such as an error message, with the same replacements as :class:`Document`."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else str(plain(value))
