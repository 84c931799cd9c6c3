"""The page for authors: whoever copies its files into an empty folder has tests that pass."""

from __future__ import annotations

import re
import subprocess
import sys
import venv
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.architecture.sources import ROOT

PAGE = (ROOT / "runtime" / "docs" / "writing-flows.md").read_text()
FILES = dict(re.findall(r"^```python (\S+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))


def run_in(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Write the files of the page into a folder and run pytest there."""
    for name, text in FILES.items():
        (folder / name).write_text(text)
    command = [sys.executable, "-m", "pytest", "-q", *options]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=250, check=False)


def test_every_block_of_code_is_a_file() -> None:
    assert len(FILES) == PAGE.count("```python")
    assert {"impl.py", "test_flow.py", "strategy.py"} <= FILES.keys()


@pytest.mark.parametrize("options", [(), ("--sandboxed",)])
def test_what_the_page_shows_passes(tmp_path: Path, options: tuple[str, ...]) -> None:
    finished = run_in(tmp_path, *options)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert re.search(r"\d\d passed", finished.stdout), finished.stdout


def test_a_rule_that_is_taken_away_is_noticed(tmp_path: Path) -> None:
    broken = FILES["impl.py"].replace('return ApprovalTemplate.ignore(message="Only reviewers approve.")', "pass")
    assert broken != FILES["impl.py"]
    for name, text in {**FILES, "impl.py": broken}.items():
        (tmp_path / name).write_text(text)
    finished = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "test_flow.py"], cwd=tmp_path, capture_output=True, text=True,
        timeout=250, check=False,
    )  # fmt: skip
    assert finished.returncode == 1
    assert "test_a_reviewer_approves" in finished.stdout


def needed(requirement: str) -> Iterator[metadata.Distribution]:
    """What installing ``requirement`` brings along, from what is installed here."""
    wanted, seen = [Requirement(requirement)], set()
    while wanted:
        one = wanted.pop()
        found = metadata.distribution(one.name)
        if (one.name, *sorted(one.extras)) in seen:
            continue
        seen.add((one.name, *sorted(one.extras)))
        if one.name != "symflow":
            yield found
        extras = ["", *one.extras]
        for text in found.requires or ():
            more = Requirement(text)
            if more.marker is None or any(more.marker.evaluate({"extra": extra}) for extra in extras):
                wanted.append(more)


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment that has the wheel and what its extra ``testing`` asks for, and nothing else."""
    folder = tmp_path_factory.mktemp("newcomer")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True, timeout=240)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "venv", with_pip=False)
    programs = folder / "venv" / "bin"
    pip = [sys.executable, "-m", "pip", "--python", str(programs / "python"), "--disable-pip-version-check", "install"]
    subprocess.run([*pip, "--quiet", "--no-deps", "--no-index", str(wheel)], check=True, timeout=240)
    (packages,) = (folder / "venv").glob("lib/python*/site-packages")
    for found in needed("symflow[testing]"):
        tops = {path.parts[0] for path in found.files or () if path.parts[0] not in ("..", "__pycache__")}
        for top in tops:
            if not (packages / top).exists():
                (packages / top).symlink_to(str(found.locate_file(top)))
    return programs


@pytest.mark.parametrize("options", [(), ("--sandboxed",)])
def test_a_newcomer_needs_the_page_and_the_package_alone(newcomer: Path, tmp_path: Path, options: tuple[str]) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    command = [str(newcomer / "python"), "-I", "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    finished = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=250, check=False)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert re.search(r"\d\d passed", finished.stdout), finished.stdout
    assert str(ROOT) not in finished.stdout


def test_the_linter_of_the_page_finds_nothing_wrong(newcomer: Path, tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    lint = [str(newcomer / "symflow"), "lint", "--strict", "impl.py", "strategy.py", "form.py"]
    finished = subprocess.run(lint, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert (finished.returncode, finished.stdout) == (0, "")
