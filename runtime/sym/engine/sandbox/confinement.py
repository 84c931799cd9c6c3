"""What Linux offers to keep one process out of the others' business. All of it is best effort: where the kernel or the
container forbids a measure, the others still hold. Files are the matter of :mod:`sym.engine.sandbox.landlock`.

System calls are that of :mod:`sym.engine.sandbox.seccomp`, the user that of :mod:`sym.engine.sandbox.identity`, and
connections to other machines that of :mod:`sym.engine.sandbox.guard`. Not prevented where Landlock is older than Linux
6.12 and calls have no users of their own: signals to processes of the same user, the worker among them.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any

from sym.engine.sandbox.limits import MIB, processor_seconds

MEMORY_RESERVE = 32 * MIB
"""Kept back from the author's code, so that there is memory left to report that the rest ran out."""

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_KEEPCAPS = 8
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_CLONE_NEWUSER = 0x10000000
_CAPABILITY_VERSION_3 = 0x20080522

_LIBC: Any = ctypes.CDLL(None) if sys.platform == "linux" else None


def give_up_privileges(kept: frozenset[int] = frozenset()) -> None:
    """Let this process and all it starts neither gain rights nor look into processes that have more. ``kept`` are
    numbers of capabilities that it keeps for now.

    Without capabilities, and from within a user namespace where one can be had, the memory and the environment of the
    worker are out of reach even though it runs as the same user. Not being dumpable hides one call from another.
    """
    if _LIBC is None:
        return
    uid, gid = os.getuid(), os.getgid()
    if uid != 0 and _LIBC.unshare(_CLONE_NEWUSER) == 0:
        with contextlib.suppress(OSError):
            Path("/proc/self/setgroups").write_text("deny")
            Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
            Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    _LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    set_privileges(kept)


def keep_privileges() -> None:
    """Let the next change of user not take them all away; :func:`set_privileges` has to, after it."""
    _LIBC.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0)


def set_privileges(kept: frozenset[int]) -> None:
    """Have the capabilities of these numbers and no others, and be hidden from other processes."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    bits = sum(1 << number for number in kept)
    # Effective, permitted, inheritable; twice, for the lower and the upper 32.
    _LIBC.capset(header, (ctypes.c_uint32 * 6)(bits, bits, 0, 0, 0, 0))
    _LIBC.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent dies, so that :func:`kill_orphans` finds them."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def kill_orphans(known: set[int]) -> None:
    """Kill and reap every child of this process that is not ``known``: what left its group to outlive its call."""
    listing = Path(f"/proc/self/task/{os.getpid()}/children")
    # A killed orphan hands its own children on to us; twenty generations is more than anybody has.
    for _ in range(20):
        try:
            orphans = {int(pid) for pid in listing.read_text().split()} - known
        except OSError:
            return
        if not orphans:
            return
        for pid in orphans:
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


def die_with_parent(parent: int) -> None:
    """Have this process killed when ``parent`` dies, or right now if it is gone already."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def limit_resources(
    *, memory_bytes: int, file_bytes: int, seconds: float, pages: tuple[int, int] | None = None
) -> None:
    """Limit memory, counted from what is used now (or from ``pages``, see :func:`pages_in_use`), processor time,
    files, open files and core dumps.

    Processor time is the second line of defence: it also stops what the worker no longer watches.
    """
    processor = processor_seconds(seconds)
    _lower(resource.RLIMIT_CPU, processor, processor + 1)
    _lower(resource.RLIMIT_CORE, 0, 0)
    _lower(resource.RLIMIT_FSIZE, file_bytes, file_bytes)
    _lower(resource.RLIMIT_NOFILE, 256, 256)
    pages = pages or pages_in_use()
    if pages is None:
        return
    for kind, used in zip((resource.RLIMIT_AS, resource.RLIMIT_DATA), pages, strict=True):
        soft = used * resource.getpagesize() + memory_bytes
        _lower(kind, soft, soft + MEMORY_RESERVE)


def _lower(kind: int, soft: int, hard: int) -> None:
    """Set a limit, but never above what is set already: raising one takes a privilege and would fail."""
    highest = resource.getrlimit(kind)[1]
    if highest != resource.RLIM_INFINITY:
        soft, hard = min(soft, highest), min(hard, highest)
    resource.setrlimit(kind, (soft, hard))


def release_memory_reserve() -> None:
    """Make the reserve available, to report a failure with."""
    for kind in (resource.RLIMIT_AS, resource.RLIMIT_DATA):
        with contextlib.suppress(ValueError, OSError):
            hard = resource.getrlimit(kind)[1]
            resource.setrlimit(kind, (hard, hard))


def pages_in_use() -> tuple[int, int] | None:
    """Pages of address space and of data this process has, or None where they cannot be told."""
    try:
        fields = Path("/proc/self/statm").read_text().split()
    except OSError:
        return None
    return int(fields[0]), int(fields[5])
