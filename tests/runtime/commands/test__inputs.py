"""Answers to a form, as they are written on the command line."""

from __future__ import annotations

import pytest

from sym.commands._inputs import read_inputs


@pytest.mark.parametrize(
    ("text", "value"),
    [("n=1", "1"), ("n:=1", 1), ("n:=true", True), ('n:=["a"]', ["a"]), ("n=a=b", "a=b"), ("n=", ""),
     ("n:= null", None),
     ("duration=30m", 1800), ("duration=3600", 3600), ("duration:=60", 60)],
)  # fmt: skip
def test_answers_are_text_unless_json_is_asked_for(text: str, value: object) -> None:
    assert list(read_inputs(None, None, (text,)).values()) == [value]  # type: ignore[arg-type]
