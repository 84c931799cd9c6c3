"""The type checker and the linter are as strict as they are said to be: each is seen to refuse a planted violation."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT


def check(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )


def test_mypy_refuses_what_is_not_typed(tmp_path: Path) -> None:
    planted = tmp_path / "planted.py"
    planted.write_text("def untyped(value):\n    return value\n")
    finished = check("mypy", "--config-file", "pyproject.toml", "--cache-dir", str(tmp_path / "cache"), str(planted))
    assert finished.returncode == 1
    assert "no-untyped-def" in finished.stdout


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        ("TID251", "import os\n\nHOME = os.environ['HOME']\n"),
        ("TID251", "from datetime import datetime\n\nNOW = datetime.now(None)\n"),
        ("TID251", "import time\n\nNOW = time.time()\n"),
        ("TID252", "from . import other\n"),
        (
            "C901",
            "def f(a):\n" + "".join(f"    if a == {n}:\n        return {n}\n" for n in range(12)) + "    return a\n",
        ),
        ("PLR0915", "def f():\n" + "".join(f"    a{n} = {n}\n" for n in range(45)) + "    return a0\n"),
        ("T201", "print('hello')\n"),
        ("BLE001", "try:\n    x = 1\nexcept Exception:\n    x = 2\n"),
    ],
)
def test_ruff_refuses(rule: str, source: str) -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format", "concise",
         "--stdin-filename", "runtime/sym/engine/planted.py", "-"],
        cwd=ROOT, input=source, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert finished.returncode == 1
    assert rule in finished.stdout
