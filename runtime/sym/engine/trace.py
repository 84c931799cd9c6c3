"""What is written down of the way to a decision: each handler that ran, when, for how long, what it answered and what
it asked of the world.

The executor opens a trace for each phase; whoever calls authors' code or a strategy tells it. Without one nothing is
noted. What is noted holds no secrets, and is cut to a size that can be read.
"""

from __future__ import annotations

import functools
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sym.engine.sandbox.call import Answer
from sym.engine.sandbox.host_errors import HostError
from sym.errors import AuthorCodeFailed
from sym.observability.redaction import Redactor
from sym.sdk._host import Host

Document = dict[str, Any]
MOST_STEPS = 100
"""Calls of one phase, and questions of one call, that are kept."""
LONGEST_TEXT = 500
LONGEST_PRINTED = 4000
MOST_ITEMS = 40
DEEPEST = 8
LONGEST_VALUE = 8000
"""Characters of one value, as JSON."""


@dataclass
class PhaseTrace:
    """The calls of one phase, in order. ``secrets`` are the values that were handed to the code meanwhile."""

    clock: Callable[[], datetime]
    started_at: datetime
    steps: list[Document] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)
    dropped: int = 0

    def begin_again(self) -> None:
        """Forget the calls: what they led to was not committed, and they are made anew."""
        self.steps, self.dropped, self.started_at = [], 0, self.clock()

    def has_run(self, handler: str) -> bool:
        """Whether a handler of this name was called."""
        return any(step["handler"] == handler for step in self.steps)

    def note(self, step: Document) -> None:
        """Keep one call."""
        if len(self.steps) < MOST_STEPS:
            self.steps.append(step)
        else:
            self.dropped += 1

    def shown(self, value: Any) -> Any:
        """A value without secrets, cut to size."""
        return cut(Redactor(self.secrets).value(value))

    def printed(self, text: str) -> str:
        """What a handler printed, without secrets, cut to size."""
        return _cut_text(Redactor(self.secrets).text(text), LONGEST_PRINTED)


_CURRENT: ContextVar[PhaseTrace | None] = ContextVar("sym_trace", default=None)


@contextmanager
def tracing(clock: Callable[[], datetime]) -> Iterator[PhaseTrace]:
    """Note the calls that are made in the block, in this thread."""
    trace = PhaseTrace(clock, clock())
    reset = _CURRENT.set(trace)
    try:
        yield trace
    finally:
        _CURRENT.reset(reset)


def current_trace() -> PhaseTrace | None:
    """The trace of the phase this thread is in, if there is one."""
    return _CURRENT.get()


def begin_again() -> None:
    """Forget the calls that were made in this phase so far, if it is traced."""
    if trace := _CURRENT.get():
        trace.begin_again()


def traced_phase(phase: Callable[[Any, str, int], None]) -> Callable[[Any, str, int], None]:
    """A method that runs a phase, with the calls noted that are made in it. Its object has a ``_clock``."""

    @functools.wraps(phase)
    def run(executor: Any, event_id: str, attempt: int) -> None:
        with tracing(executor._clock):
            phase(executor, event_id, attempt)

    return run


def traced(kind: str, handler: str, source: str, host: Host, call: Callable[[Any], Answer]) -> Answer:
    """Make a ``call``, which is given the host to use, and note what it came to. ``kind`` is that of a sandbox's call,
    ``source`` the file or strategy the ``handler`` is in. Raises what ``call`` does."""
    trace = _CURRENT.get()
    if trace is None:
        return call(host)
    step: Document = {"handler": handler, "kind": kind, "source": source, "at": trace.clock().isoformat()}
    asking, begun = _Asking(host, trace), time.monotonic()
    try:
        answer = call(asking)
    except AuthorCodeFailed as error:
        place = {"line": error.line} if error.line else {}
        step |= {"failed": trace.shown(str(error)), **place, "printed": trace.printed(getattr(error, "log", ""))}
        raise
    except Exception as error:
        step |= {"failed": trace.shown(f"{type(error).__name__}: {error}")}
        raise
    else:
        step |= {"returned": trace.shown(answer.value), "printed": trace.printed(answer.log)}
        return answer
    finally:
        step |= {"ms": round((time.monotonic() - begun) * 1000, 1), "asked": asking.asked}
        trace.note(step)


class _Asking:
    """The host, with what is asked of it written down; of secrets never more than which."""

    def __init__(self, host: Host, trace: PhaseTrace) -> None:
        self._host = host
        self._trace = trace
        self.asked: list[Document] = []

    def secret(self, secret_id: str) -> str:
        """See ``Host.secret``."""

        def fetch() -> str:
            value = self._host.secret(secret_id)
            self._trace.secrets.add(value)
            return value

        return str(self._noted("secret", {"secret_id": secret_id}, fetch, answers=False))

    def persist_identity(self, **identity: str) -> None:
        """See ``Host.persist_identity``."""
        self._noted("persist_identity", identity, lambda: self._host.persist_identity(**identity))

    def step_output(self, step: str | None) -> Document:
        """See ``Host.step_output``."""
        return dict(self._noted("step_output", {"step": step}, lambda: self._host.step_output(step)))

    def event_count(self, query: Document) -> int:
        """See ``Host.event_count``."""
        return int(self._noted("event_count", query, lambda: self._host.event_count(query)))

    def call(self, module: str, function: str, arguments: Document) -> Any:
        """See ``Host.call``."""
        return self._noted(f"{module}.{function}", arguments, lambda: self._host.call(module, function, arguments))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._host, name)

    def _noted(self, what: str, arguments: Document, ask: Callable[[], Any], *, answers: bool = True) -> Any:
        question: Document = {"what": what, "arguments": self._trace.shown(arguments)}
        if len(self.asked) < MOST_STEPS:
            self.asked.append(question)
        try:
            answer = ask()
        except Exception as error:
            # Of what authors are not to expect only the kind: its text may hold anything.
            known = isinstance(error, HostError)
            question["failed"] = self._trace.shown(str(error) if known else type(error).__name__)
            raise
        if answers:
            question["answer"] = self._trace.shown(answer)
        return answer


def cut(value: Any) -> Any:
    """A JSON value of a size that can be read: long texts and lists end early and say so."""
    shown = _cut(value, 0)
    size = len(json.dumps(shown, default=str))
    return shown if size <= LONGEST_VALUE else f"[{size} characters as JSON; too long to be kept]"


def _cut(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return _cut_text(value, LONGEST_TEXT)
    if depth >= DEEPEST and isinstance(value, dict | list):
        return "[…]"
    if isinstance(value, list):
        more = [f"[{len(value) - MOST_ITEMS} more]"] if len(value) > MOST_ITEMS else []
        return [*(_cut(item, depth + 1) for item in value[:MOST_ITEMS]), *more]
    if isinstance(value, dict):
        kept = {_cut_text(key, 100): _cut(item, depth + 1) for key, item in list(value.items())[:MOST_ITEMS]}
        return kept | ({"…": f"{len(value) - MOST_ITEMS} more"} if len(value) > MOST_ITEMS else {})
    return value


def _cut_text(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}… [{len(text) - longest} more characters]"
