"""How symflow ends and what it writes where: pipes that close, Ctrl-C, colours, questions that nobody wants."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from sym import commands
from tests.runtime.commands.conftest import VARIABLES, Symflow
from tests.runtime.commands.terminal import Terminal

SYMFLOW = str(Path(sys.executable).with_name("symflow"))


def environment(symflow: Symflow, **more: str) -> dict[str, str]:
    plain = {key: value for key, value in os.environ.items() if key not in VARIABLES}
    return {**plain, **{key: value for key, value in symflow.environment.items() if value is not None}, **more}


@pytest.mark.parametrize(
    "arguments", [("audit", "export"), ("audit", "list", "--json"), ("users", "list"), ("--help",)]
)
@pytest.mark.parametrize("chosen", ["", "table"])
def test_a_pipe_that_closes_is_nothing_to_talk_about(symflow: Symflow, arguments: tuple[str, ...], chosen: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    variables = environment(symflow, SYMFLOW_OUTPUT=chosen)
    done = subprocess.run([SYMFLOW, *arguments], stdout=writing, stderr=subprocess.PIPE, env=variables, check=False)
    os.close(writing)
    assert done.stderr in (b"", b"Exported. It holds what people wrote: keep it safe.\n")


def test_ctrl_c_at_a_question_is_130_and_no_traceback(symflow: Symflow, tmp_path: Path) -> None:
    arguments = ("users", "delete", "root@acme.example")
    with Terminal(tmp_path, environment(symflow), *arguments) as terminal:
        terminal.expect("Delete root@acme.example?")
        terminal.press("\x03")
        assert terminal.end() == 130
        assert "Interrupted." in terminal.text
        assert "Traceback" not in terminal.text


def test_saying_no_is_a_failure(symflow: Symflow, tmp_path: Path) -> None:
    with Terminal(tmp_path, environment(symflow), "users", "delete", "root@acme.example") as terminal:
        terminal.expect("Delete root@acme.example?")
        terminal.type("n")
        assert terminal.end() == 1


def test_with_no_input_nothing_is_asked_even_at_a_terminal(symflow: Symflow, tmp_path: Path) -> None:
    with Terminal(tmp_path, environment(symflow), "--no-input", "users", "delete", "root@acme.example") as terminal:
        terminal.expect("--yes")
        assert terminal.end() == 2


def test_what_nobody_thought_of_is_a_line_and_with_debug_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyError("hunter2")

    monkeypatch.setattr(sys, "argv", ["symflow", "version"])
    monkeypatch.setattr(commands, "root", fail)
    for debugs in (False, True):
        monkeypatch.setattr(commands, "_debugs", debugs)
        with pytest.raises(SystemExit) as ended:
            commands.main()
        said = capsys.readouterr().err
        assert ended.value.code == 1
        assert "Error: KeyError" in said
        assert ("Traceback" in said) == ("hunter2" in said) == debugs
        assert ("--debug" in said) != debugs


def test_debug_shows_where_an_error_came_from(bare: Symflow) -> None:
    assert "Traceback" in bare("--debug", "users", "list", code=1).stderr
    assert "Traceback" not in bare("users", "list", code=1).stderr


def test_colours_are_as_the_environment_wants_them(symflow: Symflow, tmp_path: Path) -> None:
    bad = tmp_path / "impl.py"
    bad.write_text("def (:\n")

    def shown(**variables: str) -> str:
        return subprocess.run([SYMFLOW, "lint", str(bad)], env=environment(symflow, TERM="xterm", **variables),
                              capture_output=True, text=True, check=False).stdout  # fmt: skip

    assert "\x1b" not in shown()
    assert "\x1b" in shown(FORCE_COLOR="1")
    assert "\x1b" not in shown(FORCE_COLOR="1", NO_COLOR="1")


def test_every_format_has_the_same_in_it(symflow: Symflow) -> None:
    symflow("bots", "create", "ci")
    document = json.loads(symflow("bots", "list", "--json").stdout)
    assert json.loads(symflow("bots", "list", "--output", "json").stdout) == document
    assert yaml.safe_load(symflow("bots", "list", "--output", "yaml").stdout) == document
    assert symflow("bots", "list", "--output", "tsv").stdout == symflow("bots", "list").stdout
    assert symflow("bots", "list", "--output", "table").stdout.split() == symflow("bots", "list").stdout.split()
    assert "contradict" in symflow("bots", "list", "--json", "--output", "tsv", code=2).stderr
    assert json.loads(symflow("bots", "list", "--json", SYMFLOW_OUTPUT="yaml").stdout) == document
    assert yaml.safe_load(symflow("bots", "list", "--output", "yaml", SYMFLOW_BOTS_LIST_JSON="1").stdout) == document


def test_a_table_in_a_pipe_is_not_folded(symflow: Symflow) -> None:
    symflow("users", "create", "ann@acme.example", "--first-name", "x" * 200)
    assert "x" * 200 in symflow("users", "list", "--output", "table").stdout


def test_yaml_lets_nothing_through_that_moves_a_cursor(symflow: Symflow) -> None:
    symflow("users", "create", "ann@acme.example", "--first-name", "a\u202eb")
    shown = symflow("users", "show", "ann@acme.example", "--output", "yaml").stdout
    assert "\u202e" not in shown
    assert yaml.safe_load(shown)["first_name"] == "a\u202eb"
