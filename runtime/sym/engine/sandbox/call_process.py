"""One child process and the worker's hold on it, from the fork to the funeral."""

from __future__ import annotations

import contextlib
import os
import re
import select
import signal
import socket
import time
from types import TracebackType
from typing import Self

from sym.engine.sandbox.conversation import Conversation, Outcome
from sym.engine.sandbox.limits import Limits
from sym.engine.sandbox.output import Output
from sym.engine.sandbox.wire import TRACE_SIGNAL
from sym.engine.sandbox.zygote_process import Ending, ZygoteProcess
from sym.sdk._host import Host

_TRACE_BYTES = 64 * 1024
_TRACE_SECONDS = 0.2
_DEATH_SECONDS = 5.0


class CallProcess:
    """A child of ``zygote`` for one call; leaving the with block ends it and all it started. Raises ZygoteGone."""

    def __init__(self, zygote: ZygoteProcess, limits: Limits) -> None:
        self._zygote = zygote
        self._line, line = socket.socketpair()
        output, trace = os.pipe(), os.pipe()
        self._output = Output(output[0], limits.log_bytes)
        self._trace = Output(trace[0], _TRACE_BYTES)
        self._conversation = Conversation(self._line, self._output, limits.answer_bytes)
        self.ending = Ending()
        self.was_killed = False
        try:
            self._pid, self._handle = zygote.fork([line.fileno(), output[1], trace[1]])
        except BaseException:
            self._close()
            raise
        finally:
            line.close()
            os.close(output[1])
            os.close(trace[1])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.end()
        self._close()

    @property
    def secrets(self) -> set[str]:
        """The values of secrets this child was given."""
        return self._conversation.secrets

    def hold(self, request: bytes, host: Host, until: float) -> Outcome:
        """See ``Conversation.hold``."""
        return self._conversation.hold(request, host, until)

    def end(self, patience: float = 0.0) -> None:
        """Kill the child and its group, bury it, and take in the last of its output. Only the first time.

        ``patience`` is for how many seconds it may still end by itself; ``was_killed`` tells whether it did not.
        """
        if self._pid == 0:
            return
        pid, self._pid = self._pid, 0
        self.was_killed = self._handle is not None and not _wait(self._handle, patience)
        # The pid is the child's own as long as the zygote has not reaped it. With the zygote gone somebody else may
        # have; then the descriptor tells, and the group is left alone.
        if self._signal(pid, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
            if self._handle is not None:
                # Waiting here rather than in the zygote, which has others to serve.
                _wait(self._handle, _DEATH_SECONDS)
        self.ending = self._zygote.reap(pid)
        self._output.drain()
        self._trace.drain()

    def ask_where(self, filename: str) -> None:
        """Have the child write down where it is, for ``line``. It may be too stuck or too hostile to do it."""
        if not self._signal(self._pid, TRACE_SIGNAL):
            return
        until = time.monotonic() + _TRACE_SECONDS
        while not self.line(filename) and _wait(self._trace.fd, max(until - time.monotonic(), 0)):
            if not self._trace.read():
                return

    def line(self, filename: str) -> int:
        """The innermost line of ``filename`` in what the child wrote about where it is, or where it crashed; else 0."""
        # With what follows the number: it may have been written only in part.
        found = re.search(rf'File "{re.escape(filename)}", line (\d+) in', self._trace.text(set()))
        return int(found[1]) if found else 0

    def log(self) -> str:
        """What the child printed, without secrets."""
        return self._output.text(self.secrets)

    def _signal(self, pid: int, number: signal.Signals) -> bool:
        try:
            if self._handle is not None:
                signal.pidfd_send_signal(self._handle, number)
            else:
                os.kill(pid, number)
        except ProcessLookupError:
            return False
        return True

    def _close(self) -> None:
        self._line.close()
        self._output.close()
        self._trace.close()
        handle = getattr(self, "_handle", None)
        if handle is not None:
            os.close(handle)


def _wait(fd: int, seconds: float) -> bool:
    """Wait until there is something to read, which for a process means that it has ended; say whether there is."""
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    return bool(poll.poll(seconds * 1000))
