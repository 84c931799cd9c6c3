"""The measurement works: every row is there, and is a number above zero."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.postgres
def test_the_quick_measurement_prints_its_table() -> None:
    command = [sys.executable, "-m", "bench.engine", "--quick"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    rows = [line for line in done.stdout.splitlines() if line]
    assert len(rows) == 18
    assert sum("life cycles/s" in row for row in rows) == 7
    for row in rows:
        assert float(row[52:].split()[0]) > 0, row
