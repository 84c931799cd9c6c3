"""The process that children are forked from: a fresh interpreter with everything loaded, and nothing run.

It does what the worker says over one socket and ends when that closes. A message is a JSON object: ``{"fork": true}``
comes with three descriptors (the line, the output, the trace) and is answered with the child's pid and a descriptor for
it; ``{"reap": pid}`` is answered with how that child ended. A child is not reaped before that, so its pid and its
process group stay its own for as long as the worker may want to signal them.
"""

from __future__ import annotations

import array
import contextlib
import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import sys
from typing import Any

import sym.sdk
from sym.engine.sandbox import addresses, child, confinement, identity, landlock, seccomp

_PRELOADED = (
    "base64", "collections", "concurrent.futures", "csv", "dataclasses", "datetime", "decimal", "encodings.idna",
    "enum", "functools", "hashlib", "hmac", "http.client", "itertools", "json", "logging", "math", "random", "re",
    "requests", "secrets", "ssl", "statistics", "string", "subprocess", "threading", "time", "traceback", "typing",
    "urllib.request", "uuid", "xml.etree.ElementTree", "zoneinfo",
)  # fmt: skip
"""What authors' code is likely to import. Whatever else it imports is loaded in the child, at its own expense."""


def main() -> None:
    """Serve the worker at the other end of the descriptor that is the first argument. The second is a JSON object:
    which files and folders children may ``read``, and which ``write``, besides the system's own; and ``closed``, pairs
    of a host and a port they may not connect to."""
    control = socket.socket(fileno=int(sys.argv[1]))
    os.set_inheritable(control.fileno(), False)
    given = json.loads(sys.argv[2])
    users = identity.plan(has_landlock=landlock.version() > 0, writes=bool(given["write"]))
    closed = addresses.resolve((host, port) for host, port in given["closed"])
    confinement.give_up_privileges(users.zygote if users is not None else frozenset())
    confinement.adopt_orphans()
    _preload()
    rules = child.Rules(landlock.prepare(given["read"], given["write"]), seccomp.prepare(), users, closed)
    _reply(control, {"ready": True})
    zygote = _Zygote(control, rules)
    try:
        zygote.serve()
    finally:
        zygote.kill_all()


def _preload() -> None:
    found = pkgutil.walk_packages(sym.sdk.__path__, "sym.sdk.")
    for name in [*_PRELOADED, *(module.name for module in found)]:
        # Only to be quick later: what is missing or broken fails where it is used, with a line to blame.
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    gc.collect()
    gc.freeze()


class _Zygote:
    def __init__(self, control: socket.socket, rules: child.Rules) -> None:
        self._control = control
        self._rules = rules
        self._users = identity.Users() if rules.users is not None else None
        self._children: set[int] = set()

    def serve(self) -> None:
        while True:
            data, fds, _, _ = socket.recv_fds(self._control, 4096, 8, socket.MSG_CMSG_CLOEXEC)
            if not data:
                return
            message = json.loads(data)
            if "reap" in message:
                _reply(self._control, self._reap(message["reap"]))
            else:
                self._fork(fds)

    def _fork(self, fds: list[int]) -> None:
        zygote = os.getpid()
        uid = self._users.next() if self._users is not None else None
        pid = os.fork()
        if pid == 0:
            self._control.close()
            child.live(fds, zygote, self._rules, uid)
        self._children.add(pid)
        if self._users is not None and uid is not None:
            self._users.assign(pid, uid)
        for fd in fds:
            os.close(fd)
        handle = None
        # Some container runtimes do not have it; the worker then goes by the pid alone.
        with contextlib.suppress(OSError):
            handle = os.pidfd_open(pid)
        _reply(self._control, {"pid": pid}, handle)
        if handle is not None:
            os.close(handle)

    def _reap(self, pid: int) -> dict[str, Any]:
        self._children.discard(pid)
        try:
            _, status, usage = os.wait4(pid, 0)
        except ChildProcessError:
            return {"code": None, "peak": 0}
        finally:
            confinement.kill_orphans(self._children)
            if self._users is not None:
                self._users.release(pid)
        # A negative code is the number of a signal.
        return {"code": os.waitstatus_to_exitcode(status), "peak": usage.ru_maxrss * 1024}

    def kill_all(self) -> None:
        for pid in self._children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
        confinement.kill_orphans(set())


def _reply(control: socket.socket, document: dict[str, Any], fd: int | None = None) -> None:
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [fd]))] if fd is not None else []
    control.sendmsg([json.dumps(document).encode()], rights)


if __name__ == "__main__":
    main()
