"""Which measures against authors' code this machine lacks: all of them are best effort, and their absence is silent."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from sym.engine.sandbox import landlock

SIGNALS_FROM = 6
"""The version of Landlock that also confines signals."""


@dataclass(frozen=True)
class Weakness:
    """What is not in force, and what to do about it."""

    detail: str
    action: str


def missing() -> list[Weakness]:
    """What is not in force here; [] where all of it is."""
    if sys.platform != "linux":
        return [Weakness("Authors' code is not confined: that takes Linux.", "Run workers on Linux.")]
    found = []
    version = landlock.version()
    if version == 0:
        found.append(Weakness(
            "Authors' code can read and write what the worker can: Landlock is missing or forbidden here.",
            "Use Linux 5.13 or newer with Landlock on (`lsm=landlock,…`), and give the worker its own container.",
        ))  # fmt: skip
    elif version < SIGNALS_FROM:
        found.append(Weakness(
            f"Authors' code can send signals to processes of the same user: Landlock has version {version}.",
            "Use Linux 6.12 or newer, or give the worker a container of its own.",
        ))  # fmt: skip
    if os.getuid() == 0:
        found.append(Weakness(
            "This is root: authors' code has no privileges, but root's files are its own.",
            "Run the worker as a user of its own.",
        ))  # fmt: skip
    if not Path("/proc/self/statm").exists():
        found.append(Weakness("Memory of authors' code is not limited: /proc is not mounted.", "Mount /proc."))
    return found
