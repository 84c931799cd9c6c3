"""Repositories as people wrote them for 1.x and 2.x of the provider, migrated, and applied with ours."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.acceptance.scaffolding.conftest import Workshop

pytestmark = pytest.mark.terraform

OLD = Path(__file__).parent / "old"
FLOWS = {
    "first_single_file": ["okta"],
    "first_several_files": ["deploy", "empty", "service-billing", "service-shop"],
    "first_with_module": ["access"],
    "first_as_terraform_0_12": ["this"],
    "second": ["approval", "modern", "service"],
}


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_repository_is_tried() -> None:
    assert set(FLOWS) == {path.name for path in OLD.iterdir()}


@pytest.mark.parametrize("name", FLOWS)
def test_an_old_repository_applies_once_it_is_migrated(workshop: Workshop, name: str) -> None:
    shutil.copytree(OLD / name, workshop.folder, dirs_exist_ok=True)
    before = files(workshop.folder)
    shown = workshop.symflow("migrate", "--dry-run")
    assert shown.stdout.startswith("--- a/")
    assert files(workshop.folder) == before
    workshop.symflow("migrate")
    after = files(workshop.folder)
    assert after != before
    assert {path for path in after if after[path] != before[path]} <= {path for path in after if path.endswith(".tf")}
    workshop.terraform.run("init", "-no-color")
    assert workshop.terraform.validate()["diagnostics"] == []
    workshop.terraform.apply()
    workshop.terraform.assert_empty_plan()
    assert [one.removeprefix("sym_flow :") for one in workshop.stored() if one.startswith("sym_flow")] == FLOWS[name]
    again = workshop.symflow("migrate")
    assert "nothing to rewrite" in again.stderr
    assert files(workshop.folder).items() >= after.items()


def test_a_flow_can_be_added_to_what_an_older_symflow_made(workshop: Workshop) -> None:
    shutil.copytree(OLD / "first_single_file", workshop.folder, dirs_exist_ok=True)
    workshop.symflow("migrate")
    workshop.symflow("generate", "--type", "approval-only", "--flow-name", "release")
    workshop.terraform.run("init", "-no-color")
    workshop.terraform.apply()
    assert [one for one in workshop.stored() if one.startswith("sym_flow")] == ["sym_flow :okta", "sym_flow :release"]
