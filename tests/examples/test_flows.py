"""The example flows: their own tests pass in the sandbox as well, and together they show all that authors can write."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sym.implementation import read_flows_filter, read_implementation, read_on_change
from sym.implementation.vocabulary import FLOWS_FILTER, HOOKS, REDUCERS
from sym.resources.flow import FIELD_TYPES
from tests.architecture.sources import ROOT

FLOWS = ROOT / "examples" / "terraform" / "flows"
NAMES = sorted(path.name for path in FLOWS.iterdir() if (path / "main.tf").is_file())


def handlers() -> dict[str, set[str]]:
    """The handlers of every example, by kind."""
    found: dict[str, set[str]] = {"hook": set(), "reducer": set(), "prefetch": set()}
    for path in FLOWS.glob("*/*.py"):
        read = read_flows_filter if path.name == "get_flows.py" else read_implementation
        if path.name in ("impl.py", "get_flows.py"):
            for handler in read(path.read_text()).handlers:
                found[handler.kind].add(handler.name)
    return found


def test_the_examples_have_every_handler_there_is() -> None:
    found = handlers()
    assert found["hook"] == set(HOOKS)
    assert found["reducer"] == {*REDUCERS, *FLOWS_FILTER}
    assert found["prefetch"]
    on_change = read_on_change((FLOWS / "database" / "on_change.py").read_text(), "write")
    assert on_change.line > 0
    assert on_change.problems == ()


def test_the_examples_have_prompt_fields_of_every_type() -> None:
    text = "".join((FLOWS / name / "main.tf").read_text() for name in NAMES)
    missing = [kind for kind in FIELD_TYPES if f'type  = "{kind}"' not in _squeezed(text)]
    assert missing == []


def _squeezed(text: str) -> str:
    return "\n".join("  = ".join(part.strip() for part in line.split("=", 1)) for line in text.splitlines())


@pytest.mark.parametrize("name", NAMES)
def test_an_example_says_what_it_is_and_has_tests(name: str) -> None:
    assert (FLOWS / name / "README.md").is_file()
    tests = (FLOWS / name / "test_flow.py").read_text()
    assert tests.count("def test_") >= 4


@pytest.mark.parametrize("name", NAMES)
def test_the_code_of_an_example_has_no_problems(name: str) -> None:
    problems = read_implementation((FLOWS / name / "impl.py").read_text()).problems
    assert [problem.message for problem in problems] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_tests_of_an_example_pass_in_the_sandbox_as_well(name: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--sandboxed", "-c", "/dev/null",
               "--rootdir", str(tmp_path), str(FLOWS / name)]  # fmt: skip
    finished = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=250, check=False)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert " passed" in finished.stdout
