"""The page for authors: whoever copies its files into an empty folder has tests that pass."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

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
