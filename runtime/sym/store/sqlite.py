"""What is different on SQLite: a file that must not appear by accident, one writer at a time, checks that are off."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from sym.errors import Invalid, Unavailable
from sym.store.quick import connect

WRITING = "sym_writing"
"""Execution option of a connection whose transactions take the write lock at once: a transaction that begins by reading
and then writes fails when somebody else wrote in between."""

FOREIGN_KEYS = "sym_foreign_keys"


def create_engine(url: sa.URL) -> sa.Engine:
    """An engine for the file ``url`` names, which must exist when it is used. Raises Invalid without a file."""
    path = file_of(url)
    engine = sa.create_engine(url, creator=lambda: connect(path), pool_timeout=30, hide_parameters=True)
    sa.event.listen(engine, "begin", _begin)
    return engine


def file_of(url: sa.URL) -> Path:
    """The path of the database file. Raises Invalid for a database in memory, which no second process could see."""
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise Invalid("The store needs a file.", hint="Write sqlite:////absolute/path/store.db.", path="url")
    return Path(url.database).absolute()


def _begin(connection: sa.Connection) -> None:
    writing = connection.get_execution_options().get(WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


@contextlib.contextmanager
def migrating(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction to migrate in, one process at a time; the file is created, readable by its owner only.

    Foreign keys are not enforced in it, because rebuilding a table would otherwise delete what refers to it; they are
    checked before it commits. Raises Unavailable if the file cannot be created or is damaged.
    """
    path = file_of(engine.url)
    with _one_at_a_time(path):
        _create(path)
        with engine.connect().execution_options(**{WRITING: True}) as connection:
            _outside_transaction(connection, "PRAGMA journal_mode=WAL", "PRAGMA foreign_keys=OFF")
            try:
                with connection.begin():
                    yield connection
                    if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                        raise Unavailable(f"The store is damaged: a row of {broken[0]} refers to one that is missing.")
            finally:
                _outside_transaction(connection, "PRAGMA foreign_keys=ON")


def _outside_transaction(connection: sa.Connection, *statements: str) -> None:
    driver: Any = connection.connection.driver_connection
    for statement in statements:
        driver.execute(statement)


@contextlib.contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    """Hold a lock on the file's directory. Not on the file itself: closing it would drop SQLite's own locks."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        directory = os.open(path.parent, os.O_RDONLY)
    except OSError as error:
        raise Unavailable(
            f"{path.parent}: {error.strerror}.", hint="The store's directory must be writable."
        ) from error
    try:
        fcntl.flock(directory, fcntl.LOCK_EX)
        yield
    finally:
        os.close(directory)


def _create(path: Path) -> None:
    try:
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        # An older or copied file may be readable by others; SQLite gives its journal the same mode.
        elif path.stat().st_mode & 0o077:
            path.chmod(0o600)
    except OSError as error:
        raise Unavailable(f"{path}: {error.strerror}.", hint="The store's file must be writable.") from error


def scrub(engine: sa.Engine) -> None:
    """Write the file anew without what was deleted from it, and empty its journal."""
    with engine.connect() as connection:
        _outside_transaction(connection, "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)")


def hold_worker_lock(engine: sa.Engine) -> Callable[[], None] | None:
    """Hold the lock of the one process that works on this file; None when another one has it.

    The lock is on a file beside the database, because closing the database file itself would drop SQLite's own locks.
    """
    # One file has one lock, whatever links lead to it.
    path = file_of(engine.url).resolve()
    handle = os.open(f"{path}.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return lambda: os.close(handle)
