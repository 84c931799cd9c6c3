"""A trace on a terminal: what ran, what it answered, and why things went as they did."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sym.commands._output import clean

_LONGEST = 300


def trace_lines(trace: list[dict[str, Any]]) -> Iterator[str]:
    """The lines of a trace, as ``GET /runs/{run_id}/trace`` shows its phases. Nothing in them moves a cursor."""
    for phase in trace:
        attempt = f", attempt {phase['attempt']}" if phase["attempt"] > 1 else ""
        yield clean(f"{phase['at']}  {phase['event']} ({phase['phase']}{attempt}): {phase['outcome']}")
        for step in phase["steps"]:
            yield from _step(step)
        yield f"    because: {clean(phase['reason'])}"


def _step(step: dict[str, Any]) -> Iterator[str]:
    place = f"{step['source']} line {step['line']}" if step.get("line") else step["source"]
    said = f"failed: {_value(step['failed'])}" if "failed" in step else f"returned {_value(step.get('returned'))}"
    yield f"    {clean(step['handler'])} ({clean(place)}, {step.get('ms', 0):g} ms) {said}"
    for question in step.get("asked", ()):
        if "failed" in question:
            answer = f"failed: {_value(question['failed'])}"
        else:
            answer = _value(question["answer"]) if "answer" in question else "(not shown)"
        yield f"        asked {clean(question['what'])} {_value(question['arguments'])} -> {answer}"
    for line in str(step.get("printed") or "").splitlines():
        yield f"        printed: {clean(line)}"


def _value(value: Any) -> str:
    text = "nothing" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return clean(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")
