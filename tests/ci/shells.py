"""``ci/sym.sh`` as CI systems run it: by one of the shells they have, with an environment of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.sources import ROOT

SCRIPT = ROOT / "ci" / "sym.sh"
SHELLS = {"dash": ["dash"], "bash": ["bash"], "busybox": ["busybox", "sh"]}
in_every_shell = pytest.mark.parametrize("job", SHELLS, indirect=True)


def find_program(name: str) -> str:
    """A program by its name. Without it, fail in CI and skip elsewhere."""
    if shutil.which(name) is None:
        message = f"NOT TESTED: {name} is not on PATH"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return name


def find_shell(name: str) -> list[str]:
    """The command of a shell."""
    return [find_program(SHELLS[name][0]), *SHELLS[name][1:]]


@dataclass
class Job:
    """A job of a CI system: its working directory and its variables."""

    folder: Path
    shell: list[str]
    variables: dict[str, str] = field(default_factory=dict)

    def environment(self, **more: str) -> dict[str, str]:
        """What a process of the job gets: nothing of the caller's but the search path."""
        own = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "SYM_RETRY_DELAY": "0", "LC_ALL": "C.UTF-8"}
        return {**own, **self.variables, **more}

    def start(self, *arguments: str, **more: str) -> subprocess.Popen[str]:
        """Start ``sym.sh`` and return."""
        return subprocess.Popen(
            [*self.shell, str(SCRIPT), *arguments], cwd=self.folder, env=self.environment(**more), text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def __call__(self, *arguments: str, code: int = 0, **more: str) -> subprocess.CompletedProcess[str]:
        """Run ``sym.sh`` with arguments and further variables; it must end with ``code``."""
        process = self.start(*arguments, **more)
        stdout, stderr = process.communicate(timeout=60)
        assert process.returncode == code, f"{process.returncode}\n{stdout}\n{stderr}"
        return subprocess.CompletedProcess(arguments, code, stdout, stderr)

    def write(self, name: str, text: str | bytes) -> Path:
        """Write a file of the workspace."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path


def kept(folder: Path, name: str) -> Any:
    """A file of the workspace's folder ``sym``."""
    return json.loads((folder / "sym" / name).read_text())
