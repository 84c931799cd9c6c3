"""Terraform with the sym provider: a running one (quick) or one Terraform starts itself (cold), on a real store."""

from __future__ import annotations

import os
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
from tests.terraform_cli import TerraformCli


@pytest.fixture
def variables(store_url: str) -> dict[str, str]:
    """The environment of the running provider; a test may change it between two commands."""
    return {"SYM_STORE_URL": store_url}


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
            provider = SymProvider(variables, lambda: now, lambda: f"sqlite:///{default_store}")
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
def cold(mirror: Path, store_url: str, tmp_path: Path) -> Callable[[str], TerraformCli]:
    """Makes a working directory of the given name whose Terraform starts the installed provider for each command."""
    (launcher,) = mirror.rglob("terraform-provider-sym_v*")

    def make(name: str) -> TerraformCli:
        terraform = TerraformCli(tmp_path / name, {"SYM_STORE_URL": store_url})
        terraform.override(ADDRESS, launcher.parent)
        return terraform

    return make


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """The store the provider writes to, opened by the test."""
    opened = Store(store_url)
    yield opened
    opened.close()
