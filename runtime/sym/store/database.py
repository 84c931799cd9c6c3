"""One store: one database, its transactions and its migrations."""

from __future__ import annotations

import contextlib
import functools
import math
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from sym.errors import Conflict, Invalid, Retryable, Unavailable
from sym.store import postgres, sqlite
from sym.store.grants import MOVED_LEASES, Lease
from sym.store.quick import MIGRATIONS, VERSION_TABLE, versions
from sym.store.turns import Turns

__all__ = ["Connection", "Store", "after_commit"]

_MIGRATE = "Run: symflow store migrate"
# PostgreSQL's SQLSTATEs: serialization failure and deadlock; undefined table and column.
_TRY_AGAIN = {"40001", "40P01"}
_NO_TABLE = {"42P01", "42703"}
_AFTER_COMMIT = "sym_after_commit"
_LONGEST_TURN_SECONDS = 30
# A file that was there this long ago is not looked for again.
_SEEN_SECONDS = 1.0


class Store:
    """A SQLite file (``sqlite:////path/store.db``) or a PostgreSQL database (``postgresql://…``).

    Nothing is opened, and no file created, before the first use. Safe to share between threads.
    """

    def __init__(self, url: str) -> None:
        """Raises Invalid for a URL that names neither database."""
        parsed = _parse(url)
        self.url = url
        self.dialect = "sqlite" if parsed.drivername == "sqlite" else "postgresql"
        """``"sqlite"`` or ``"postgresql"``."""
        self._url = parsed
        self.lease_observer: Callable[[list[tuple[Lease, Lease]]], None] | None = None
        """Hears of every lease moved by a transaction of this object, before and after, once that is committed."""
        self._turns = Turns()
        self._seen_at = -math.inf

    def __repr__(self) -> str:
        return f"Store({self._url.render_as_string(hide_password=True)!r})"

    @functools.cached_property
    def _engine(self) -> sa.Engine:
        return sqlite.create_engine(self._url) if self.dialect == "sqlite" else postgres.create_engine(self._url)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A connection in a transaction that commits at the end of the block, or rolls back if the block raises.

        Raises Unavailable if the database cannot be reached or the store does not exist yet, Retryable if
        PostgreSQL chose this transaction as the victim of a deadlock.
        """
        moved: list[tuple[Lease, Lease]] = []
        with self._open(writing=True) as connection:
            connection.execution_options(**{MOVED_LEASES: moved})
            yield connection
        if moved and self.lease_observer is not None:
            self.lease_observer(moved)

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """Like :meth:`transaction` for a block that only reads: on SQLite it waits for no writer."""
        with self._open(writing=False) as connection:
            yield connection

    @contextlib.contextmanager
    def _open(self, *, writing: bool) -> Iterator[Connection]:
        if not self.exists():
            raise Unavailable(f"There is no store at {self._place()} yet.", hint=_MIGRATE)
        with self._translated(), self._one_writer(writing), self._engine.connect() as connection:
            connection.execution_options(**{sqlite.WRITING: writing})
            if not writing and self.dialect != "sqlite":
                # Every statement sees what is committed when it begins, as in a transaction: only its beginning and
                # end, a round trip each, are left out.
                connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.info.pop(_AFTER_COMMIT, None)
            with connection.begin() as transaction:
                yield connection
                commits = transaction.is_active  # a block may have rolled it back itself
            calls = connection.info.pop(_AFTER_COMMIT, ()) if commits else ()
        for call in calls:
            call()

    @contextlib.contextmanager
    def _one_writer(self, writing: bool) -> Iterator[None]:
        """On SQLite the threads of this process write one after the other: the file has one writer at a time, and who
        finds it busy sleeps for up to a tenth of a second before looking again."""
        has_turn = writing and self.dialect == "sqlite" and self._turns.acquire(_LONGEST_TURN_SECONDS)
        try:
            yield
        finally:
            if has_turn:
                self._turns.release()

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (sa.exc.DatabaseError, sa.exc.InterfaceError, sa.exc.TimeoutError) as error:
            cause = getattr(error, "orig", None) or error
            state = getattr(cause, "sqlstate", None)
            if state in _TRY_AGAIN:
                raise Retryable("Two transactions needed the same rows.") from error
            if state in _NO_TABLE or "no such table" in str(cause):
                raise Unavailable(f"The store at {self._place()} is not up to date.", hint=_MIGRATE) from error
            if isinstance(error, sa.exc.DataError) and state is None and "NUL" in str(cause):
                # PostgreSQL was not asked: its driver sends no such text. Not the cause: it quotes the value.
                raise Invalid("A text holds NUL, which cannot be stored or looked for.") from None
            if isinstance(error, (sa.exc.DataError, sa.exc.IntegrityError, sa.exc.ProgrammingError)):
                raise
            first_line = str(cause).strip().partition("\n")[0]
            raise Unavailable(f"The store at {self._place()} cannot be used: {first_line}.") from error
        except (sa.exc.StatementError, UnicodeEncodeError) as error:
            cause = getattr(error, "orig", None) or error
            if not isinstance(cause, (ValueError, TypeError, RecursionError)):
                raise
            # Not the cause: it quotes the value.
            raise Invalid("A value cannot be stored: it is no text in UTF-8, or no JSON.") from None

    def _place(self) -> str:
        if self.dialect == "sqlite":
            return str(sqlite.file_of(self._url))
        return self._url.set(query={}).render_as_string(hide_password=True)

    def exists(self) -> bool:
        """Whether there is a database: for SQLite, whether the file is there; a server is taken to be."""
        if self.dialect != "sqlite" or time.monotonic() - self._seen_at < _SEEN_SECONDS:
            return True
        is_there = sqlite.file_of(self._url).is_file()
        if is_there:
            self._seen_at = time.monotonic()
        return is_there

    def migrate(self) -> None:
        """Bring the tables up to date, creating SQLite's file (mode 0600) and directory (0700) if needed.

        Any number of processes may do this at once. Raises Unavailable if the database cannot be reached, or its tables
        are of a generation newer than this program.
        """
        migrating = sqlite.migrating if self.dialect == "sqlite" else postgres.migrating
        with self._translated(), migrating(self._engine) as connection:
            current = _version(connection)
            self._refuse_newer(current)
            if current is None or current < versions()[-1]:
                _upgrade(connection)

    def check(self) -> None:
        """Raises Unavailable, saying what to do, unless this program can work with the tables: they are those it was
        made for, or those of a newer version that has only added to them."""
        with self.reading() as connection:
            current = _version(connection)
        self._refuse_newer(current)
        if current is None or current < versions()[-1]:
            raise Unavailable(f"The store at {self._place()} is not up to date.", hint=_MIGRATE)

    def _refuse_newer(self, current: str | None) -> None:
        # Within a generation (the first two digits) migrations only add: the version before goes on beside the new one.
        if current is not None and current > versions()[-1] and current[:2] != versions()[-1][:2]:
            raise Unavailable(
                f"The store at {self._place()} was made by a newer version of this program.",
                hint="Upgrade the package symflow on this machine.",
            )

    def scrub(self) -> None:
        """See to it that what was deleted is not in SQLite's file any more. Raises Unavailable if somebody holds on to
        it. On PostgreSQL that is the server's business: its next vacuum frees the space."""
        if self.dialect == "sqlite" and self.exists():
            with self._translated():
                sqlite.scrub(self._engine)

    def lock_for_worker(self) -> Callable[[], None]:
        """Make this process the one that works on a SQLite store; gives what lets go of it again. On PostgreSQL there
        is nothing to hold: workers share.

        Raises Conflict when another process has it. The lock ends with the process, however it ends.
        """
        if self.dialect != "sqlite":
            return lambda: None
        with self._translated():
            release = sqlite.hold_worker_lock(self._engine)
        if release is None:
            raise Conflict(
                f"Another process works on the store at {self._place()} already.",
                hint="One process works on a SQLite store: stop the other one first, or move to PostgreSQL, "
                "where any number of processes share the work.",
            )
        return release

    def wall_clock(self, conn: Connection) -> datetime | None:
        """What PostgreSQL's clock says now; None on SQLite, whose clock is this machine's."""
        if self.dialect == "sqlite":
            return None
        return conn.execute(sa.select(sa.func.clock_timestamp())).scalar_one().astimezone(UTC)  # type: ignore[no-any-return]

    def close(self) -> None:
        """Close every pooled connection. The store may be used again afterwards."""
        if "_engine" in self.__dict__:
            self._engine.dispose()
            del self.__dict__["_engine"]


