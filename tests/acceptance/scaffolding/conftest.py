"""Folders as ``symflow`` makes them, applied with the real Terraform: our provider and a stub of that for AWS run in
this process, modules come from a registry on loopback."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sym.commands import root
from sym.store.database import Store
from sym_provider import ADDRESS
from sym_provider.protocol.handshake import listening, reattach_value
from sym_provider.provider import SymProvider
from sym_provider.server import Patience
from tests.acceptance.scaffolding import aws_provider
from tests.acceptance.scaffolding.module_registry import module_registry
from tests.acceptance.terraform.declarations import everything
from tests.terraform_cli import TerraformCli


@dataclass
class Workshop:
    """A folder for Terraform and a store, and ``symflow`` to work on both."""

    terraform: TerraformCli
    store_url: str

    @property
    def folder(self) -> Path:
        """Where the configuration is."""
        return self.terraform.work

    def symflow(self, name: str, *arguments: str, code: int = 0) -> Result:
        """Run a command on the folder, which must end with ``code``."""
        environment = {"SYM_STORE_URL": self.store_url, "SYM_API_URL": None, "SYM_JWT": None}
        line = [name, "--directory", str(self.folder), *arguments]
        result = CliRunner().invoke(root, line, env=environment, prog_name="symflow")
        assert result.exit_code == code, f"{result.exit_code}\n{result.output}\n{result.exception!r}"
        return result

    def begin(self) -> None:
        """An environment named prod."""
        self.symflow("init", "--slack-workspace-id", "T123ABC", "--environment", "prod", "--org", "acme")

    def apply(self) -> dict[str, Any]:
        """Initialize, check the layout, validate, apply, and plan again, which must find nothing to do. Gives what
        validating said."""
        self.terraform.run("init", "-no-color")
        self.terraform.run("fmt", "-check", "-recursive", "-diff")
        validated = self.terraform.validate()
        assert validated["valid"], validated["diagnostics"]
        assert "Warning" not in self.terraform.apply().output
        self.terraform.assert_empty_plan()
        return validated

    def stored(self) -> list[str]:
        """What there is in the store: ``sym_flow :access``."""
        store = Store(self.store_url)
        try:
            return everything(store)
        finally:
            store.close()


@pytest.fixture(scope="session")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with module_registry(tmp_path_factory.mktemp("modules")) as url:
        yield url


@pytest.fixture
def workshop(
    tmp_path: Path, _sqlite_template: Path, modules: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Workshop]:
    with ExitStack() as stack:
        yield make_workshop(tmp_path, _sqlite_template, modules, stack, monkeypatch.chdir)


def make_workshop(
    folder: Path, template: Path, modules: str, stack: ExitStack, chdir: Callable[[Path], None]
) -> Workshop:
    """An empty folder, and providers that run for it."""
    shutil.copy(template, folder / "store.db")
    url = f"sqlite:///{folder / 'store.db'}"
    sym = SymProvider({"SYM_STORE_URL": url}, lambda: datetime.now(UTC), lambda: "", Patience(retries=1, pause=0.01))
    stack.callback(sym.close)
    reattached: dict[str, Any] = {}
    for address, provider in ((ADDRESS, sym), (aws_provider.ADDRESS, aws_provider.AwsProvider())):
        place = stack.enter_context(listening(provider, threading.Event(), None))
        reattached |= json.loads(reattach_value(address, *place, os.getpid()))
    terraform = TerraformCli(folder / "terraform")
    terraform.reattach(json.dumps(reattached))
    terraform.find_modules(modules)
    chdir(terraform.work)  # Terraform starts a provider in its own folder: paths of files begin there
    return Workshop(terraform, url)
