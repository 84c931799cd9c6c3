"""What is written down of the calls a phase makes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from sym.engine import trace as module
from sym.engine.sandbox.call import Answer, CallFailed
from sym.engine.trace import current_trace, cut, traced, tracing
from sym.sdk.exceptions import SymException

NOW = datetime(2026, 11, 1, tzinfo=UTC)


class World:
    """A host with one secret, and one function that works."""

    def secret(self, secret_id: str) -> str:
        return "hunter2-hunter2"

    def step_output(self, step: str | None) -> dict[str, Any]:
        return {"badge": 7}

    def event_count(self, query: dict[str, Any]) -> int:
        return 3

    def persist_identity(self, **identity: str) -> None:
        return None

    def call(self, module: str, function: str, arguments: dict[str, Any]) -> Any:
        if function == "missing":
            raise SymException("Okta", "NOT_FOUND", "There is no such group.")
        if function == "broken":
            raise RuntimeError("dsn=postgres://me:pw@db")
        return {"members": [arguments["group"]]}

    def more(self) -> str:
        return "more"


def run(call: Any) -> dict[str, Any]:
    with tracing(lambda: NOW) as trace:
        traced("hook", "on_request", "impl.py", World(), call)  # type: ignore[arg-type]
    (step,) = trace.steps
    return step


def test_a_call_is_noted_with_what_it_returned_printed_and_asked() -> None:
    def call(host: Any) -> Answer:
        assert host.call("okta", "members", {"group": "ops"}) == {"members": ["ops"]}
        assert (host.step_output(None), host.event_count({"user_id": "u"}), host.more()) == ({"badge": 7}, 3, "more")
        return Answer({"$type": "event_request", "step": "approve"}, "hello\n")

    step = run(call)
    assert step.pop("ms") >= 0
    assert step == {
        "handler": "on_request", "kind": "hook", "source": "impl.py", "at": NOW.isoformat(),
        "returned": {"$type": "event_request", "step": "approve"}, "printed": "hello\n",
        "asked": [
            {"what": "okta.members", "arguments": {"group": "ops"}, "answer": {"members": ["ops"]}},
            {"what": "step_output", "arguments": {"step": None}, "answer": {"badge": 7}},
            {"what": "event_count", "arguments": {"user_id": "u"}, "answer": 3},
        ],
    }  # fmt: skip


def test_a_secret_is_named_and_its_value_is_nowhere() -> None:
    def call(host: Any) -> Answer:
        value = host.secret("8a")
        host.call("http", "get", {"group": f"Bearer {value}"})
        return Answer([value], f"the password is {value}")

    step = run(call)
    assert "hunter2" not in json.dumps(step)
    assert step["asked"][0] == {"what": "secret", "arguments": {"secret_id": "8a"}}


def test_a_failure_is_noted_with_its_line_and_raised() -> None:
    def call(host: Any) -> Answer:
        error = CallFailed("ValueError: no", handler="on_request", source="impl.py", line=12)
        error.log = "so far"
        raise error

    with tracing(lambda: NOW) as trace, pytest.raises(CallFailed):
        traced("hook", "on_request", "impl.py", World(), call)  # type: ignore[arg-type]
    (step,) = trace.steps
    assert (step["failed"], step["line"], step["printed"]) == ("ValueError: no", 12, "so far")


def test_what_the_world_refused_is_told_and_what_broke_in_it_is_only_named() -> None:
    def call(host: Any) -> Answer:
        with pytest.raises(SymException):
            host.call("okta", "missing", {})
        with pytest.raises(RuntimeError):
            host.call("okta", "broken", {})
        return Answer(None, "")

    missing, broken = run(call)["asked"]
    assert "There is no such group." in missing["failed"]
    assert broken["failed"] == "RuntimeError"


def test_without_a_trace_nothing_stands_between() -> None:
    host = World()
    assert current_trace() is None
    assert traced("hook", "on_request", "impl.py", host, lambda given: Answer(given is host, "")).value is True  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("x" * 501, "x" * 500 + "… [1 more characters]"),
        (list(range(42)), [*range(40), "[2 more]"]),
        ({"a": {"b": 1}}, {"a": {"b": 1}}),
        (["y" * 499] * 30, "[15090 characters as JSON; too long to be kept]"),
        (None, None),
    ],
)
def test_long_values_are_cut_and_say_so(value: Any, shown: Any) -> None:
    assert cut(value) == shown


def test_a_value_that_is_nested_deeply_ends_somewhere() -> None:
    value: Any = []
    for _ in range(5000):
        value = [value]
    assert json.dumps(cut(value)).count("[") < 12


def test_only_so_many_calls_are_kept_and_the_rest_is_counted() -> None:
    with tracing(lambda: NOW) as trace:
        for _ in range(module.MOST_STEPS + 3):
            traced("hook", "on_request", "impl.py", World(), lambda host: Answer(None, ""))  # type: ignore[arg-type]
    assert (len(trace.steps), trace.dropped) == (module.MOST_STEPS, 3)
