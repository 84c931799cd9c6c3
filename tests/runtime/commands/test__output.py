"""What is printed, for people and for programs."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from typing import Any

import pytest
import yaml

from sym.commands import _output
from sym.commands._output import clean, show_record, show_rows

ROWS: list[dict[str, Any]] = [{"a": "one", "b": None, "c": 1}, {"a": "x\ty\nz\x1b[31m", "b": ["q"], "c": 2}]
COLUMNS = {"a": "A", "b": "B"}


def test_rows_are_tab_separated_when_piped_and_one_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    show_rows(ROWS, COLUMNS, as_json=False)
    assert capsys.readouterr().out == 'A\tB\none\t\nx\\ty\\nz\\x1b[31m\t["q"]\n'


def test_nothing_is_cut_off_when_piped(capsys: pytest.CaptureFixture[str]) -> None:
    show_rows([{"a": "x" * 5000, "b": "y"}], COLUMNS, as_json=False)
    assert "x" * 5000 + "\ty\n" in capsys.readouterr().out


def test_json_has_every_key_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    show_rows(ROWS, COLUMNS, as_json=True)
    assert json.loads(capsys.readouterr().out) == ROWS
    show_rows([], COLUMNS, as_json=True)
    assert json.loads(capsys.readouterr().out) == []
    show_record({"a": 1}, as_json=True)
    assert json.loads(capsys.readouterr().out) == {"a": 1}


def test_a_record_is_a_line_for_each_key(capsys: pytest.CaptureFixture[str]) -> None:
    show_record({"a": "one", "bcd": {"x": 1}}, as_json=False)
    assert capsys.readouterr().out == 'a\tone\nbcd\t{"x": 1}\n'


@pytest.mark.parametrize("text", ["\x1b]0;x\x07", "a\u202eb", "a\u2028b", "a\x9bb", "a\rb", "\ud800"])
def test_no_control_character_reaches_the_terminal(text: str) -> None:
    assert clean(text).isprintable()


def test_other_letters_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert clean("Zoë 東京 🎉 [bold]") == "Zoë 東京 🎉 [bold]"


def test_a_terminal_gets_a_table_without_markup_or_loss() -> None:
    code = (
        "from sym.commands._output import show_rows;"
        "show_rows([{'a': '[red]' + 'w' * 100, 'b': 'end'}], {'a': 'NAME', 'b': 'ROLE'}, as_json=False)"
    )
    main, terminal = pty.openpty()
    environment = {**os.environ, "COLUMNS": "60", "TERM": "xterm", "NO_COLOR": "1"}
    with subprocess.Popen([sys.executable, "-c", code], stdout=terminal, env=environment) as process:
        process.wait(60)
    os.close(terminal)
    shown = os.read(main, 65536).decode()
    os.close(main)
    assert "NAME" in shown
    assert "[red]" in shown
    assert shown.count("w") == 100
    assert "\t" not in shown


def test_yaml_lets_nothing_through_that_moves_a_cursor(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_output, "chosen_format", lambda: "yaml")
    record = {"name": "a\u202eb\x1b[2J\u2028", "at": None}
    show_record(record, as_json=True)
    shown = capsys.readouterr().out
    assert shown.replace("\n", "").isprintable()
    assert yaml.safe_load(shown) == record
