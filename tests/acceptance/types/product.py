"""The product as an operator runs it: Terraform, ``symflow serve``, and its API."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

from sym_provider import ADDRESS
from sym_provider.protocol.handshake import listening, reattach_value
from sym_provider.provider import SymProvider
from sym_provider.server import Patience
from tests.terraform_cli import TerraformCli

PATIENCE = 30
ADMIN = "root@example.com"


class Product:
    """One installation in ``folder``, run by ``python``."""

    def __init__(self, folder: Path, environment: dict[str, str], stack: ExitStack,
                 python: str = sys.executable) -> None:  # fmt: skip
        self.folder, self.python, self._stack = folder, python, stack
        own = {"SYM_STORE_URL": f"sqlite:///{folder / 'store.db'}", "HOME": str(folder), "SYM_METRICS": "off"}
        self.environment = {"PATH": os.environ["PATH"], **environment, **own}
        self.tokens: dict[str, str] = {}
        self.url = ""

    def symflow(self, *arguments: str) -> str:
        """Run a command, which must go well; what it printed."""
        finished = subprocess.run(
            [self.python, "-c", "from sym.commands import main; main()", *arguments], env=self.environment,
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert finished.returncode == 0, finished.stderr
        return finished.stdout

    def found(self, people: tuple[str, ...]) -> None:
        """Set the organization up, with an administrator, people, and a token for each."""
        self.symflow("init-org", "acme", "--admin", ADMIN)
        for name in people:
            self.symflow("users", "create", name)
        for name in (ADMIN, *people):
            self.tokens[name] = self.symflow("tokens", "issue", "-u", name, "-e", "1h", "-n")

    def apply(self, text: str) -> TerraformCli:
        """Apply a configuration on the store, with the real Terraform and a provider that runs in this process."""
        terraform = self.terraform(self.folder / "terraform")
        terraform.write(text, "main.tf.json")
        terraform.apply("-parallelism=4")
        return terraform

    def terraform(self, folder: Path) -> TerraformCli:
        """The real Terraform in ``folder``, for this store, with a provider that runs in this process."""
        variables = {"SYM_STORE_URL": self.environment["SYM_STORE_URL"]}
        provider = SymProvider(variables, lambda: datetime.now(UTC), lambda: "", Patience(retries=1, pause=0.01))
        self._stack.callback(provider.close)
        network, address = self._stack.enter_context(listening(provider, threading.Event(), None))
        terraform = TerraformCli(folder)
        terraform.reattach(reattach_value(ADDRESS, network, address, os.getpid()))
        return terraform

    def serve(self, output: Path) -> None:
        """Start the server; what it prints on standard output goes to ``output``."""
        log = self._stack.enter_context((self.folder / "log").open("w"))
        printed = self._stack.enter_context(output.open("w"))
        process = subprocess.Popen(
            [self.python, "-c", "from sym.commands import main; main()", "serve", "--port", "0"],
            env=self.environment, stdout=printed, stderr=log,
        )  # fmt: skip
        self._stack.callback(process.wait, 60)
        self._stack.callback(process.terminate)

        def address() -> str:
            assert process.poll() is None, self.log()
            lines = [line for line in self.log().splitlines() if line.startswith("listening on ")]
            return lines[0].removeprefix("listening on ") if lines else ""

        self.url = until(address) + "/api/v1"

    def log(self) -> str:
        """What the server has said so far."""
        return (self.folder / "log").read_text()

    def ask(self, who: str, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """One request to the API, which must go well."""
        headers = {"Authorization": f"Bearer {self.tokens[who]}"}
        answer = requests.request(method, self.url + path, json=body, headers=headers, timeout=20)
        assert answer.status_code == 200, f"{method} {path}: {answer.text}"
        found: dict[str, Any] = answer.json()
        return found

    def settled(self, run_id: str, *wanted: str) -> None:
        """Wait until a run is in one of the states ``wanted``."""
        seen: list[str] = []

        def is_there() -> bool:
            run = self.ask(ADMIN, "GET", f"/runs/{run_id}")
            seen[:] = [f"{run['status']}: {self.trail(run_id)}"]
            assert run["status"] not in {"errored", "denied"} - set(wanted), f"{seen}\n{self.errors(run_id)}"
            return run["status"] in wanted

        until(is_there, lambda: f"the run stayed {seen}\n{self.log()[-3000:]}")

    def entries(self, run_id: str) -> list[dict[str, Any]]:
        """The audit entries of a run."""
        entries: list[dict[str, Any]] = self.ask(ADMIN, "GET", f"/runs/{run_id}/audit")["entries"]
        return entries

    def trail(self, run_id: str) -> list[str]:
        """The names of the audit entries of a run."""
        return [str(entry["name"]) for entry in self.entries(run_id)]

    def errors(self, run_id: str) -> list[Any]:
        """What went wrong in a run, by its audit entries."""
        return [entry["state"]["errors"] for entry in self.entries(run_id) if entry["state"]["errors"]]


def until(condition: Callable[[], Any], problem: Callable[[], str] = lambda: "it did not happen") -> Any:
    """What ``condition`` gives once that is true. Fails with ``problem`` after half a minute."""
    end = time.monotonic() + PATIENCE
    while True:
        if found := condition():
            return found
        assert time.monotonic() < end, problem()
        time.sleep(0.05)
