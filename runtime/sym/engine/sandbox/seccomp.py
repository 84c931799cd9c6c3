"""Which system calls the code of a call may make, by Linux' seccomp.

No other program and no other process: so nothing outlives the call, the memory limit is that of the whole call, and
everything the code does goes through the interpreter, which :mod:`sym.engine.sandbox.guard` watches. No sockets but
those of the internet: databases, agents and container runtimes like to listen on local ones. Nothing that changes
other processes of the same user. Where the kernel or the machine does not support it, the guard refuses the same to
Python code alone.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
import sys
from typing import Any, NamedTuple

_PR_SET_SECCOMP, _MODE_FILTER = 22, 2
_LOAD, _EQUAL, _AT_LEAST, _HAS_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_NUMBER_AT, _MACHINE_AT, _FIRST_ARGUMENT_AT = 0, 4, 16
_CLONE_THREAD = 0x10000
_INTERNET = (2, 10, 16)
"""IPv4, IPv6, and what the resolver asks for the machine's own addresses with."""


class _Numbers(NamedTuple):
    """The numbers of system calls on one kind of machine; ``refused`` whatever their arguments, ``on_itself`` those
    whose first argument must be 0: the process itself."""

    machine: int
    clone: int
    socket: int
    on_itself: tuple[int, ...]
    refused: tuple[int, ...]


_ANYWHERE = (425, 426, 427, 438)
"""io_uring, which does what the filter would not see; taking descriptors from other processes."""
_MACHINES = {
    # execve execveat fork vfork ptrace process_vm_readv process_vm_writev bpf perf_event_open userfaultfd
    # add_key request_key keyctl mount umount2 unshare setns name_to_handle_at open_by_handle_at setpriority ioprio_set
    "x86_64": _Numbers(0xC000003E, 56, 41, (302, 203), (
        59, 322, 57, 58, 101, 310, 311, 321, 298, 323, 248, 249, 250, 165, 166, 272, 308, 303, 304, 141, 251,
        *_ANYWHERE)),
    "aarch64": _Numbers(0xC00000B7, 220, 198, (261, 122), (
        221, 281, 117, 270, 271, 280, 241, 282, 217, 218, 219, 40, 39, 97, 268, 264, 265, 140, 30, *_ANYWHERE)),
}  # fmt: skip
_CLONE3 = 435

_LIBC: Any = ctypes.CDLL(None) if sys.platform == "linux" else None


class Filter:
    """The rules, compiled; to be made once and enforced in every child."""

    def __init__(self, numbers: _Numbers) -> None:
        program = _program(numbers)
        self._program = ctypes.create_string_buffer(b"".join(program))
        self._header = ctypes.create_string_buffer(struct.pack("HL", len(program), ctypes.addressof(self._program)))

    def enforce(self) -> None:
        """Hold this thread and all it will start to the rules, for good. It must not be able to gain privileges.

        Raises OSError if the kernel refuses: then nothing of the author's may run.
        """
        if _LIBC.prctl(_PR_SET_SECCOMP, _MODE_FILTER, self._header, 0, 0) != 0:
            raise OSError("the kernel refused the rules about system calls")


def is_available() -> bool:
    """Whether system calls can be restricted on this machine."""
    known = _LIBC is not None and platform.machine() in _MACHINES and sys.maxsize > 1 << 32
    # Asking for a filter without giving one: a kernel that knows filters complains about the address alone.
    return known and _tried() == errno.EFAULT


def prepare() -> Filter | None:
    """The rules for this machine; None where there are none to be had."""
    return Filter(_MACHINES[platform.machine()]) if is_available() else None


def _tried() -> int:
    libc: Any = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, None, 0, 0)
    return ctypes.get_errno()


def _program(numbers: _Numbers) -> list[bytes]:
    steps = [
        _step(_LOAD, _MACHINE_AT),
        _step(_EQUAL, numbers.machine, 1, 0),
        _refuse(errno.EPERM),
        _step(_LOAD, _NUMBER_AT),
    ]
    # The second set of numbers that x86 has, for 32-bit pointers.
    steps += [_step(_AT_LEAST, 0x40000000, 0, 1), _refuse(errno.EPERM)]
    for number in numbers.refused:
        steps += [_step(_EQUAL, number, 0, 1), _refuse(errno.EPERM)]
    # Its flags are in memory, out of the filter's reach; the C library then takes the older call.
    steps += [_step(_EQUAL, _CLONE3, 0, 1), _refuse(errno.ENOSYS)]
    steps += _only_if(numbers.clone, [_step(_HAS_BIT, _CLONE_THREAD, 1, 0)])
    for number in numbers.on_itself:
        steps += _only_if(number, [_step(_EQUAL, 0, 1, 0)])
    last = len(_INTERNET) - 1
    steps += _only_if(numbers.socket, [_step(_EQUAL, kind, last - at + 1, 0) for at, kind in enumerate(_INTERNET)])
    return [*steps, _step(_RETURN, _ALLOW)]


def _only_if(number: int, tests: list[bytes]) -> list[bytes]:
    """Steps for a call that depends on its first argument: a test that holds skips the refusal."""
    inside = [_step(_LOAD, _FIRST_ARGUMENT_AT), *tests, _refuse(errno.EPERM), _step(_RETURN, _ALLOW)]
    return [_step(_EQUAL, number, 0, len(inside)), *inside]


def _refuse(error: int) -> bytes:
    return _step(_RETURN, _ERRNO | error)


def _step(code: int, operand: int, if_so: int = 0, if_not: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_so, if_not, operand)
