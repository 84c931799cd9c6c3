"""What the worker makes of what a child says. The child is played by the test."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from sym.engine.sandbox.conversation import Conversation, Outcome
from sym.engine.sandbox.output import Output


class Child:
    """The other end of a conversation: ``says`` puts bytes on the line before the worker listens."""

    def __init__(self) -> None:
        ours, self.line = socket.socketpair()
        reading, self.printing = os.pipe()
        self._ours, self._output = ours, Output(reading, 100)
        self.conversation = Conversation(ours, self._output, longest=1000)

    def says(self, *lines: bytes) -> None:
        self.line.sendall(b"".join(lines))

    def hold(self, host: Any, seconds: float = 5.0) -> Outcome:
        return self.conversation.hold(b'{"run": 1}\n', host, time.monotonic() + seconds)

    def close(self) -> None:
        self.line.close()
        self._ours.close()
        self._output.close()
        os.close(self.printing)


@pytest.fixture
def child() -> Iterator[Child]:
    made = Child()
    yield made
    made.close()


def test_the_request_is_sent_and_a_value_ends_it(child: Child, host: Any) -> None:
    child.says(b'{"value": {"a": 1}}\n')
    assert child.hold(host) == Outcome("answered", {"a": 1})
    assert child.line.recv(100) == b'{"run": 1}\n'


def test_a_question_is_answered_before_the_end(child: Child, host: Any) -> None:
    host.secrets["s"] = "value"
    child.says(b'{"host": "secret", "arguments": {"secret_id": "s"}}\n', b'{"value": null}\n')
    assert child.hold(host).kind == "answered"
    assert child.line.recv(100) == b'{"run": 1}\n{"value": "value"}\n'
    assert child.conversation.secrets == {"value"}


def test_an_error_of_the_host_is_an_answer(child: Child, host: Any) -> None:
    child.says(b'{"host": "secret", "arguments": {"secret_id": "s"}}\n', b'{"value": null}\n')
    assert child.hold(host).kind == "answered"
    assert b"NOT_DECLARED" in child.line.recv(1000)
    assert child.conversation.secrets == set()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (b"nonsense\n", "not JSON"),
        (b'{"value": NaN}\n', "not JSON"),
        (b"[" * 500 + b"\n", "not JSON"),
        (b"[1]\n", "not a JSON object"),
        (b'{"value": 1, "failed": 2}\n', "neither a result nor a question"),
        (b'{"host": "close", "arguments": {}}\n', "neither a result nor a question"),
        (b"x" * 1001, "more than 1000 bytes"),
    ],
)
def test_what_is_no_message_is_refused(child: Child, host: Any, said: bytes, told: str) -> None:
    child.says(said)
    outcome = child.hold(host)
    assert outcome.kind == "refused"
    assert told in outcome.content


def test_hanging_up_is_an_end_without_an_answer(child: Child, host: Any) -> None:
    child.says(b'{"value": ')
    child.line.shutdown(socket.SHUT_WR)
    assert child.hold(host).kind == "ended"


def test_silence_is_late(child: Child, host: Any) -> None:
    assert child.hold(host, 0.1).kind == "late"


def test_a_child_that_asks_without_end_is_late(child: Child, host: Any) -> None:
    child.says(b'{"host": "event_count", "arguments": {"query": {}}}\n' * 2000)
    child.line.setblocking(False)
    assert child.hold(host, 0.0).kind in ("late", "ended")


def test_a_child_that_reads_nothing_does_not_hold_the_worker_up(child: Child, host: Any) -> None:
    host.functions["a.b"] = lambda _: "x" * 10_000_000
    child.says(b'{"host": "call", "arguments": {"module": "a", "function": "b", "arguments": {}}}\n')
    assert child.hold(host, 0.3).kind in ("late", "ended")


def test_output_is_read_meanwhile_and_may_end_first(child: Child, host: Any) -> None:
    os.write(child.printing, b"printed")
    os.close(child.printing)
    child.printing = os.dup(0)
    child.says(b'{"value": 1}\n')
    assert child.hold(host).kind == "answered"
