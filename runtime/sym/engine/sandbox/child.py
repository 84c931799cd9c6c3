"""A forked child: makes itself a process of its own, runs the one call it is asked for, answers, and is gone."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import resource
import socket
import sys
from typing import Any, NoReturn

from sym.engine.sandbox import confinement, failures, landlock
from sym.engine.sandbox.execution import run
from sym.engine.sandbox.remote_host import RemoteHost
from sym.engine.sandbox.wire import TRACE_SIGNAL, Line
from sym.sdk._host import bind

_LINE, _TRACE = 3, 4


def live(fds: list[int], zygote: int, rules: int | None) -> NoReturn:
    """Be the child that has the line, the output and the trace as ``fds``, and is held to ``rules`` about files.
    ``zygote`` is the parent's pid."""
    code = 70
    try:
        confinement.die_with_parent(zygote)
        os.setsid()
        landlock.enforce(rules)
        _arrange(fds)
        _answer(Line(socket.socket(fileno=_LINE)))
        code = 0
    except EOFError:
        code = 0
    finally:
        # Neither exit handlers nor waiting for threads: whatever the code left behind ends here.
        os._exit(code)


def _arrange(fds: list[int]) -> None:
    """Put the descriptors where they belong and close every other one."""
    # First out of the way: a descriptor to be moved may sit in another's place.
    line, output, trace = [_above(fd, 10) for fd in fds]
    nothing = os.open(os.devnull, os.O_RDONLY)
    for fd, place in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(fd, place)
    for fd, place in ((line, _LINE), (trace, _TRACE)):
        os.dup2(fd, place, inheritable=False)
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    os.closerange(_TRACE + 1, most if most != resource.RLIM_INFINITY else 1 << 20)
    faulthandler.enable(file=_TRACE, all_threads=False)
    faulthandler.register(TRACE_SIGNAL, file=_TRACE, all_threads=False)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115
    for name in ("stdout", "stderr"):
        stream = open(1, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)  # noqa: SIM115
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _above(fd: int, least: int) -> int:
    import fcntl

    return fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, least)


def _answer(line: Line) -> None:
    request = line.receive()
    confinement.limit_resources(
        memory_bytes=request["memory_bytes"], file_bytes=request["file_bytes"], seconds=request["seconds"]
    )
    answer = _outcome(request, line)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    line.send(answer)


def _outcome(request: dict[str, Any], line: Line) -> dict[str, Any]:
    try:
        with bind(RemoteHost(line)):
            return {"value": run(request)}
    except BaseException as error:  # noqa: BLE001 - SystemExit and its like are the author's too
        # The frames hold what filled the memory: let go of them once the line is known.
        confinement.release_memory_reserve()
        return {"failed": failures.describe(error, request["filename"])}
