"""Reads resources of a SQLite store without SQLAlchemy, whose import takes longer than a plan's reads together.

Only for a program that Terraform starts for one command. It answers when all is as it should be, and never says what is
wrong: :class:`~sym.store.database.Store` does.
"""

from __future__ import annotations

import contextlib
import functools
import json
import sqlite3
import threading
from pathlib import Path
from typing import Any
from urllib.parse import quote

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "sym_schema_version"

Found = list[tuple[str, dict[str, Any]]]
"""Ids of resources, each with its document."""

_SCHEME = "sqlite:///"


@functools.cache
def versions() -> tuple[str, ...]:
    """The revisions this program knows, oldest first: the numbers that the files' names begin with."""
    return tuple(sorted(file.name[1:5] for file in (MIGRATIONS / "versions").glob("v*.py")))


def connect(path: Path) -> sqlite3.Connection:
    """A connection to the file, which must be there. Raises sqlite3.Error."""
    # mode=rw: opening a missing file is an error, not a new and empty store.
    connection = sqlite3.connect(
        f"file:{quote(str(path))}?mode=rw", uri=True, timeout=30, isolation_level=None, check_same_thread=False
    )
    for pragma in ("busy_timeout=30000", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


class QuickReader:
    """Reads the store at ``url`` as long as it is a SQLite file of today's form that belongs to the organization
    ``org``, whichever that is if None. Safe to share between threads."""

    def __init__(self, url: str, org: str | None) -> None:
        path = url.removeprefix(_SCHEME)
        is_plain = url.startswith(_SCHEME) and path and "?" not in path and not path.startswith((":", "file:"))
        self._file = Path(path).absolute() if is_plain else None
        self._org = org
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def close(self) -> None:
        """Let go of the file. A later read opens it again."""
        with self._lock:
            connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def get(self, name: str, resource_id: str) -> Found | None:
        """The resource with that id, or none; None if this reader cannot say."""
        return self._select("name = ? AND id = ?", (name, resource_id))

    def all_of(self, name: str) -> Found | None:
        """Every resource of that name; None if this reader cannot say."""
        return self._select("name = ?", (name,))

    def _select(self, condition: str, values: tuple[str, ...]) -> Found | None:
        if self._file is None or not self._file.is_file():
            return None
        query = f"SELECT id, document FROM sym_resource WHERE {condition} ORDER BY type, slug"  # noqa: S608
        with contextlib.suppress(sqlite3.Error, ValueError), self._lock:
            if self._connection is None:
                self._connection = self._open(self._file)
            if self._connection is not None:
                rows = self._connection.execute(query, values).fetchall()
                return [(resource_id, json.loads(document)) for resource_id, document in rows]
        return None

    def _open(self, file: Path) -> sqlite3.Connection | None:
        connection = connect(file)
        with contextlib.suppress(sqlite3.Error):
            version = connection.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchall()  # noqa: S608
            orgs = connection.execute("SELECT slug FROM sym_organization").fetchall()
            if version == [(versions()[-1],)] and len(orgs) == 1 and self._org in (None, orgs[0][0]):
                return connection
        connection.close()
        return None
