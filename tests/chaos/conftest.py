"""One installation for the tests of a module, on SQLite and on PostgreSQL; its server is running when a test begins."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.system import System
from tests.postgres_server import PostgresServer


def _installation(folder: Path, url: str) -> Iterator[System]:
    made = System(folder, url)
    made.store.migrate()
    made.set_up()
    yield made
    if made.process is not None:
        made.process.kill()
        made.process.wait()
    made.store.close()


@pytest.fixture(scope="module")
def _on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    folder = tmp_path_factory.mktemp("sqlite")
    yield from _installation(folder, f"sqlite:///{folder}/store/store.db")


@pytest.fixture(scope="module")
def _on_postgresql(tmp_path_factory: pytest.TempPathFactory, postgres_server: PostgresServer) -> Iterator[System]:
    url = postgres_server.create_database()
    yield from _installation(tmp_path_factory.mktemp("postgresql"), url)
    postgres_server.drop_database(url)


def _running(system: System) -> System:
    if system.process is None:
        system.start()
    return system


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def system(request: pytest.FixtureRequest) -> System:
    """The installation, on both databases."""
    return _running(request.getfixturevalue(f"_on_{request.param}"))


@pytest.fixture
def system_on_postgresql(_on_postgresql: System) -> System:
    """The installation, for what had better be tried there too."""
    return _running(_on_postgresql)


@pytest.fixture
def system_on_sqlite(_on_sqlite: System) -> System:
    """The installation, for what is the same on both databases."""
    return _running(_on_sqlite)