def after_commit(conn: Connection, call: Callable[[], None]) -> None:
    """Call ``call``, which must not raise, once the transaction of ``conn`` has committed; never if it does not.

    For what is a matter of speed alone: a process may end between the two.
    """
    conn.info.setdefault(_AFTER_COMMIT, []).append(call)


def _parse(url: str) -> sa.URL:
    hint = "Write sqlite:////absolute/path/store.db or postgresql://user:password@host/database."
    try:
        parsed = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        # The text may hold a password: it is not repeated.
        raise Invalid("The store's URL cannot be read.", hint=hint, path="url") from None
    if parsed.drivername == "sqlite":
        sqlite.file_of(parsed)
    elif parsed.drivername not in ("postgresql", "postgres", "postgresql+psycopg"):
        raise Invalid(f"The store cannot be kept in {parsed.drivername!r}.", hint=hint, path="url")
    return parsed


def _version(connection: Connection) -> str | None:
    if not sa.inspect(connection).has_table(VERSION_TABLE):
        return None
    rows = connection.execute(sa.text(f"SELECT version_num FROM {VERSION_TABLE}")).scalars().all()  # noqa: S608
    return str(rows[0]) if rows else None


def _upgrade(connection: Connection) -> None:
    # Here, because the import takes longer than everything else a program that need not migrate does with its store.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    config.attributes["version_table"] = VERSION_TABLE
    command.upgrade(config, "head")
