"""The contract is passed by a good strategy, and each of its tests refuses the mistake it is there for."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

EXAMPLE = ROOT / "examples" / "terraform" / "flows" / "on_call"
STRATEGY = (EXAMPLE / "strategy.py").read_text()
ENOUGH = """
    def escalate(self, target_id, event):
        return self._call("PUT", target_id, event)
"""
MISTAKES = {
    "granting adds nothing": (ENOUGH, ENOUGH.replace('return self._call("PUT"', 'return self._call("GET"')),
    "granting twice fails": (ENOUGH, """
    def escalate(self, target_id, event):
        if self.is_escalated(target_id, event):
            raise RuntimeError("already a member")
        return self._call("PUT", target_id, event)
"""),
    "ending what is not there fails": ("""        try:
            self._call("DELETE\"""", """        if not self.is_escalated(target_id, event):
            raise RuntimeError("not a member")
        try:
            self._call("DELETE\""""),
    "a target that is gone is granted": (ENOUGH, """
    def escalate(self, target_id, event):
        try:
            return self._call("PUT", target_id, event)
        except urllib.error.HTTPError as error:
            if error.code != 404:
                raise
"""),
    "a target that is gone cannot be ended": ("raise AlreadyGone(", "raise RuntimeError("),
    "throttling is for good": ("        with urllib.request.urlopen(request, timeout=10) as answer:", """
        try:
            opened = urllib.request.urlopen(request, timeout=10)
        except urllib.error.HTTPError as error:
            if error.code == 429:
                raise RuntimeError("too many requests") from None
            raise
        with opened as answer:"""),
    "it never shows what was changed": ('return self._call("GET", target_id, event)["member"]', "return False"),
}  # fmt: skip
REFUSED_BY = {
    "granting adds nothing": "test_what_is_granted_is_there",
    "granting twice fails": "test_granting_twice",
    "ending what is not there fails": "test_what_was_never_granted",
    "a target that is gone is granted": "test_a_target_that_is_gone_cannot",
    "a target that is gone cannot be ended": "test_access_to_a_target_that_is_gone",
    "throttling is for good": "test_a_throttled_call",
    "it never shows what was changed": "test_a_vendor_that_is_slow",
}


def run(
    folder: Path, strategy: str, test: str | None = None, vendor: str = "", only: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run the contract on a strategy, with the example's fake of its vendor."""
    (folder / "strategy.py").write_text(strategy)
    (folder / "directory.py").write_text((EXAMPLE / "directory.py").read_text() + vendor)
    (folder / "test_strategy.py").write_text(test or (EXAMPLE / "test_strategy.py").read_text())
    options = ["-q", "-rA", "--no-header", "-p", "no:schemathesis"]  # half a second of importing
    command = [sys.executable, "-m", "pytest", *options, "-k", only, "test_strategy.py"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=250, check=False)


def failed(finished: subprocess.CompletedProcess[str]) -> set[str]:
    return set(re.findall(r"^(?:FAILED|ERROR) \S+::(test_\w+)", finished.stdout, re.MULTILINE))


def test_a_good_strategy_passes_all_of_it(tmp_path: Path) -> None:
    finished = run(tmp_path, STRATEGY)
    assert finished.returncode == 0, finished.stdout
    assert "11 passed" in finished.stdout


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_refused_by_its_test(tmp_path: Path, mistake: str) -> None:
    good, bad = MISTAKES[mistake]
    assert good in STRATEGY
    finished = run(tmp_path, STRATEGY.replace(good, bad), only=REFUSED_BY[mistake])
    assert len(failed(finished)) == 1, finished.stdout


def test_a_fake_that_nothing_reaches_proves_nothing(tmp_path: Path) -> None:
    silent = "\n\nDirectory.requests = property(lambda self: 0, lambda self, value: None)\n"
    finished = run(tmp_path, STRATEGY, vendor=silent)
    assert len(failed(finished)) == 11
    assert "nothing reached the fake vendor" in finished.stdout


def test_what_a_fake_cannot_do_fails_unless_it_is_said_why(tmp_path: Path) -> None:
    unable = "\n\ndel Directory.lag_next\n"
    finished = run(tmp_path, STRATEGY, vendor=unable)
    assert failed(finished) == {"test_a_vendor_that_is_slow_to_show_a_change_is_believed_in_the_end"}
    assert "the fake vendor cannot lag_next" in finished.stdout
    excused = (
        (EXAMPLE / "test_strategy.py")
        .read_text()
        .replace(
            '    strategy = "strategy.py"\n',
            '    strategy = "strategy.py"\n    not_applicable = {"lag_next": "it is consistent at once"}\n',
        )
    )
    finished = run(tmp_path, STRATEGY, test=excused, vendor=unable)
    assert failed(finished) == set()
    assert "10 passed, 1 skipped" in finished.stdout


def test_without_a_vendor_there_is_no_contract(tmp_path: Path) -> None:
    test = (
        "from sym.testing import StrategyContract\n\n\nclass TestIt(StrategyContract):\n    strategy = 'strategy.py'\n"
    )
    finished = run(tmp_path, STRATEGY, test=test)
    assert finished.returncode == 1
    assert "TestIt needs a fixture named vendor" in finished.stdout


INSTALLED = """
import pytest
import sym.strategies
from pathlib import Path

sym.strategies.__path__.append(str(Path(__file__).parent / "shelf"))

from directory import Directory
from sym.testing import StrategyContract


class TestInstalled(StrategyContract):
    strategy_type = "{kind}"

    @pytest.fixture
    def vendor(self):
        return Directory()
"""
SHELF_ITEM = """
Strategy = DirectoryStrategy
integration = "custom"
targets = {"directory_group": None}
"""


@pytest.mark.parametrize(("kind", "problem"), [("directory", ""), ("custom", "neither strategy nor strategy_type")])
def test_an_installed_strategy_is_under_the_same_contract(tmp_path: Path, kind: str, problem: str) -> None:
    (tmp_path / "shelf").mkdir()
    (tmp_path / "shelf" / "directory.py").write_text(STRATEGY + SHELF_ITEM)
    (tmp_path / "conftest.py").write_text("import sys\n\nsys.path.insert(0, __file__.rpartition('/')[0])\n")
    finished = run(tmp_path, STRATEGY, test=INSTALLED.format(kind=kind))
    assert ("11 passed" in finished.stdout) is not bool(problem), finished.stdout
    assert problem in finished.stdout
