"""Which files a call may touch."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from sym.engine.sandbox import landlock


@pytest.mark.skipif(not landlock.version(), reason="this kernel has no Landlock")
def test_landlock_leaves_the_system_to_read_and_nothing_to_write(tmp_path: Path) -> None:
    code = """
        import os
        from sym.engine.sandbox import confinement, landlock
        folder = FOLDER
        shared = open(f"{folder}/shared", "w")
        confinement.give_up_privileges()
        landlock.enforce(landlock.prepare([shared.name, "/does/not/exist"]))
        def tried(path, mode="r"):
            try:
                open(path, mode).close()
            except PermissionError:
                return "refused"
            return "opened"
        print(tried(shared.name), tried(os.__file__), tried("/dev/null", "w"))
        print(tried(shared.name, "a"), tried(f"{folder}/x", "w"), tried("/etc/shadow"), tried(os.__file__, "a"))
    """
    made = [sys.executable, "-I", "-c", textwrap.dedent(code).replace("FOLDER", repr(str(tmp_path)))]
    done = subprocess.run(made, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "opened opened opened\nrefused refused refused refused"
