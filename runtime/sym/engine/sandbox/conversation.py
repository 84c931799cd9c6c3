"""What worker and child say to each other during one call, as the worker sees it."""

from __future__ import annotations

import dataclasses
import json
import selectors
import socket
import time
from collections.abc import Callable
from typing import Any, Literal

from sym.engine.sandbox import host_errors
from sym.engine.sandbox.output import Output
from sym.sdk._host import Host

_QUESTIONS: dict[str, frozenset[str]] = {
    "secret": frozenset({"secret_id"}),
    "persist_identity": frozenset({"email", "service", "service_id", "user_id"}),
    "step_output": frozenset({"step"}),
    "event_count": frozenset({"query"}),
    "call": frozenset({"module", "function", "arguments"}),
}
"""What a child may ask of the host, with the names of the arguments."""


@dataclasses.dataclass(frozen=True)
class Outcome:
    """How a conversation ended. ``content`` is the result if ``answered``, a description of the failure if ``failed``,
    and what was wrong with the message if ``refused``; it says nothing when the child ``ended`` or was ``late``."""

    kind: Literal["answered", "failed", "refused", "ended", "late"]
    content: Any = None


class Conversation:
    """The worker's end of the line to one child.

    ``output`` is read meanwhile, so that a child that prints much is never held up. ``longest`` is the longest message
    in bytes. ``secrets`` collects the values of secrets that were handed over.
    """

    def __init__(self, line: socket.socket, output: Output, longest: int) -> None:
        self._line = line
        self._output = output
        self._longest = longest
        self._received = bytearray()
        self._searched = 0
        self.secrets: set[str] = set()

    def hold(self, request: bytes, host: Host, until: float) -> Outcome:
        """Send the request, answer the child's questions, and return how it ended.

        ``until`` is a time of ``time.monotonic``. Host calls are made in this thread and are not cut short; one that
        outlasts the deadline makes the call late when it returns. Errors of the host that authors do not expect are
        raised here, for they are the worker's, and the author's code must not be able to swallow them.
        """
        with selectors.DefaultSelector() as selector:
            selector.register(self._line, selectors.EVENT_READ)
            selector.register(self._output.fd, selectors.EVENT_READ)
            if not self._send(request, until):
                return Outcome("ended")
            while True:
                message = self._next(selector, until)
                if isinstance(message, Outcome):
                    return message
                outcome = self._take(message, host, until)
                if outcome is not None:
                    return outcome

    def _send(self, data: bytes, until: float) -> bool:
        self._line.settimeout(max(until - time.monotonic(), 0.001))
        try:
            self._line.sendall(data)
        except (TimeoutError, OSError):
            # Whether the child is slow or gone, the next receive tells.
            return False
        return True

    def _next(self, selector: selectors.BaseSelector, until: float) -> dict[str, Any] | Outcome:
        while True:
            remaining = until - time.monotonic()
            if remaining <= 0:
                return Outcome("late")
            line = self._whole_line()
            if line is not None:
                return _decode(line)
            if len(self._received) > self._longest:
                return Outcome("refused", f"a message of more than {self._longest} bytes")
            for key, _ in selector.select(remaining):
                if key.fileobj is self._line:
                    if not self._receive():
                        return Outcome("ended")
                elif not self._output.read():
                    selector.unregister(key.fileobj)

    def _receive(self) -> bool:
        try:
            chunk = self._line.recv(1 << 20)
        except OSError:
            return False
        self._received += chunk
        return bool(chunk)

    def _whole_line(self) -> bytes | None:
        end = self._received.find(b"\n", self._searched)
        if end < 0:
            self._searched = len(self._received)
            return None
        line = bytes(self._received[:end])
        del self._received[: end + 1]
        self._searched = 0
        return line

    def _take(self, message: dict[str, Any], host: Host, until: float) -> Outcome | None:
        if message.keys() == {"value"}:
            return Outcome("answered", message["value"])
        if message.keys() == {"failed"}:
            return Outcome("failed", message["failed"])
        if message.keys() == {"host", "arguments"}:
            question = self._question(message, host)
            if question is not None:
                answer = json.dumps(self._answer(question, message["host"])).encode() + b"\n"
                return None if self._send(answer, until) else Outcome("ended")
        return Outcome("refused", "a message that is neither a result nor a question to the host")

    def _question(self, message: dict[str, Any], host: Host) -> Callable[[], Any] | None:
        name, arguments = message["host"], message["arguments"]
        known = isinstance(name, str) and name in _QUESTIONS and isinstance(arguments, dict)
        if not known or arguments.keys() != _QUESTIONS[name]:
            return None
        return lambda: getattr(host, name)(**arguments)

    def _answer(self, question: Callable[[], Any], name: str) -> dict[str, Any]:
        try:
            value = question()
        except host_errors.HostError as error:
            return {"error": host_errors.to_document(error)}
        if name == "secret":
            self.secrets.add(str(value))
        return {"value": value}


def _decode(line: bytes) -> dict[str, Any] | Outcome:
    try:
        message = json.loads(line, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return Outcome("refused", "a message that is not JSON")
    return message if isinstance(message, dict) else Outcome("refused", "a message that is not a JSON object")


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
