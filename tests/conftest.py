"""What every test may use: a clock that stands still, and the store on both databases."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
import uvicorn.server

from sym.store import quick, sqlite
from sym.store.database import Store
from tests.postgres_pool import PostgresPool
from tests.postgres_server import CannotStart, PostgresServer


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let ``make test-all`` ask for every store."""
    parser.addoption(
        "--all-stores", action="store_true", dest="all_stores",
        help="run the Terraform tests on SQLite, on PostgreSQL and over HTTP",
    )  # fmt: skip


@pytest.fixture
def now() -> datetime:
    """The moment every test happens at, unless it says otherwise."""
    return datetime(2026, 3, 14, 15, 9, 26, 535897, tzinfo=UTC)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server of this test session. Tests are skipped without one, except in CI, where they fail."""
    try:
        server = PostgresServer()
        server.__enter__()
    except CannotStart as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"NOT TESTED ON POSTGRESQL: {error}")
    yield server
    server.stop()


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The URL of a new and empty PostgreSQL database."""
    url = postgres_server.create_database()
    yield url
    postgres_server.drop_database(url)


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "store.db"
    store = Store(f"sqlite:///{path}")
    store.migrate()
    store.close()
    return path


@pytest.fixture(scope="session")
def _postgres_pool(postgres_server: PostgresServer) -> PostgresPool:
    url = postgres_server.create_database()
    store = Store(url)
    store.migrate()
    store.close()
    return PostgresPool(postgres_server, url.rpartition("/")[2])


@pytest.fixture(scope="session", autouse=True)
def _sqlite_without_waiting() -> Iterator[None]:
    """SQLite does not wait for the disk in this process: no test cuts the machine's power."""

    def connect(path: Path) -> sqlite3.Connection:
        connection = quick.connect(path)
        connection.execute("PRAGMA synchronous=OFF")
        return connection

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite, "connect", connect)
        yield


@pytest.fixture(scope="session", autouse=True)
def _servers_end_at_once() -> Iterator[None]:
    """uvicorn looks every tenth of a second whether it is to end, and waits another one for its connections."""
    in_steps = SimpleNamespace(**vars(asyncio))
    in_steps.sleep = lambda seconds: asyncio.sleep(min(seconds, 0.01))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(uvicorn.server, "asyncio", in_steps)
        yield


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a migrated, empty store: on SQLite, then on PostgreSQL."""
    if request.param == "sqlite":
        path = tmp_path / "store.db"
        shutil.copy(request.getfixturevalue("_sqlite_template"), path)
        path.chmod(0o600)
        yield f"sqlite:///{path}"
        return
    pool: PostgresPool = request.getfixturevalue("_postgres_pool")
    url = pool.take()
    yield url
    pool.give_back(url)


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """A migrated, empty store: on SQLite, then on PostgreSQL."""
    opened = Store(store_url)
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a store that has not been migrated; on SQLite there is no file yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new' / 'store.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url
