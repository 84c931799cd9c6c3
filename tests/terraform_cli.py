"""Run the real Terraform CLI in a workspace of its own, cut off from the machine's settings and the network."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

TIMEOUT = 120.0
"""Seconds any one command may take."""


def find_terraform() -> str:
    """Return the path of the terraform binary. Without one, fail in CI and skip, loudly, elsewhere."""
    found = shutil.which("terraform")
    if found:
        return found
    message = "the terraform CLI is not on PATH: nothing that drives it has been tested"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


@dataclass(frozen=True)
class Finished:
    """A command that has ended: its exit status and what it printed, without colours."""

    status: int
    stdout: str
    stderr: str

    @property
    def output(self) -> str:
        """Both streams, for assertions on messages; Terraform's line breaks and borders are undone."""
        lines = (line.lstrip("│╷╵ ").rstrip() for line in (self.stdout + self.stderr).splitlines())
        return " ".join(line for line in lines if line)


class CommandFailed(AssertionError):
    """A terraform command that should have worked did not."""


@dataclass
class TerraformCli:
    """Terraform in *directory*: ``main.tf`` and state in ``work/``, HOME, mirror and CLI configuration beside it.

    Use :meth:`install` (a mirror, needs :meth:`init`), :meth:`override` (dev_overrides, no init) or :meth:`reattach`
    (a provider that runs already, no init) to say where a provider comes from.
    """

    directory: Path
    variables: dict[str, str] = field(default_factory=dict)
    executable: str = field(default_factory=find_terraform)

    def __post_init__(self) -> None:
        self.work = self.directory / "work"
        self._rc = self.directory / "terraform.rc"
        self._mirror = self.directory / "mirror"
        for path in (self.work, self._mirror, self.directory / "home"):
            path.mkdir(parents=True, exist_ok=True)
        self._configure("")

    # where providers come from

    def install(self, address: str, version: str, plugin: Path) -> None:
        """Copy a provider's executable into the filesystem mirror, as the only place to find it."""
        machine = json.loads(self.run("version", "-json").stdout)["platform"]
        package = self._mirror / address / version / machine
        package.mkdir(parents=True)
        target = package / f"terraform-provider-{address.rsplit('/', 1)[1]}_v{version}"
        shutil.copy(plugin, target)
        target.chmod(0o755)

    def override(self, address: str, folder: Path) -> None:
        """Take a provider from a folder with its executable, whatever its version."""
        self._configure(f'dev_overrides {{ "{address}" = "{folder}" }}\n')

    def reattach(self, value: str) -> None:
        """Use a provider that runs already; *value* is that of TF_REATTACH_PROVIDERS."""
        self.variables["TF_REATTACH_PROVIDERS"] = value

    def find_modules(self, url: str) -> None:
        """Take the modules of the public registry from the one at *url*."""
        host = f'host "registry.terraform.io" {{\n  services = {{\n    "modules.v1" = "{url}"\n  }}\n}}\n'
        self._rc.write_text(self._rc.read_text() + host)

    def _configure(self, extra: str) -> None:
        self._rc.write_text(
            f'provider_installation {{\n{extra}filesystem_mirror {{ path = "{self._mirror}" }}\n}}\n'
            "disable_checkpoint = true\n"
        )

    # what Terraform works on

    def write(self, text: str, name: str = "main.tf") -> None:
        """Write a file of the configuration."""
        path = self.work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def state(self) -> dict[str, Any]:
        """Return the state file as it is on disk."""
        document: dict[str, Any] = json.loads((self.work / "terraform.tfstate").read_text())
        return document

    def attributes(self, address: str) -> dict[str, Any]:
        """Return the attributes in state of the resource or data source at *address* of the root module."""
        resources = self.show_json().get("values", {}).get("root_module", {}).get("resources", [])
        found = [resource for resource in resources if resource["address"] == address]
        assert found, f"{address} is not in the state, only {[resource['address'] for resource in resources]}"
        values: dict[str, Any] = found[0]["values"]
        return values

    # commands

    def environment(self) -> dict[str, str]:
        """Return all of the environment a command gets: nothing of the caller's but the search path."""
        return {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(self.directory / "home"),
            "TMPDIR": os.environ.get("TMPDIR", "/tmp"),
            "CHECKPOINT_DISABLE": "1",
            "TF_CLI_CONFIG_FILE": str(self._rc),
            "TF_IN_AUTOMATION": "1",
            "TF_INPUT": "0",
        } | self.variables

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command in a process group of its own, as a terminal does, and return without waiting."""
        return subprocess.Popen(
            [self.executable, *arguments],
            cwd=self.work,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def finish(self, process: subprocess.Popen[str], timeout: float = TIMEOUT) -> Finished:
        """Wait for a started command; kill its whole group when it takes too long."""
        try:
            stdout, stderr = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            stdout, stderr = process.communicate()
            raise CommandFailed(f"terraform took more than {timeout} s\n{stdout}\n{stderr}") from None
        return Finished(process.returncode, stdout, stderr)

    def run(self, *arguments: str, statuses: tuple[int, ...] = (0,)) -> Finished:
        """Run a command to its end; raise :class:`CommandFailed` unless its status is one of *statuses*."""
        finished = self.finish(self.start(*arguments))
        if finished.status not in statuses:
            raise CommandFailed(
                f"terraform {' '.join(arguments)} ended with {finished.status}\n{finished.stdout}\n{finished.stderr}"
            )
        return finished

    def fail(self, *arguments: str) -> Finished:
        """Run a command that must end with an error."""
        return self.run(*arguments, statuses=(1,))

    def init(self) -> Finished:
        """Install what the configuration names."""
        return self.run("init", "-no-color")

    def validate(self) -> dict[str, Any]:
        """Return the result of ``validate -json``, errors included."""
        result: dict[str, Any] = json.loads(self.run("validate", "-json", statuses=(0, 1)).stdout)
        return result

    def plan(self, *options: str) -> Finished:
        """Plan; status 2 means there are changes, 0 there are none."""
        return self.run("plan", "-no-color", "-detailed-exitcode", *options, statuses=(0, 2))

    def plan_json(self, *options: str) -> dict[str, Any]:
        """Plan, and return the saved plan as JSON."""
        self.plan("-out=plan.bin", *options)
        document: dict[str, Any] = json.loads(self.run("show", "-json", "plan.bin").stdout)
        return document

    def assert_empty_plan(self, *options: str) -> None:
        """Fail unless configuration, state and reality agree."""
        finished = self.plan(*options)
        if finished.status != 0:
            raise CommandFailed(f"the plan is not empty\n{finished.stdout}")

    def apply(self, *options: str) -> Finished:
        """Apply without asking."""
        return self.run("apply", "-no-color", "-auto-approve", *options)

    def destroy(self, *options: str) -> Finished:
        """Destroy without asking."""
        return self.run("destroy", "-no-color", "-auto-approve", *options)

    def import_(self, address: str, identifier: str) -> Finished:
        """Import by command."""
        return self.run("import", "-no-color", address, identifier)

    def show_json(self) -> dict[str, Any]:
        """Return the state as ``show -json`` has it."""
        document: dict[str, Any] = json.loads(self.run("show", "-json").stdout)
        return document

    def output_json(self) -> dict[str, Any]:
        """Return the values of the outputs by name."""
        outputs = json.loads(self.run("output", "-json").stdout)
        return {name: output["value"] for name, output in outputs.items()}
