"""What is to be run."""

from __future__ import annotations

import json

import pytest

from sym.engine.sandbox.call import Call
from sym.engine.sandbox.limits import DEADLINES, Limits


def _call(**changes: object) -> Call:
    return Call(**{"source": "impl.py", "text": "", "kind": "hook", "function": "on_deny", **changes})  # type: ignore[arg-type]


def test_without_a_deadline_that_of_the_kind_applies() -> None:
    for kind, seconds in DEADLINES.items():
        assert _call(kind=kind).seconds == seconds
    assert _call(deadline=0.5).seconds == 0.5


def test_an_unknown_kind_is_refused_naming_the_known_ones() -> None:
    with pytest.raises(ValueError, match="prefetch"):
        _call(kind="gadget")


def test_a_request_is_one_line_of_json() -> None:
    line = _call(text="a\nb", arguments=({"x": 1},)).request(Limits())
    assert line.count(b"\n") == 1
    assert json.loads(line)["arguments"] == [{"x": 1}]


def test_an_argument_that_is_not_json_is_refused() -> None:
    with pytest.raises(TypeError):
        _call(arguments=[object()]).request(Limits())
