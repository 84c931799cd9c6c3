"""What is different on PostgreSQL: a server that may go away, and locks that have to be asked for."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import sqlalchemy as sa

from sym.errors import Unavailable

_MIGRATION_LOCK = 0x53594D_5354_4F52  # any number, the same in every process
_WORKER_LOCK = _MIGRATION_LOCK + 1


def create_engine(url: sa.URL) -> sa.Engine:
    """An engine for the database ``url`` names. Raises Unavailable naming the extra to install without a driver."""
    query = {"connect_timeout": "10", **url.query}
    try:
        return sa.create_engine(
            url.set(drivername="postgresql+psycopg", query=query),
            pool_size=10,
            max_overflow=20,
            pool_pre_ping=True,
            hide_parameters=True,
        )
    except ImportError as error:
        raise Unavailable("PostgreSQL needs a driver.", hint="pip install 'symflow[postgres]'") from error


def lock_key(connection: sa.Connection, key: str) -> None:
    """Wait until no other transaction holds a lock on ``key``, a text of any meaning, and hold it until this one ends.

    Unlike a lock on rows it also keeps rows from appearing. Nothing to do on SQLite, which has one writer at a time.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(key, 0))))


@contextlib.contextmanager
def migrating(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction to migrate in, one process at a time; changes of tables are part of it."""
    with engine.begin() as connection:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        yield connection


def hold_worker_lock(engine: sa.Engine) -> Callable[[], None] | None:
    """Hold the lock of the one process that works on this database; None when another one has it.

    It belongs to a connection of its own, so that the server lets go of it when this process dies.
    """
    connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    if connection.execute(sa.text("SELECT pg_try_advisory_lock(:key)"), {"key": _WORKER_LOCK}).scalar():
        return lambda: _drop(connection)
    connection.close()
    return None


def _drop(connection: sa.Connection) -> None:
    # Not back into the pool: the lock would go with it. Asked for, because a server may take its time to notice that a
    # connection is gone.
    with contextlib.suppress(sa.exc.DBAPIError):
        connection.execute(sa.text("SELECT pg_advisory_unlock(:key)"), {"key": _WORKER_LOCK})
    connection.invalidate()
    connection.close()
