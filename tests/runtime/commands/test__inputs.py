"""Answers to a form, as they are written on the command line."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from sym.commands._inputs import read_context, read_inputs, read_values


@pytest.mark.parametrize(
    ("text", "value"),
    [("n=1", "1"), ("n:=1", 1), ("n:=true", True), ('n:=["a"]', ["a"]), ("n=a=b", "a=b"), ("n=", ""),
     ("n:= null", None),
     ("duration=30m", 1800), ("duration=3600", 3600), ("duration:=60", 60)],
)  # fmt: skip
def test_answers_are_text_unless_json_is_asked_for(text: str, value: object) -> None:
    assert list(read_inputs(None, None, (text,)).values()) == [value]  # type: ignore[arg-type]


def test_values_that_are_no_answers_stay_text() -> None:
    assert read_values(None, None, ("duration=30m", "n:=1")) == {"duration": "30m", "n": 1}  # type: ignore[arg-type]
    assert read_values(None, None, ()) is None  # type: ignore[arg-type]


def test_a_context_is_folded_from_files(tmp_path: Path) -> None:
    base, folder = tmp_path / "context.json", tmp_path / "context"
    base.write_text('{"build": 7, "log": "old"}')
    (folder / "below").mkdir(parents=True)
    (folder / "log").write_text("new\n")
    (folder / "data.json").write_text("[1]")
    assert read_context(None, None, None) == {}
    assert read_context('{"a": 1}', None, None) == {"a": 1}
    assert read_context(None, base, None) == {"build": 7, "log": "old"}
    assert read_context(None, base, folder) == {"build": 7, "log": "new\n", "data.json": "[1]"}
    assert read_context(None, None, folder) == {"log": "new\n", "data.json": "[1]"}


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b"{"])
def test_a_context_that_is_none_is_a_usage_error_that_names_the_file(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad").write_bytes(content)
    with pytest.raises(click.UsageError, match="bad"):
        read_context(None, tmp_path / "bad", None)
    (tmp_path / "bad").write_bytes(b"\xff")
    with pytest.raises(click.UsageError, match="bad cannot be read"):
        read_context(None, None, tmp_path)
    with pytest.raises(click.UsageError, match="contradict"):
        read_context("{}", None, tmp_path)
