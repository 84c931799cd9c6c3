"""Which measures against authors' code are in force on this machine, and which are not: all of those that take the
kernel are best effort, and their absence would be silent."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sym.engine.sandbox import identity, landlock, seccomp

SIGNALS_FROM = 6
"""The version of Landlock that also confines signals."""


@dataclass(frozen=True)
class Weakness:
    """What is not in force, and what to do about it."""

    detail: str
    action: str


@dataclass(frozen=True)
class Measure:
    """One measure: its ``name``, what it ``does``, and the ``weakness`` if it is not in force here."""

    name: str
    does: str
    weakness: Weakness | None = None

    @property
    def in_force(self) -> bool:
        """Whether it holds here."""
        return self.weakness is None


def confinement_report() -> list[Measure]:
    """Every measure, and whether it is in force on this machine for a process like this one."""
    if sys.platform != "linux":
        return [Measure("linux", "The measures below.",
                        Weakness("Authors' code is not confined: that takes Linux.",
                                 "Run workers on Linux."))]  # fmt: skip
    return [*_kernel(), *_users(), _memory(), *_always()]


def missing() -> list[Weakness]:
    """What is not in force here; [] where all of it is."""
    return [measure.weakness for measure in confinement_report() if measure.weakness is not None]


def _kernel() -> Iterator[Measure]:
    version = landlock.version()
    yield Measure(
        "files", "Landlock: the interpreter and the system's libraries can be read, nothing else; nothing is written "
        "but in `SYM_HANDLER_FOLDERS`. `/proc` is closed.",
        None if version else Weakness(
            "Authors' code can read and write what the worker can: Landlock is missing or forbidden here.",
            "Use Linux 5.13 or newer with Landlock on (`lsm=landlock,…`), and give the worker its own container."),
    )  # fmt: skip
    yield Measure(
        "signals", f"Landlock {SIGNALS_FROM}: no signals to processes outside of the call.",
        None if version == 0 or version >= SIGNALS_FROM or _has_own_users(version) else Weakness(
            f"Authors' code can send signals to processes of the same user: Landlock has version {version}.",
            "Use Linux 6.12 or newer, or give the worker a container of its own."),
    )  # fmt: skip
    yield Measure(
        "processes", "seccomp: no other program, no other process, no sockets but those of the internet, nothing that "
        "changes other processes.",
        None if seccomp.is_available() else Weakness(
            "Authors' code is kept from starting programs by the interpreter alone: seccomp is missing here.",
            "Use Linux on x86-64 or ARM64, and a container runtime that allows seccomp."),
    )  # fmt: skip


def _users() -> Iterator[Measure]:
    weakness = None
    if os.getuid() == 0 and (why := identity.obstacle(has_landlock=landlock.version() > 0)):
        weakness = Weakness(
            f"This is root: authors' code has no privileges, but root's files are its own; {why}.",
            "Run the worker as a user of its own.",
        )
    yield Measure("user", "Under root, every call is a user of its own, without privileges; otherwise it is the "
                  "worker's user, in a user namespace where one can be had.", weakness)  # fmt: skip


def _memory() -> Measure:
    weakness = None
    if not Path("/proc/self/statm").exists():
        weakness = Weakness("Memory of authors' code is not limited: /proc is not mounted.", "Mount /proc.")
    return Measure("memory", "Address space and data of the call, on top of what the interpreter takes "
                   "(`SYM_HANDLER_MEMORY_MB`).", weakness)  # fmt: skip


def _always() -> Iterator[Measure]:
    yield Measure("time", "The clock, watched by the worker, and processor time, watched by the kernel.")
    yield Measure("environment", "No variable, no descriptor and no memory of the worker; secrets only when the code "
                  "asks for one that its flow declares.")  # fmt: skip
    yield Measure("addresses", "An audit hook in the interpreter: no link-local address, no metadata service, none of "
                  "our own ports, not the database.")  # fmt: skip
    yield Measure("state", "A process per call, forked from one that has run nothing: what a call changes, the SDK "
                  "included, is gone with it.")  # fmt: skip


def _has_own_users(version: int) -> bool:
    return os.getuid() == 0 and not identity.obstacle(has_landlock=version > 0)
