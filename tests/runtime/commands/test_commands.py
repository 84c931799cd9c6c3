"""The command line as a whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
import yaml
from click.testing import CliRunner

from sym import commands
from sym.errors import Conflict, Invalid, NotFound, Refused, SymError, Unauthenticated, Unavailable
from tests.runtime.commands.conftest import VARIABLES, Symflow
from tests.runtime.commands.terminal import Terminal

SYMFLOW = str(Path(sys.executable).with_name("symflow"))
ALL = ["audit", "bots", "domains", "init-org", "keys", "resources", "runs", "serve", "services", "store", "tokens",
       "users", "worker"]  # fmt: skip


def test_help_lists_every_command(bare: Symflow) -> None:
    text = bare("--help").stdout
    assert all(f" {name} " in text for name in ALL)
    assert bare("-h").stdout == text


@pytest.mark.parametrize("name", ALL)
def test_every_command_explains_itself(bare: Symflow, name: str) -> None:
    assert "Usage: symflow " + name in bare(name, "--help").stdout


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from sym.commands import root;"
        "assert CliRunner().invoke(root, ['--help']).exit_code == 0;"
        "print([name for name in ('sqlalchemy', 'fastapi', 'uvicorn', 'requests', 'joserfc', 'cryptography',"
        " 'pydantic') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_version_is_told(bare: Symflow) -> None:
    assert bare("--version").stdout.startswith("symflow, version 3.")


@pytest.mark.parametrize(
    "arguments", [["nothing"], ["users", "nothing"], ["--nothing"], ["users", "create"], ["_server"]]
)
def test_a_wrong_call_is_a_usage_error(bare: Symflow, arguments: list[str]) -> None:
    result = bare(*arguments, code=2)
    assert result.stdout == ""
    assert "Usage" in result.stderr


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SymError("no"), 1),
        (Invalid("no"), 1),
        (Conflict("no"), 1),
        (Unavailable("no"), 1),
        (Invalid("no", code="Config:INVALID"), 2),
        (Unauthenticated("no"), 3),
        (NotFound("no"), 4),
        (Refused("no"), 4),
    ],
)
def test_the_exit_code_says_what_kind_of_error_it_was(
    error: SymError, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    @click.command()
    def fail() -> None:
        error.hint = "Do that.\x1b[2J"
        raise error

    monkeypatch.setattr(commands._Root, "get_command", lambda *_: fail)
    result = CliRunner().invoke(commands.root, ["fail"])
    assert (result.exit_code, result.stdout) == (code, "")
    assert result.stderr == "Error: no\nDo that.\\x1b[2J\n"


def test_a_bad_environment_is_a_usage_error_that_names_the_variable(bare: Symflow) -> None:
    result = bare("users", "list", code=2, SYM_STORE_URL="mysql://u:hunter2@db/x")
    assert "SYM_STORE_URL" in result.stderr
    assert "hunter2" not in result.stderr


def test_options_may_come_from_the_environment(symflow: Symflow) -> None:
    symflow("users", "create", "ann@acme.example", SYMFLOW_USERS_CREATE_ROLE="guest")
    assert [row["ROLE"] for row in symflow.rows("users", "list")] == ["guest", "admin"]


@pytest.mark.parametrize(
    "arguments",
    [["users", "list"], ["bots", "list"], ["tokens", "list"], ["audit", "list"], ["runs", "list"],
     ["users", "create", "a@b"], ["bots", "create", "x"], ["tokens", "issue", "-u", "x", "-e", "1d"],
     ["runs", "request", "x", "--as", "x"], ["serve", "--port", "0"]],
)  # fmt: skip
def test_without_a_store_every_command_says_how_to_begin(bare: Symflow, arguments: list[str]) -> None:
    result = bare(*arguments, code=1)
    assert "no store" in result.stderr
    assert "init-org" in result.stderr
    assert not bare.folder.exists()


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
        terminal.interrupt()
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
