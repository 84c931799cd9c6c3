"""The example ``approval_in_ci``, applied by the real Terraform and served, before a faked CircleCI."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import threading
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sym_provider import ADDRESS
from sym_provider.protocol.handshake import listening, reattach_value
from sym_provider.provider import SymProvider
from sym_provider.server import Patience
from tests.acceptance.types.product import ADMIN, Product, until
from tests.architecture.sources import ROOT
from tests.terraform_cli import TerraformCli

EXAMPLE = ROOT / "examples" / "terraform" / "flows" / "approval_in_ci"
ADA, BOB = "ada@acme.example", "bob@acme.example"


def circleci_double() -> Any:
    """The module with the faked CircleCI, which belongs to the example."""
    spec = importlib.util.spec_from_file_location("circleci", EXAMPLE / "circleci.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Installation:
    """The product with the example in it. ``variables`` are what CI jobs know of it."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        double = circleci_double()
        self.circleci = double.CircleCI()
        stack.callback(self.circleci.close)
        self.product = Product(folder, {"SYM_SECRET_CIRCLECI_TOKEN": double.TOKEN}, stack)
        self.product.found((ADA, BOB))
        self.product.symflow("bots", "create", "ci")
        self.token = self.product.symflow("tokens", "issue", "-u", "ci", "-e", "1h", "-n").strip()
        provider = SymProvider(
            {"SYM_STORE_URL": self.product.environment["SYM_STORE_URL"]}, lambda: datetime.now(UTC), lambda: "",
            Patience(retries=1, pause=0.01),
        )  # fmt: skip
        stack.callback(provider.close)
        network, address = stack.enter_context(listening(provider, threading.Event(), None))
        self.terraform = TerraformCli(folder / "terraform")
        self.terraform.reattach(reattach_value(ADDRESS, network, address, os.getpid()))
        for name in ("main.tf", "impl.py"):
            shutil.copy(EXAMPLE / name, self.terraform.work)
        self.terraform.variables["TF_VAR_circleci_url"] = self.circleci.url
        self.give(3600)
        self.flow: str = self.terraform.output_json()["flow"]
        self.product.serve(folder / "out")
        self.repository = repository(folder / "repository")

    @property
    def variables(self) -> dict[str, str]:
        """What the variables of a CI job say of the server."""
        return {"SYM_API_URL": self.product.url, "SYM_JWT": self.token}

    def give(self, seconds: int) -> None:
        """Apply the configuration with so much time to decide."""
        self.terraform.variables["TF_VAR_patience"] = str(seconds)
        self.terraform.apply()

    def decide(self, who: str, what: str, run_id: str) -> dict[str, Any]:
        """Approve or deny as a person, through the API; what came of it."""
        event_id = self.product.ask(who, "POST", f"/events/{what}", {"run_id": run_id})["event_id"]

        def done() -> dict[str, Any] | None:
            event = self.product.ask(who, "GET", f"/events/{event_id}")
            return event if event["status"] != "processing" else None

        found: dict[str, Any] = until(done)
        return found

    def settled(self, run_id: str, status: str) -> dict[str, Any]:
        """Wait until a run has a status; the run."""

        def there() -> dict[str, Any] | None:
            run = self.product.ask(ADMIN, "GET", f"/runs/{run_id}")
            return run if run["status"] == status else None

        found: dict[str, Any] = until(there, self.product.log)
        return found


def repository(folder: Path) -> Path:
    """A repository with one commit, which Ada wrote."""
    folder.mkdir()
    (folder / "app").write_text("1\n")
    options = ["-c", "user.name=Ada", "-c", f"user.email={ADA}", "-c", "commit.gpgsign=false"]
    for command in (["init", "-q"], ["add", "."], [*options, "commit", "-q", "-m", 'First\n\nIt says "1".']):
        subprocess.run(["git", *command], cwd=folder, check=True, capture_output=True,
                       env={"PATH": os.environ["PATH"], "HOME": str(folder)})  # fmt: skip
    return folder
