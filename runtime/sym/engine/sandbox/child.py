"""A forked child: makes itself a process of its own, runs the one call it is asked for, answers, and is gone."""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import os
import resource
import socket
import sys
from dataclasses import dataclass
from typing import Any, NoReturn

from sym.engine.sandbox import addresses, confinement, failures, guard, identity, landlock, seccomp
from sym.engine.sandbox.execution import run
from sym.engine.sandbox.remote_host import RemoteHost
from sym.engine.sandbox.wire import TRACE_SIGNAL, Line
from sym.sdk._host import bind

_LINE, _TRACE = 3, 4
_LIBRARIES = tuple({sys.prefix, sys.base_prefix, *(entry for entry in sys.path if entry)})


@dataclass(frozen=True)
class Rules:
    """What every child is held to, made ready by the zygote: the rules about ``files`` and system ``calls`` (None: the
    kernel has none), the ``users`` calls get (None: the zygote's), and which addresses are ``closed``."""

    files: int | None
    calls: seccomp.Filter | None
    users: identity.Plan | None
    closed: addresses.Closed


def live(fds: list[int], zygote: int, rules: Rules, uid: int | None) -> NoReturn:
    """Be the child that has the line, the output and the trace as ``fds``. ``zygote`` is the parent's pid, ``uid`` the
    user to become. Whatever cannot be put in force ends the child before any of the author's code runs."""
    code = 70
    try:
        pages = confinement.pages_in_use()
        if rules.users is not None and uid is not None:
            identity.become(uid, rules.users.call)
        # After the change of user, which forgets it.
        confinement.die_with_parent(zygote)
        os.setsid()
        landlock.enforce(rules.files)
        _arrange(fds)
        if rules.calls is not None:
            rules.calls.enforce()
        _answer(Line(socket.socket(fileno=_LINE)), pages, rules.closed)
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
    # So that what is logged is part of the output as much as what is printed.
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr, force=True)


def _above(fd: int, least: int) -> int:
    import fcntl

    return fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, least)


def _answer(line: Line, pages: tuple[int, int] | None, closed: addresses.Closed) -> None:
    request = line.receive()
    confinement.limit_resources(
        memory_bytes=request["memory_bytes"],
        file_bytes=request["file_bytes"],
        seconds=request["seconds"],
        pages=pages,
    )
    guard.install(closed.ports, closed.ours, closed.elsewhere, _LIBRARIES)
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
