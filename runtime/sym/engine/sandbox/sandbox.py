"""Runs authors' code: the one door to the sandbox.

A *zygote* process has the interpreter and the SDK loaded and runs nothing itself. For each call it forks a child, which
runs the author's file from the start, calls one function, answers in JSON and is killed with all it started. So every
call begins warm and alike, whatever the one before did; nothing is pickled, and no variable of the worker's environment
and no descriptor of its is there. Secrets travel over the line, when the code asks the host for them.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from sym.engine.sandbox import failures
from sym.engine.sandbox.call import Answer, Call, CallFailed
from sym.engine.sandbox.call_process import CallProcess
from sym.engine.sandbox.conversation import Outcome
from sym.engine.sandbox.limits import DEADLINES, MIB, Limits
from sym.engine.sandbox.measures import missing
from sym.engine.sandbox.output import mask_all
from sym.engine.sandbox.zygote_process import ZygoteGone, ZygoteProcess
from sym.errors import Retryable, Unavailable
from sym.observability import watch
from sym.observability.redaction import mask
from sym.sdk._host import Host

_PATIENCE = 0.5
"""Seconds a child that has hung up may take to end by itself, so that its exit code can be told."""

_LOG = logging.getLogger("sym.sandbox")

_AUTHOR_LOG = logging.getLogger("sym.author")
_LOGGED = 4000
"""How much of a call's output, in characters, the worker's own log gets; the answer has all that was kept."""

__all__ = ["DEADLINES", "Answer", "Call", "CallFailed", "Limits", "Sandbox"]


class Sandbox:
    """Runs calls, up to ``concurrency`` of them at once, from any number of threads.

    ``environment`` is what authors' code finds in its environment besides locale, path and time zone: a proxy, say, or
    a file of certificates. What a variable names by its full path may be read; other files of the worker may not.
    ``closed`` are hosts and ports the code may not connect to, such as those of our own API and of the database; an
    empty host is this machine.
    The sandbox starts on first use, or before with ``start()``; ``close()`` ends it with whatever is still running, and
    a later call starts it anew. As a context manager it does both.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        concurrency: int = 8,
        environment: Mapping[str, str] | None = None,
        folders: Sequence[Path] = (),
        closed: Sequence[tuple[str, int]] = (),
    ) -> None:
        self._limits = limits or Limits()
        self._environment = dict(environment or {})
        self._folders = tuple(folders)
        self._closed = tuple(closed)
        self._places = threading.BoundedSemaphore(concurrency)
        self._lock = threading.Lock()
        self._zygote: ZygoteProcess | None = None

    def start(self) -> None:
        """Start now what the first call would have to wait for, and log which measures are not in force on this
        machine. Raises Unavailable if it does not start."""
        for weakness in missing():
            _LOG.warning("sandbox: %s %s", weakness.detail, weakness.action)
        self._living_zygote()

    def close(self) -> None:
        """End all processes. Calls in progress fail."""
        with self._lock:
            zygote, self._zygote = self._zygote, None
        if zygote is not None:
            zygote.close()

    def __enter__(self) -> Sandbox:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def call(self, call: Call, host: Host) -> Answer:
        """Run ``call``; what its code asks of the world, ``host`` answers, in this thread.

        Raises CallFailed, an AuthorCodeFailed, for everything that is the code's doing; Retryable if no place gets free
        within the call's own deadline; Unavailable if no process can be had; and whatever ``host`` raises that is none
        of the SDK's errors, which authors' code never gets to see.
        """
        request = call.request(self._limits)
        with watch.handler(call.kind, call.function):
            return self._call(call, request, host)

    def _call(self, call: Call, request: bytes, host: Host) -> Answer:
        if not self._places.acquire(timeout=call.seconds):
            raise Retryable("The sandbox is busy.", hint="Try again, or allow it more concurrent calls.")
        try:
            return self._run(call, request, host)
        finally:
            self._places.release()

    def _run(self, call: Call, request: bytes, host: Host) -> Answer:
        with self._process() as process:
            outcome = process.hold(request, host, time.monotonic() + call.seconds)
            if outcome.kind == "late":
                process.ask_where(call.source)
            process.end(patience=_PATIENCE if outcome.kind == "ended" else 0.0)
            _tell(call, process.log())
            if outcome.kind == "answered":
                return Answer(mask_all(outcome.content, process.secrets), process.log())
            error = self._failure(call, outcome, process)
            for name in ("message", "hint"):
                setattr(error, name, mask(getattr(error, name), process.secrets))
            error.args = (error.message,)
            error.log = process.log()
            raise error

    def _process(self) -> CallProcess:
        # A zygote can be found dead only by asking it. The child that did not come has run nothing: ask another one.
        for _ in range(3):
            try:
                return CallProcess(self._living_zygote(), self._limits)
            except ZygoteGone:
                continue
        raise Unavailable(
            "The sandbox for authors' code keeps ending.", hint="Look for out-of-memory kills in the log."
        )

    def _living_zygote(self) -> ZygoteProcess:
        with self._lock:
            if self._zygote is not None and self._zygote.is_gone:
                self._zygote.close()
                self._zygote = None
            if self._zygote is None:
                self._zygote = ZygoteProcess(self._environment, self._folders, self._closed)
            return self._zygote

    def _failure(self, call: Call, outcome: Outcome, process: CallProcess) -> CallFailed:
        line = process.line(call.source)
        if outcome.kind == "late":
            hint = "Do less, or give requests to other services a timeout."
            message = f"ran longer than {call.seconds:g} s and was stopped."
            return failures.failed(call, message, line=line, hint=hint, retryable=True)
        if outcome.kind == "failed":
            try:
                return failures.from_document(call, outcome.content, self._memory_message())
            except (KeyError, TypeError, ValueError):
                outcome = Outcome("refused", "a failure that is not described as it must be")
        if outcome.kind == "refused":
            hint = "Return less, and leave the descriptors of the process alone."
            return failures.failed(call, f"sent {outcome.content} and was stopped.", line=line, hint=hint)
        return self._ended(call, process, line)

    def _ended(self, call: Call, process: CallProcess, line: int) -> CallFailed:
        code = process.ending.code
        if process.ending.peak > self._limits.memory_bytes and code not in (None, 0):
            return failures.failed(call, self._memory_message(), line=line)
        if code is None or (code == -signal.SIGKILL and not process.was_killed):
            # Nobody but the system, an administrator or the end of the worker sends this one.
            return failures.failed(call, "was killed before it could answer.", line=line, retryable=True)
        how = f"by signal {-code} ({signal.strsignal(-code)})" if code < 0 else f"with exit code {code}"
        if process.was_killed:
            how = "having closed its descriptors"
        hint = "Return from the function instead of ending the process."
        return failures.failed(call, f"ended without an answer, {how}.", line=line, hint=hint)

    def _memory_message(self) -> str:
        return f"used more than {self._limits.memory_bytes / MIB:g} MiB of memory and was stopped."


def _tell(call: Call, output: str) -> None:
    """Log what the code printed. Whoever calls has bound the run's id."""
    # On one line, so that the code cannot write lines that look like the worker's.
    lines = " | ".join(line for line in output.splitlines() if line.strip())
    shown = "".join(letter for letter in lines if letter.isprintable())
    if shown:
        more = " …" if len(shown) > _LOGGED else ""
        _AUTHOR_LOG.info("%s in %s printed: %s%s", call.function, call.source, shown[:_LOGGED], more)
