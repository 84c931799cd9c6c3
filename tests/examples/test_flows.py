"""The example flows: their own tests pass in the sandbox as well, and together they show all that authors can write."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from sym.assessment import assess
from sym.implementation import read_flows_filter, read_implementation, read_on_change
from sym.implementation.vocabulary import FLOWS_FILTER, HOOKS, REDUCERS
from sym.resources.flow import FIELD_TYPES
from tests.architecture.sources import ROOT

FLOWS = ROOT / "examples" / "terraform" / "flows"
NAMES = sorted(path.name for path in FLOWS.iterdir() if (path / "main.tf").is_file())
GRANTING = {name for name in NAMES if 'resource "sym_strategy"' in "".join(
    path.read_text() for path in (FLOWS / name).rglob("*.tf"))}  # fmt: skip
LINTED = ("impl.py", "strategy.py", "on_change.py", "get_flows.py")
SYMFLOW = (sys.executable, "-c", "from sym.commands import main; main()")


def readme(name: str) -> str:
    """The page of an example."""
    return (FLOWS / name / "README.md").read_text()


def symflow(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command as a reader of a page does."""
    return subprocess.run([*SYMFLOW, *arguments], cwd=cwd, capture_output=True, text=True, timeout=120, check=False)


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
    assert readme(name).startswith("# ")
    assert f"| [`{name}`]({name}/README.md) |" in (FLOWS / "README.md").read_text()
    files = {path.name for path in (FLOWS / name).iterdir() if path.is_file()}
    assert files - {"README.md"} <= set(re.findall(r"`([\w./]+)`", readme(name)))
    tests = (FLOWS / name / "test_flow.py").read_text()
    assert tests.count("def test_") >= 4


@pytest.mark.parametrize("name", NAMES)
def test_the_code_of_an_example_has_no_problems(name: str) -> None:
    problems = read_implementation((FLOWS / name / "impl.py").read_text()).problems
    assert [problem.message for problem in problems] == []


def test_the_command_finds_nothing_in_the_code_either() -> None:
    code = [str(path) for path in FLOWS.glob("*/*.py") if path.name in LINTED]
    linted = symflow("lint", "--strict", *code, cwd=FLOWS)
    assert linted.returncode == 0, linted.stdout


@pytest.mark.parametrize("name", NAMES)
def test_nothing_in_an_example_has_to_be_seen_to(name: str) -> None:
    report = assess(FLOWS / name)
    assert not report.unreadable
    assert report.assessed
    assert [(one.instance.address, one.findings) for one in report.assessed if one.verdict == "needs"] == []


@pytest.mark.parametrize("name", [name for name in NAMES if name != "quickstart"])
def test_the_request_that_the_page_of_an_example_simulates_goes_well(name: str) -> None:
    text = readme(name).replace("\\\n", "")
    (line,) = [line for line in text.splitlines() if line.startswith("symflow simulate ")]
    finished = symflow(*shlex.split(line)[1:], cwd=FLOWS / name)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert "no answer was given" not in finished.stdout
    granted = {"status: escalated", "status: deescalated"}
    assert finished.stdout.splitlines()[-1] in (granted if name in GRANTING else {"status: approved"})


def test_the_policies_that_examples_show_allow_what_the_guide_says() -> None:
    """Which of them are enough is tried out with those of the guide."""
    guide = {title: _actions(block) for title, block in re.findall(
        r"^### (.*?)\n.*?^```json\n(.*?)^```", (ROOT / "runtime/docs/aws.md").read_text(), re.M | re.S)}  # fmt: skip
    sso = [_actions(block) for block in re.findall(r"^```json\n(.*?)^```", readme("sso"), re.M | re.S)]
    wanted = guide["`aws_sso`: permissions for permission sets"] | guide["`aws_sso`: permissions for groups"]
    assert sso == [{"sts:AssumeRole"}] * 3 + [wanted | {"identitystore:ListGroups"}]
    shown = [_actions(block) for block in re.findall(r"^```json\n(.*?)^```", readme("lambda"), re.M | re.S)]
    assert shown == [guide["`aws_lambda`: permissions"]]


def _actions(policy: str) -> set[str]:
    found: set[str] = set()
    for statement in json.loads(policy)["Statement"]:
        actions = statement["Action"]
        found |= {actions} if isinstance(actions, str) else set(actions)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_the_tests_of_an_example_pass_in_the_sandbox_as_well(name: str, tmp_path: Path) -> None:
    options = ["-p", "no:cacheprovider", "-p", "no:schemathesis"]  # half a second of importing
    command = [sys.executable, "-m", "pytest", "-q", *options, "--sandboxed", "-c", "/dev/null",
               "--rootdir", str(tmp_path), str(FLOWS / name)]  # fmt: skip
    finished = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=250, check=False)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert " passed" in finished.stdout
