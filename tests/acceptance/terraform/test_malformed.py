"""A corpus of malformed configurations, one per rule: each is answered in words, at its place, and by no crash.

The first line of a file says what is expected: ``# expect: SEVERITY PATH TEXT``, with ``-`` for a path where it is
Terraform itself that finds the mistake.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.terraform.declarations import HEADER
from tests.acceptance.terraform.variants import on_sqlite
from tests.terraform_cli import TerraformCli

pytestmark = pytest.mark.terraform

CORPUS = Path(__file__).parent / "malformed"
CRASHES = ("Traceback", "did not respond", "Plugin error", "panic", "unexpected error", 'File "')


@dataclass(frozen=True)
class Expected:
    """What the first line of a file says."""

    file: Path
    severity: str
    path: str
    text: str


def expected() -> Iterator[Expected]:
    """Every file of the corpus."""
    for file in sorted(CORPUS.glob("*.tf")):
        found = re.fullmatch(r"# expect: (error|warning) (\S+) (.+)", file.read_text().partition("\n")[0])
        assert found, f"the first line of {file.name} says nothing"
        yield Expected(file, found[1], found[2], found[3])


EXPECTED = tuple(expected())


def words(diagnostic: dict[str, Any]) -> str:
    return f"{diagnostic['summary']}\n{diagnostic.get('detail', '')}"


def is_at(diagnostic: dict[str, Any], path: str, text: str) -> bool:
    """Whether a diagnostic is about the attribute of a configuration: its line is shown, or that of the resource for
    an attribute that is missing; of a longer path it is said."""
    if re.search(r"[.\[]", path):
        return f"(at {path})" in words(diagnostic)
    shown: str = (diagnostic.get("snippet") or {}).get("code", "").strip()
    is_written = re.search(rf"^ *{path} *=", text, re.MULTILINE)
    return shown.startswith((path,) if is_written else ("resource ", "data "))


def test_the_corpus_is_large_and_has_no_two_alike() -> None:
    assert len(EXPECTED) >= 60
    assert len({(item.path, item.text) for item in EXPECTED}) >= 60


@on_sqlite
def test_every_malformed_configuration_is_explained_at_its_place(terraform: TerraformCli) -> None:
    """All at once: Terraform says everything about every file."""
    terraform.write(HEADER, "provider.tf")
    for item in EXPECTED:
        terraform.write(item.file.read_text(), item.file.name)
    result = terraform.validate()
    said: dict[str, list[dict[str, Any]]] = {}
    for diagnostic in result["diagnostics"]:
        assert not [word for word in CRASHES if word in words(diagnostic)], words(diagnostic)
        said.setdefault(diagnostic["range"]["filename"], []).append(diagnostic)
    wrong = [problem for item in EXPECTED if (problem := complaint(item, said.get(item.file.name, [])))]
    assert not wrong, "\n\n".join(wrong)


def complaint(item: Expected, said: list[dict[str, Any]]) -> str:
    """What is wrong with what was said of a file; "" if nothing is."""
    found = [one for one in said if one["severity"] == item.severity and item.text in words(one)]
    if item.path != "-":
        found = [one for one in found if is_at(one, item.path, item.file.read_text())]
    others = [one for one in said if one["severity"] == "error" and one not in found]
    if found and not others:
        return ""
    told = "\n".join(f"  {one['severity']}: {words(one)}\n    {(one.get('snippet') or {}).get('code')}" for one in said)
    return f"{item.file.name}: expected {item.severity} {item.path} {item.text}, and no other error; said was:\n{told}"


@on_sqlite
def test_a_plan_of_all_of_them_ends_with_errors_for_people(terraform: TerraformCli) -> None:
    terraform.write(HEADER, "provider.tf")
    for item in EXPECTED:
        terraform.write(item.file.read_text(), item.file.name)
    output = terraform.fail("plan", "-no-color").output
    assert not [word for word in CRASHES[:5] if word in output]


@on_sqlite
def test_what_is_only_warned_of_still_plans(terraform: TerraformCli) -> None:
    """Old configurations hold mistakes that were always accepted."""
    terraform.write(HEADER, "provider.tf")
    mild = [item for item in EXPECTED if item.severity == "warning"]
    for item in mild:
        terraform.write(item.file.read_text(), item.file.name)
    assert f"Plan: {len(mild)} to add" in terraform.plan().output
