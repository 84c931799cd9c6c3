"""Terraform with the sym provider: a running one (quick) or one Terraform starts itself (cold), on a real store or on
a real server in front of one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import pytest

from sym.store.database import Store
from sym_provider import ADDRESS
from sym_provider.protocol.handshake import listening, reattach_value
from sym_provider.provider import SymProvider
from sym_provider.server import Patience
from tests.acceptance.terraform.variants import EVERY, SQLITE
from tests.contracts.conftest import serving
from tests.runtime.api.conftest import World, populate
from tests.terraform_cli import TerraformCli


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that does not say on which stores on SQLite, or, if so told, on all of them."""
    if "variant" not in metafunc.fixturenames:
        return
    if any("variant" in str(mark.args[0]) for mark in metafunc.definition.iter_markers("parametrize")):
        return
    told = metafunc.config.getoption("all_stores", default=False) or os.environ.get("SYM_TEST_ALL_STORES")
    metafunc.parametrize("variant", EVERY if told else [SQLITE], indirect=True)


@pytest.fixture
def variant(request: pytest.FixtureRequest) -> str:
    """``sqlite``, ``postgresql``, or ``http``: SQLite behind a server."""
    chosen: str = request.param
    return chosen


@pytest.fixture
def store_url(variant: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a migrated, empty store."""
    if variant != "postgresql":
        path = tmp_path / "store.db"
        shutil.copy(request.getfixturevalue("_sqlite_template"), path)
        path.chmod(0o600)
        yield f"sqlite:///{path}"
        return
    pool = request.getfixturevalue("_postgres_pool")
    url = pool.take()
    yield url
    pool.give_back(url)


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """The store the provider writes to, opened by the test."""
    opened = Store(store_url)
    yield opened
    opened.close()


@pytest.fixture
def world(store: Store, tmp_path: Path, now: datetime) -> World:
    """The organization acme, its people and their keys, in the store. A server needs them; a store does not."""
    return populate(store, tmp_path / "keys", now)


@pytest.fixture
def server(world: World) -> Iterator[str]:
    """The URL of a server in front of the store."""
    with serving(world) as url:
        yield url


@pytest.fixture
def variables(variant: str, request: pytest.FixtureRequest) -> dict[str, str]:
    """The environment of the running provider; a test may change it between two commands."""
    if variant != "http":
        return {"SYM_STORE_URL": request.getfixturevalue("store_url")}
    world: World = request.getfixturevalue("world")
    return {"SYM_API_URL": request.getfixturevalue("server"), "SYM_JWT": world.token("terraform")}


@pytest.fixture
def connect(
    variables: dict[str, str], now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], TerraformCli]]:
    """Makes a working directory of the given name, attached to a provider that runs in this process.

    Terraform starts a provider in its own working directory: this process goes there, for paths of files.
    """
    with ExitStack() as stack:

        def attach(name: str) -> TerraformCli:
            default_store = tmp_path / "home" / "store.db"
            # Retries are tried where the server is; here they would only take seconds.
            patience = Patience(retries=1, pause=0.01)
            provider = SymProvider(variables, lambda: now, lambda: f"sqlite:///{default_store}", patience)
            stack.callback(provider.close)
            network, address = stack.enter_context(listening(provider, threading.Event(), None))
            terraform = TerraformCli(tmp_path / name)
            terraform.reattach(reattach_value(ADDRESS, network, address, os.getpid()))
            monkeypatch.chdir(terraform.work)
            return terraform

        yield attach


@pytest.fixture
def terraform(connect: Callable[[str], TerraformCli]) -> TerraformCli:
    """Terraform in a new working directory, attached to a provider that runs in this process."""
    return connect("terraform")


@pytest.fixture(scope="session")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A filesystem mirror that ``terraform-provider-sym install`` has put the provider into."""
    path = tmp_path_factory.mktemp("mirror")
    command = [sys.executable, "-m", "sym_provider", "install", "--mirror", str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return path


@pytest.fixture
def cold(mirror: Path, variables: dict[str, str], tmp_path: Path) -> Callable[[str], TerraformCli]:
    """Makes a working directory of the given name whose Terraform starts the installed provider for each command."""
    (launcher,) = mirror.rglob("terraform-provider-sym_v*")

    def make(name: str) -> TerraformCli:
        terraform = TerraformCli(tmp_path / name, dict(variables))
        terraform.override(ADDRESS, launcher.parent)
        return terraform

    return make
