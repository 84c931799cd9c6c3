"""A runtime to measure against: a store of its own, `symflow serve`, and an admin's token."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def run(environment: dict[str, str], *arguments: str) -> str:
    """Run a command of `symflow`; what it prints."""
    finished = subprocess.run(
        [str(Path(sys.executable).parent / "symflow"), *arguments], env=environment, capture_output=True, text=True,
        check=True, timeout=60,
    )  # fmt: skip
    return finished.stdout.strip()


@contextmanager
def serving(folder: Path, org: str, **settings: str) -> Iterator[dict[str, str]]:
    """A running server, with these ``SYM_`` variables besides; gives the variables a client of it needs."""
    environment = {"PATH": os.environ["PATH"], "SYM_STORE_URL": f"sqlite:///{folder}/served/store.db", **settings}
    run(environment, "init-org", org)
    run(environment, "bots", "create", "terraform", "--role", "admin")
    token = run(environment, "tokens", "issue", "--username", "terraform", "--expiry", "1d")
    process = subprocess.Popen(
        [str(Path(sys.executable).parent / "symflow"), "serve", "--port", "0"], env=environment,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stderr is not None
    try:
        url = next(line.split("listening on ")[1].strip() for line in process.stderr if "listening on " in line)
        yield {"SYM_API_URL": f"{url}/api/v1", "SYM_JWT": token}
    finally:
        process.terminate()
        process.communicate(timeout=30)
