"""What is different on PostgreSQL: a server that may go away, and locks that have to be asked for."""

from __future__ import annotations

import contextlib
import select
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from sym.errors import Unavailable

IDLE_SECONDS = 10
"""How long a transaction may stand still: as long as its worker may be silent before it is taken for dead. Whoever is
frozen inside one holds locks, the audit log's among them, and would stop every other worker."""
_MIGRATION_LOCK = 0x53594D_5354_4F52  # any number, the same in every process


def create_engine(url: sa.URL) -> sa.Engine:
    """An engine for the database ``url`` names. Raises Unavailable naming the extra to install without a driver."""
    query = {"connect_timeout": "10", **url.query}
    try:
        engine = sa.create_engine(
            url.set(drivername="postgresql+psycopg", query=query),
            pool_size=20,
            max_overflow=20,
            hide_parameters=True,
        )
    except ImportError as error:
        raise Unavailable("PostgreSQL needs a driver.", hint="pip install 'symflow[postgres]'") from error
    sa.event.listen(engine, "connect", _limit_idleness)
    sa.event.listen(engine, "checkout", _refuse_closed)
    return engine


def _limit_idleness(connection: Any, _record: Any) -> None:
    # Not a parameter of the connection: poolers refuse those they do not know.
    connection.execute(f"SET idle_in_transaction_session_timeout = '{IDLE_SECONDS}s'")
    connection.commit()


def _refuse_closed(connection: Any, _record: Any, _proxy: Any) -> None:
    """Have the pool replace a connection that its server has closed. Nobody speaks to one at rest, so that whatever
    there is to read from it is the end: this takes no round trip, as asking the server would."""
    if connection.closed or select.select([connection.pgconn.socket], [], [], 0)[0]:
        raise sa.exc.DisconnectionError("the server has closed this connection")


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
