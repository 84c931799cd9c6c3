"""Which files a call may touch, by Linux' Landlock: the interpreter, its libraries and the system's, to read.

Nothing else but what the operator names: not the worker's database, not its keys, no file to write and find again in
the next call. From Linux 6.12
on it also forbids signals to processes outside of the call. Where the kernel lacks it, all of this is merely not
enforced.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from typing import Any

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_GET_VERSION = 1
_PATH_BENEATH = 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _TRUNCATE = 1, 2, 4, 8, 1 << 14
_OF_A_FILE = _WRITE_FILE | _READ_FILE | _TRUNCATE
_SCOPED_SIGNALS_AND_SOCKETS = 3

_SYSTEM = (
    "/bin", "/lib", "/lib32", "/lib64", "/sbin", "/usr", "/proc/cpuinfo", "/proc/meminfo",
    "/proc/sys/crypto", "/sys/devices/system/cpu",
    "/dev/random", "/dev/urandom", "/dev/zero",
    "/etc/alternatives", "/etc/ca-certificates", "/etc/crypto-policies", "/etc/gai.conf", "/etc/group",
    "/etc/host.conf", "/etc/hosts", "/etc/ld.so.cache", "/etc/localtime", "/etc/mime.types", "/etc/nsswitch.conf",
    "/etc/os-release", "/etc/passwd", "/etc/pki", "/etc/protocols", "/etc/resolv.conf", "/etc/services", "/etc/ssl",
    "/etc/timezone",
)  # fmt: skip
"""Not all of /etc, for other programs keep their secrets there, and not /proc, for it shows what others were started
with."""

_LIBC: Any = ctypes.CDLL(None) if sys.platform == "linux" else None


def version() -> int:
    """The version of Landlock this kernel has; 0 for none."""
    if _LIBC is None:
        return 0
    return max(int(_LIBC.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_GET_VERSION))), 0)


def prepare(readable: Iterable[str], writable: Iterable[str] = ()) -> int | None:
    """Make the rules, with more files and folders to be read, and others to be read and written. Gives a descriptor
    for :func:`enforce`; None where there is no Landlock."""
    have = version()
    if have < 1:
        return None
    attributes = struct.pack("=QQQ", _handled(have), 0, _SCOPED_SIGNALS_AND_SOCKETS)
    length = 24 if have >= 6 else 8
    rules = int(_LIBC.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(length), ctypes.c_uint32(0)))
    if rules < 0:
        return None
    for path in {*_SYSTEM, sys.prefix, sys.base_prefix, *(entry for entry in sys.path if entry), *readable}:
        _allow(rules, path, _READ_FILE | _READ_DIR)
    for path in ("/dev/null", *writable):
        _allow(rules, path, _handled(have) & ~_EXECUTE)
    return rules


def enforce(rules: int | None) -> None:
    """Hold this process and all it will start to the rules, for good. It must not be able to gain privileges.

    Raises OSError if there are rules and the kernel refuses them: then nothing of the author's may run.
    """
    if rules is not None and _LIBC.syscall(_RESTRICT_SELF, ctypes.c_int(rules), ctypes.c_uint32(0)) != 0:
        raise OSError("the kernel refused the rules about files")


def _handled(have: int) -> int:
    """Every right this version knows of: what is handled and not allowed is forbidden."""
    bits = 13 + (have >= 2) + (have >= 3) + (have >= 5)
    return (1 << bits) - 1


def _allow(rules: int, path: str, rights: int) -> None:
    try:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        # It is not on this system.
        return
    try:
        if not os.path.isdir(path):  # noqa: PTH112
            rights &= _OF_A_FILE
        beneath = struct.pack("=Qi", rights, fd)
        _LIBC.syscall(_ADD_RULE, ctypes.c_int(rules), ctypes.c_int(_PATH_BENEATH), beneath, ctypes.c_uint32(0))
    finally:
        os.close(fd)
