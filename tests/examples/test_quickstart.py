"""The quickstart, as a newcomer meets it: the demo, twice, and then its two rules."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT
from tests.terraform_cli import find_terraform

QUICKSTART = ROOT / "examples" / "terraform" / "flows" / "quickstart"
BIN = Path(sys.executable).parent

# Whatever a process leaves behind becomes a child of its subreaper, which then finds it has children.
UNDERTAKER = """
import ctypes, os, subprocess, sys, time
assert ctypes.CDLL(None).prctl(36, 1, 0, 0, 0) == 0  # PR_SET_CHILD_SUBREAPER
status = subprocess.run(sys.argv[1:]).returncode
for _ in range(50):
    try:
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass
    except ChildProcessError:
        sys.exit(status)
    time.sleep(0.1)
left = subprocess.run(["ps", "--ppid", str(os.getpid()), "-o", "args="], capture_output=True, text=True).stdout
sys.exit(f"processes were left behind: {left}")
"""


def run_demo(folder: Path, home: Path) -> str:
    """Run the demo in ``folder``; what it printed. It must leave no process and nothing in its HOME."""
    find_terraform()
    home.mkdir(exist_ok=True)
    finished = subprocess.run(
        [sys.executable, "-c", UNDERTAKER, sys.executable, "-B", str(QUICKSTART / "demo.py"), str(folder)],
        cwd=home, env={"PATH": os.environ["PATH"], "HOME": str(home)}, capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert list(home.iterdir()) == []
    return finished.stdout


def play_demo(folder: Path, home: Path, keys: list[str]) -> str:
    """Run the demo at a terminal, and press a key whenever it asks; what it printed."""
    terminal, other = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", UNDERTAKER, sys.executable, "-B", str(QUICKSTART / "demo.py"), str(folder)],
        cwd=home, env={"PATH": os.environ["PATH"], "HOME": str(home), "NO_COLOR": "1"}, stdin=other, stdout=other,
        stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    os.close(other)
    printed = b""
    while select.select([terminal], [], [], 120)[0]:
        try:
            printed += os.read(terminal, 4096)
        except OSError:  # the end, as Linux tells it
            break
        if keys and printed.endswith((b"> ", b"again. ", b"[y/N] ")):
            os.write(terminal, f"{keys.pop(0)}\n".encode())
    os.close(terminal)
    assert process.wait(timeout=60) == 0, printed.decode()
    return printed.decode()


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder in which the demo has run twice, and what it printed the second time, when it was played with."""
    find_terraform()
    folder, home = tmp_path_factory.mktemp("demo") / "demo", tmp_path_factory.mktemp("home")
    run_demo(folder, home)
    return folder, play_demo(folder, home, ["y", "e", "k", "", "q"])


@pytest.fixture(scope="module")
def demo(played: tuple[Path, str]) -> Path:
    """The folder in which the demo has run."""
    return played[0]


def test_whoever_stays_sees_a_forged_entry_named_and_a_killed_runtime_come_back(played: tuple[Path, str]) -> None:
    printed = played[1].replace("\r", "")
    after = printed.partition("Switch between people")[2]
    number = re.search(r"entry (\d+) becomes run.denied", after)
    assert number is not None
    assert f"entry {number[1]} " in after.partition("symflow audit verify")[2]
    assert "It ended with status 1." in after
    assert "listening on" in after.partition("Killed.")[2]


def environment(demo: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(demo / "home"),
        "SYM_STORE_URL": f"sqlite:///{demo}/store/store.db",
        "SYM_SECRET_TARGET_SYSTEM_KEY": demo_key(demo),
        "SYM_HANDLER_FOLDERS": str(demo / "target"),
    }


def demo_key(demo: Path) -> str:
    """The key the demo's target system wants to be shown."""
    code = "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute('select key from keys').fetchone()[0])"
    return subprocess.run(
        [sys.executable, "-c", code, str(demo / "target" / "members.db")], capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.fixture(scope="module")
def serving(demo: Path) -> Iterator[dict[str, str]]:
    """A runtime on what the demo left; gives the environment for `symflow`."""
    variables = environment(demo)
    process = subprocess.Popen(
        [str(BIN / "symflow"), "serve", "--port", "0"], env=variables, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    assert any("listening on" in line for line in process.stderr)
    yield variables
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 0


def symflow(variables: dict[str, str], *arguments: str) -> str:
    finished = subprocess.run(
        [str(BIN / "symflow"), *arguments], env=variables, capture_output=True, text=True, timeout=60, check=False
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout.strip()


def request(variables: dict[str, str], target: str, **inputs: str) -> str:
    given = {"reason": "test", "target_srn": f"quickstart:access_target:custom:{target}:latest", **inputs}
    options = [word for name, value in given.items() for word in ("--input", f"{name}={value}")]
    return symflow(variables, "runs", "request", "quickstart", "--as", "ada@acme.test", *options)


def settled(variables: dict[str, str], run_id: str, *wanted: str) -> dict[str, object]:
    for _ in range(100):
        run: dict[str, object] = json.loads(symflow(variables, "runs", "show", run_id, "--json"))
        if run["status"] in wanted:
            return run
        time.sleep(0.1)
    pytest.fail(f"the run stayed {run['status']}: {run}")


def test_work_on_an_incident_needs_no_approval(serving: dict[str, str]) -> None:
    run_id = request(serving, "readers", duration="8", incident="INC-7")
    settled(serving, run_id, "escalated", "deescalated")
    entries = json.loads(symflow(serving, "audit", "list", "--run", run_id, "--json"))
    approval = next(entry for entry in entries if entry["name"] == "run.approved")
    assert approval["event"]["channel"] == "sdk"
    settled(serving, run_id, "deescalated")


def test_nobody_is_an_administrator_for_an_hour(serving: dict[str, str]) -> None:
    run_id = request(serving, "administrators", duration="3600", incident="INC-7")
    settled(serving, run_id, "requested")
    symflow(serving, "runs", "approve", run_id, "--as", "ben@acme.test")
    settled(serving, run_id, "denied")
