"""The worker's side of the zygote: starts it, has it fork and reap, notices when it is gone."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sym.errors import Unavailable

_START_SECONDS = 60.0
_ANSWER_SECONDS = 20.0
_STOP_SECONDS = 5.0

_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "HOME": "/nonexistent",
    "TZ": "UTC",
    # Each further arena would reserve 64 MiB of the address space that is limited.
    "MALLOC_ARENA_MAX": "1",
}


class ZygoteGone(Exception):
    """The zygote does not answer any more; another one is needed."""


@dataclasses.dataclass(frozen=True)
class Ending:
    """How a child ended: its exit code, negative for a signal (None if nobody knows), and its peak memory in bytes."""

    code: int | None = None
    peak: int = 0


class ZygoteProcess:
    """A running zygote, which takes Linux; usable from many threads. ``environment`` is added to the clean one its
    children live in, ``folders`` are those they may write, ``closed`` the hosts and ports they may not connect to (an
    empty host is this machine).

    Raises Unavailable if it does not come up.
    """

    def __init__(self, environment: Mapping[str, str], folders: Sequence[Path] = (),
                 closed: Sequence[tuple[str, int]] = ()) -> None:  # fmt: skip
        self._lock = threading.Lock()
        self._gone = False
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # What a variable points to is there to be read: a file of certificates, say.
        readable = [value for value in environment.values() if value.startswith("/")]
        paths = json.dumps({"read": readable, "write": [str(folder) for folder in folders],
                            "closed": list(closed)})  # fmt: skip
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-m", "sym.engine.sandbox.zygote", str(theirs.fileno()), paths],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env=_ENVIRONMENT | dict(environment),
                cwd="/",
                start_new_session=True,
            )
        try:
            self._receive(_START_SECONDS)
        except ZygoteGone:
            self.close()
            raise Unavailable(
                f"The sandbox for authors' code did not start (exit code {self._process.returncode}).",
                hint=f"Find out why with: {sys.executable} -I -c 'import sym.engine.sandbox.zygote'",
            ) from None

    @property
    def pid(self) -> int:
        """The zygote's process id."""
        return self._process.pid

    @property
    def is_gone(self) -> bool:
        """Whether it has ended, as far as anybody noticed."""
        return self._gone or self._process.poll() is not None

    def fork(self, fds: list[int]) -> tuple[int, int | None]:
        """Have a child forked that gets ``fds``. Gives its pid and a descriptor for the process, to be closed by the
        caller (None where the platform has none). Raises ZygoteGone."""
        with self._lock:
            self._send({"fork": True}, fds)
            answer, received = self._receive(_ANSWER_SECONDS)
        return answer["pid"], received[0] if received else None

    def reap(self, pid: int) -> Ending:
        """Bury a child that was killed or has ended, and whoever ran away from it. Never raises: with the zygote gone,
        nobody knows how it ended."""
        try:
            with self._lock:
                self._send({"reap": pid}, [])
                answer, _ = self._receive(_ANSWER_SECONDS)
        except ZygoteGone:
            return Ending()
        return Ending(answer["code"], answer["peak"])

    def close(self) -> None:
        """End the zygote and all of its children."""
        self._gone = True
        # A shutdown reaches the zygote even while another thread is waiting for an answer.
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        with self._lock:
            self._control.close()

    def _send(self, message: dict[str, Any], fds: list[int]) -> None:
        if self._gone:
            raise ZygoteGone
        try:
            socket.send_fds(self._control, [json.dumps(message).encode()], fds)
        except OSError:
            self._gone = True
            raise ZygoteGone from None

    def _receive(self, seconds: float) -> tuple[dict[str, Any], list[int]]:
        self._control.settimeout(seconds)
        try:
            data, fds, _, _ = socket.recv_fds(self._control, 4096, 4, socket.MSG_CMSG_CLOEXEC)
        except (TimeoutError, OSError):
            data, fds = b"", []
        if not data:
            # An answer that is late would be taken for that of the next question: this zygote is not asked again.
            self._gone = True
            for fd in fds:
                os.close(fd)
            raise ZygoteGone
        return json.loads(data), list(fds)
