"""A user of its own for every call, where the worker runs as root: then neither files nor processes of the worker, nor
those of another call, belong to it.

A call keeps none of root's privileges, except that it may read what Landlock lets it read whoever owns it (the
interpreter may be in root's home), and write what is in the folders that the operator opened. Both only where Landlock
is in force.
"""

from __future__ import annotations

import os
import pwd
import resource
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from sym.engine.sandbox import confinement

FIRST, LAST = 65100, 65499
"""Users and groups that no distribution gives to anybody."""
THREADS = 256
"""How many threads and processes one call may have at once."""

_DAC_OVERRIDE, _DAC_READ_SEARCH, _KILL, _SETGID, _SETUID = 1, 2, 5, 6, 7
_NEEDED = frozenset({_KILL, _SETGID, _SETUID})


@dataclass(frozen=True)
class Plan:
    """Which of root's privileges the zygote keeps to set calls up with, and which a call keeps (numbers of
    capabilities)."""

    zygote: frozenset[int]
    call: frozenset[int]


def obstacle(*, has_landlock: bool) -> str:
    """Why calls cannot have users of their own here; "" if they can."""
    if os.getuid() != 0:
        return "that takes a worker that runs as root"
    if not has_landlock:
        return "without Landlock they could not be allowed to read the interpreter and nothing else"
    held = _held()
    if not _NEEDED | {_DAC_OVERRIDE, _DAC_READ_SEARCH} <= held:
        return "this root may not change users (CAP_SETUID, CAP_SETGID, CAP_KILL, CAP_DAC_OVERRIDE are needed)"
    return "" if _is_mapped() else "the users are not mapped in this container"


def plan(*, has_landlock: bool, writes: bool) -> Plan | None:
    """How calls get users of their own; None if they cannot. ``writes``: there are folders a call may write."""
    if obstacle(has_landlock=has_landlock):
        return None
    kept = frozenset({_DAC_READ_SEARCH} | ({_DAC_OVERRIDE} if writes else set()))
    return Plan(_NEEDED | kept, kept)


class Users:
    """Hands out users that nobody has."""

    def __init__(self) -> None:
        taken = {entry.pw_uid for entry in pwd.getpwall()}
        self._free = cycle([uid for uid in range(FIRST, LAST + 1) if uid not in taken])
        self._of: dict[int, int] = {}

    def next(self) -> int:
        """One that no living call has. There are many more of them than calls at once."""
        return next(uid for uid in self._free if uid not in self._of.values())

    def assign(self, pid: int, uid: int) -> None:
        """Note that the child has this user."""
        self._of[pid] = uid

    def release(self, pid: int) -> None:
        """The child is gone."""
        self._of.pop(pid, None)


def become(uid: int, kept: frozenset[int]) -> None:
    """Be that user, of that group alone, with those privileges and no others. Raises OSError if it cannot be had."""
    confinement.keep_privileges()
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    confinement.set_privileges(kept)
    resource.setrlimit(resource.RLIMIT_NPROC, (THREADS, THREADS))


def _held() -> frozenset[int]:
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return frozenset()
    bits = int(next(line for line in status.splitlines() if line.startswith("CapEff:")).split()[1], 16)
    return frozenset(number for number in range(64) if bits >> number & 1)


def _is_mapped() -> bool:
    try:
        rows = [tuple(map(int, line.split())) for line in Path("/proc/self/uid_map").read_text().splitlines()]
    except OSError:
        return False
    return any(first <= FIRST and first + count > LAST for first, _, count in rows)
