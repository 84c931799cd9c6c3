"""Looking over a repository on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.runtime.commands.conftest import IMPLEMENTATION, Symflow

FLOW = """
resource "sym_environment" "e" {
  name = "e"
}

resource "sym_flow" "deploy" {
  name           = "deploy"
  implementation = file("${path.module}/impl.py")
  environment_id = sym_environment.e.id
  params {
    prompt_field {
      name           = "size"
      label          = "How large?"
      type           = "string"
      allowed_values = ["small", "large"]
    }
  }
}
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    (folder / "main.tf").write_text(FLOW)
    (folder / "impl.py").write_text(IMPLEMENTATION)
    return folder


def test_what_runs_is_listed_with_a_summary_and_ends_with_0(bare: Symflow, repository: Path) -> None:
    lines = bare("assess", str(repository)).stdout.splitlines()
    assert "main.tf:6\tsym_flow.deploy\truns\t" in lines
    assert lines[-2:] == ["sym_environment\t1\t0\t0", "sym_flow\t1\t0\t0"]


def test_what_needs_something_ends_with_1_and_says_what(bare: Symflow, repository: Path) -> None:
    (repository / "impl.py").unlink()
    result = bare("assess", str(repository), code=1)
    line = next(line for line in result.stdout.splitlines() if "sym_flow.deploy" in line)
    assert line == "main.tf:6\tsym_flow.deploy\tneeds\tThe file impl.py is not there."


def test_json_has_resources_summary_and_what_could_not_be_read(bare: Symflow, repository: Path) -> None:
    (repository / "broken.tf").write_text('resource "x" "y" {\n  name = \n}\n')
    found = json.loads(bare("assess", "--json", str(repository), code=1).stdout)
    assert {row["resource"]: row["verdict"] for row in found["resources"]} == {
        "sym_environment.e": "runs", "sym_flow.deploy": "runs",
    }  # fmt: skip
    assert found["summary"][1] == {"kind": "sym_flow", "runs": 1, "warns": 0, "needs": 0}
    assert [row["place"] for row in found["unreadable"]] == ["broken.tf:2"]


def test_a_flow_is_shown_as_form_and_card(bare: Symflow, repository: Path) -> None:
    lines = bare("assess", str(repository), "--flow", "deploy").stdout.splitlines()
    assert lines[:4] == [
        "Request form of deploy", "  1. How large?  [size: text]", "       ( ) small", "       ( ) large",
    ]  # fmt: skip
    assert "  How large?: small" in lines
    fields = json.loads(bare("assess", str(repository), "--flow", "deploy", "--json").stdout)["fields"]
    assert [(field["name"], field["choices"]) for field in fields] == [("size", ["small", "large"])]


def test_a_flow_that_is_not_there_ends_with_4(bare: Symflow, repository: Path) -> None:
    assert "There are: deploy." in bare("assess", str(repository), "--flow", "nothing", code=4).stderr


def test_a_folder_that_is_not_there_ends_with_2(bare: Symflow) -> None:
    bare("assess", "/nowhere/at/all", code=2)
