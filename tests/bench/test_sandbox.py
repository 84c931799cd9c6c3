"""The measurement of the sandbox works: every row is there, and is a number above zero."""

from __future__ import annotations

import re
import subprocess
import sys

from bench.sandbox import CALLS


def test_the_quick_measurement_prints_its_table() -> None:
    command = [sys.executable, "-m", "bench.sandbox", "--quick"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    rows = done.stdout.splitlines()
    assert len(rows) == len(CALLS) + 1
    for row in rows:
        assert all(float(number) > 0 for number in re.findall(r"\d+\.\d+", row)), row
