"""On which stores a test runs: SQLite, PostgreSQL, or SQLite behind a server.

A test that says nothing runs on SQLite; all of them run on every store with ``--all-stores`` or
``SYM_TEST_ALL_STORES=1``.
"""

from __future__ import annotations

import pytest

SQLITE = "sqlite"
POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.postgres)
HTTP = "http"
EVERY = (SQLITE, POSTGRESQL, HTTP)

on_sqlite = pytest.mark.parametrize("variant", [SQLITE], indirect=True)
"""Where the store makes no difference."""
on_databases = pytest.mark.parametrize("variant", [SQLITE, POSTGRESQL], indirect=True)
"""Where a database makes a difference, and a server is not meant."""
over_http = pytest.mark.parametrize("variant", [HTTP], indirect=True)
"""Where a server is meant."""
on_every_store = pytest.mark.parametrize("variant", EVERY, indirect=True)
"""The selection that always runs on every store."""
