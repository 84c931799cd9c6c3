"""The examples of the reference documentation, applied by the real Terraform: what the pages show, works."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import pytest

from sym.resources import resources
from sym_provider import ADDRESS
from sym_provider.data_source import SymDataSource
from sym_provider.functions import FUNCTIONS
from sym_provider.protocol.handshake import listening, reattach_value
from sym_provider.provider import SymProvider
from tests.architecture.sources import ROOT
from tests.terraform_cli import TerraformCli, find_terraform

pytestmark = pytest.mark.terraform

EXAMPLES = ROOT / "examples" / "terraform"
NAMES = sorted(resources())
FLOWS = sorted(path.parent.name for path in (EXAMPLES / "flows").glob("*/main.tf"))

Workspace = Callable[[str], TerraformCli]


class Complete(SymProvider):
    """The provider with its data sources and functions."""

    functions = FUNCTIONS

    def __init__(self, variables: dict[str, str], now: datetime) -> None:
        super().__init__(variables, lambda: now, lambda: "")
        self.data_sources = {f"sym_{name}": SymDataSource(name, self._configured) for name in NAMES}


@pytest.fixture
def workspace(tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """Makes a working directory with an example's files and the example of the provider block, on one store."""
    with ExitStack() as stack:

        def make(example: str) -> TerraformCli:
            provider = Complete({"SYM_STORE_URL": f"sqlite:///{tmp_path / 'store.db'}"}, now)
            stack.callback(provider.close)
            network, address = stack.enter_context(listening(provider, threading.Event(), None))
            terraform = TerraformCli(tmp_path / example)
            terraform.reattach(reattach_value(ADDRESS, network, address, os.getpid()))
            terraform.variables["TF_VAR_github_token"] = "an example"
            for path in ((EXAMPLES / "provider" / "provider.tf"), *(EXAMPLES / example).iterdir()):
                if path.is_file():
                    shutil.copy(path, terraform.work)
                elif path.name == "modules":
                    shutil.copytree(path, terraform.work / path.name)
            monkeypatch.chdir(terraform.work)  # where Terraform would start the provider
            return terraform

        yield make


def applied(terraform: TerraformCli) -> None:
    """Validate and apply without any warning; the next plan must be empty."""
    validation = terraform.validate()
    assert validation["diagnostics"] == []
    finished = terraform.apply()
    assert "Warning" not in finished.output, finished.output
    terraform.assert_empty_plan()


def imports(name: str) -> list[tuple[str, str]]:
    """The commands of an import example, as address and id; other lines must be comments."""
    lines = (EXAMPLES / "resources" / f"sym_{name}" / "import.sh").read_text().splitlines()
    commands = [shlex.split(line) for line in lines if not line.startswith("#")]
    assert commands
    assert all(command[:2] == ["terraform", "import"] and len(command) == 4 for command in commands)
    return [(address, identifier) for _, _, address, identifier in commands]


def test_every_example_is_formatted() -> None:
    command = [find_terraform(), "fmt", "-check", "-recursive", "-diff", str(EXAMPLES)]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert finished.returncode == 0, finished.stdout + finished.stderr


@pytest.mark.parametrize("name", NAMES)
def test_a_resource_applies_and_imports(workspace: Workspace, name: str) -> None:
    terraform = workspace(f"resources/sym_{name}")
    applied(terraform)
    for address, identifier in imports(name):
        assert address.startswith(f"sym_{name}.")
        stored = terraform.attributes(address)["id"]
        terraform.run("state", "rm", address)
        terraform.import_(address, identifier)
        assert terraform.attributes(address)["id"] == stored
    terraform.assert_empty_plan()
    terraform.destroy()


@pytest.mark.parametrize("name", NAMES)
def test_a_data_source_finds_what_the_example_of_its_resource_made(workspace: Workspace, name: str) -> None:
    maker = workspace(f"resources/sym_{name}")
    maker.apply()
    terraform = workspace(f"data-sources/sym_{name}")
    applied(terraform)
    (address,) = re.findall(r'^data "(\w+)" "(\w+)"', (terraform.work / "data-source.tf").read_text(), re.MULTILINE)
    found = terraform.attributes(f"data.{'.'.join(address)}")
    assert found["id"] == maker.attributes(".".join(address))["id"]
    assert None not in terraform.output_json().values()


@pytest.mark.parametrize("name", FLOWS)
def test_a_flow_applies(workspace: Workspace, name: str) -> None:
    terraform = workspace(f"flows/{name}")
    (terraform.work / "provider.tf").unlink()  # these have their own
    terraform.variables["TF_VAR_target_system"] = "members.db"
    terraform.run("get", "-no-color")  # modules beside it
    applied(terraform)
    terraform.destroy()


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_a_function_gives_what_its_example_says(workspace: Workspace, name: str) -> None:
    terraform = workspace(f"functions/{name}")
    applied(terraform)
    outputs = terraform.output_json()
    said = re.findall(r'^# (".*"|\d+)\noutput "(\w+)"', (terraform.work / "function.tf").read_text(), re.MULTILINE)
    assert said or name == "lint_implementation"
    assert {output: str(outputs[output]) for _, output in said} == {output: text.strip('"') for text, output in said}


def test_the_check_of_the_lint_example_tells_of_broken_code(workspace: Workspace) -> None:
    terraform = workspace("functions/lint_implementation")
    source = (terraform.work / "impl.py").read_text()
    terraform.write(source.replace("(event)", "()"), "impl.py")
    finished = terraform.apply()
    assert "Check block assertion failed" in finished.output
    assert "line 5: get_permissions cannot be called with 1 argument" in finished.output


def test_every_folder_of_examples_belongs_to_something() -> None:
    found = {path.name for path in (EXAMPLES / "resources").iterdir()}
    assert found == {path.name for path in (EXAMPLES / "data-sources").iterdir()} == {f"sym_{name}" for name in NAMES}
    assert {path.name for path in (EXAMPLES / "functions").iterdir()} == set(FUNCTIONS)
