"""The command line as a whole."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from sym import commands
from sym.errors import Conflict, Invalid, NotFound, Refused, SymError, Unauthenticated, Unavailable
from tests.runtime.commands.conftest import Symflow

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
