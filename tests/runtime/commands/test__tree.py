"""Every command there is: what it says of itself, what it takes, and that it is tested."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TypeGuard

import click
import pytest

from sym.commands import root
from sym.commands._tree import variable, walk
from tests.architecture.sources import ROOT
from tests.runtime.commands.conftest import Symflow

TREE = {" ".join(path[1:]): command for path, command in walk(root)}
COMMANDS = sorted(name for name, command in TREE.items() if not isinstance(command, click.Group))
# What prints what it found, and does not say so by its name.
RECORDS = {"assess", "audit destinations", "audit verify", "doctor", "leases drift", "leases export", "lint", "recover",
           "runs show", "simulate", "status", "users show"}  # fmt: skip
# What the original could do, by command: its options, and how many arguments there are.
ORIGINAL: dict[str, tuple[set[str], int]] = {
    "version": (set(), 0),
    "docs": (set(), 0),
    "login": ({"--port", "--org-id"}, 0),
    "logout": (set(), 0),
    "status": (set(), 0),
    "config get": (set(), 1),
    "organization configure-mfa": (set(), 1),
    "init": ({"--directory", "--slack-workspace-id", "--workspace-id", "--environment"}, 0),
    "generate": ({"--directory", "--type", "--flow-name"}, 0),
    "migrate": ({"--directory", "--dry-run"}, 0),
    "resources list": (set(), 1),
    "services list": (set(), 0),
    "services update": ({"--service-type", "--external-id", "--label"}, 0),
    "services delete": ({"--service-type", "--external-id", "--force"}, 0),
    "domains list": (set(), 0),
    "domains add": (set(), 1),
    "domains remove": (set(), 1),
    "users list": (set(), 0),
    "users list-identities": ({"-o", "--output-file"}, 0),
    "users create": ({"-s", "--service-type"}, 1),
    "users update": ({"-i", "--input-file"}, 0),
    "users update-name": (set(), 2),
    "users update-identity": ({"--service-type", "--external-id", "--new-value"}, 1),
    "users delete-identity": ({"--service-type", "--external-id", "--force"}, 1),
    "users delete": ({"--force"}, 1),
    "users set-role": ({"--role"}, 1),
    "bots create": (set(), 1),
    "bots list": (set(), 0),
    "bots delete": ({"--force"}, 1),
    "bots update-identity": ({"--service-type", "--external-id", "--new-value"}, 1),
    "bots delete-identity": ({"--service-type", "--external-id", "--force"}, 1),
    "tokens issue": ({"-u", "--username", "-e", "--expiry", "-l", "--label", "-n", "--no-newline"}, 0),
    "tokens list": (set(), 0),
    "tokens revoke": (set(), 1),
}
TYPES = {"okta", "approval-only", "aws-iam", "aws-lambda", "aws-sso"}
HEAVY = ("sqlalchemy", "fastapi", "starlette", "uvicorn", "pydantic", "requests", "boto3", "slack_sdk", "slack_bolt",
         "joserfc", "cryptography", "yaml", "questionary", "hcl2")  # fmt: skip


def options(name: str) -> list[click.Option]:
    return [option for option in TREE[name].params if isinstance(option, click.Option)]


def flags(name: str) -> set[str]:
    return {flag for option in options(name) for flag in (*option.opts, *option.secondary_opts)}


@pytest.mark.parametrize("name", sorted(TREE))
def test_it_says_what_it_and_each_option_is_for(name: str) -> None:
    first = (TREE[name].help or "").partition("\n\n")[0].strip()
    assert first[:1].isupper(), first
    assert first[-1:] in (".", ")", ":") or name == "completion", first
    for option in options(name):
        assert option.help, option.opts
        assert option.help.rstrip().endswith((".", "]", ")")) or option.name == "version", option.help


@pytest.mark.parametrize("name", [name for name in COMMANDS if name.split()[-1].startswith("list") or name in RECORDS])
def test_every_list_and_record_can_be_json_and_yaml(name: str) -> None:
    assert {"--json", "--output"} <= flags(name)


@pytest.mark.parametrize("name", COMMANDS)
def test_yes_and_force_are_the_same_everywhere(name: str) -> None:
    assert ("--yes" in flags(name)) == ("--force" in flags(name))


@pytest.mark.parametrize("name", ORIGINAL)
def test_what_the_original_could_do_is_there(name: str) -> None:
    wanted, count = ORIGINAL[name]
    assert name in COMMANDS
    assert wanted <= flags(name)
    required = [one for one in TREE[name].params if isinstance(one, click.Argument) and one.required]
    assert len(required) == count


def test_every_type_of_flow_of_the_original_is_there() -> None:
    kind = next(option.type for option in options("generate") if "--type" in option.opts)
    assert isinstance(kind, click.Choice)
    assert set(kind.choices) >= TYPES


def test_every_option_has_a_variable_of_its_own() -> None:
    names = [variable(option, ("symflow", *name.split())) for name in TREE for option in options(name)]
    assert sorted(names) == sorted(set(names))
    for name in COMMANDS:
        for option in options(name):
            assert variable(option, ("symflow", *name.split())) in (option.envvar or ())


@pytest.mark.parametrize(
    ("environment", "arguments", "shown"),
    [
        ({"SYMFLOW_USERS_LIST_ROLE": "guest"}, (), 1),
        ({"SYMFLOW_USERS_LIST_ROLE": "guest"}, ("--role", "admin"), 2),
        ({"SYMFLOW_USERS_LIST_ROLE": ""}, (), 2),
    ],
)
def test_an_option_may_come_from_its_variable(
    symflow: Symflow, environment: dict[str, str], arguments: tuple[str, ...], shown: int
) -> None:
    assert len(symflow("users", "list", *arguments, **environment).stdout.splitlines()) == shown


def test_variables_go_by_what_is_typed_and_not_by_how_it_is_called_inside(symflow: Symflow) -> None:
    symflow("bots", "create", "ci")
    symflow("bots", "delete", "ci", SYMFLOW_BOTS_DELETE_YES="1")
    assert symflow("bots", "list", SYMFLOW_BOTS_LIST_JSON="1").stdout == "[]\n"
    assert symflow("bots", "list", SYMFLOW_BOTS_LIST_OUTPUT="yaml").stdout == "[]\n"
    assert "Invalid value" in symflow("bots", "list", SYMFLOW_BOTS_LIST_OUTPUT="xml", code=2).stderr
    assert "deploy" in symflow("runs", "request", "x", code=2, SYMFLOW_RUNS_REQUEST_INPUT="a=1 deploy").stderr


def test_help_of_every_command_loads_nothing_heavy() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from sym.commands import root;"
        "from sym.commands._tree import walk\n"
        "for path, _ in list(walk(root)):\n"
        "    assert CliRunner().invoke(root, [*path[1:], '--help']).exit_code == 0, path\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@cache
def called() -> frozenset[tuple[str, ...]]:
    """Every row of words that stands in the tests of commands and of the whole: in calls, tuples and lists, and what
    is one text with blanks in a script."""
    found = set()
    folders = ("runtime/commands", "acceptance", "ci", "examples")
    for path in (path for folder in folders for path in (ROOT / "tests" / folder).rglob("*.py")):
        if path == Path(__file__):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            parts = node.args if _calls(node) else getattr(node, "elts", ())
            texts = [part.value if isinstance(part, ast.Constant) else None for part in parts]
            for start, text in enumerate(texts):
                if isinstance(text, str):
                    found |= {(text,), (text, str(texts[start + 1]) if start + 1 < len(texts) else "")}
    return frozenset(found)


def _calls(node: ast.AST) -> TypeGuard[ast.Call]:
    """Whether it may be a call of symflow: what(…), or what.rows(…); document.get("status") is none."""
    if not isinstance(node, ast.Call):
        return False
    return isinstance(node.func, ast.Name) or (
        isinstance(node.func, ast.Attribute) and node.func.attr in ("rows", "symflow")
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_it_is_called_by_a_test(name: str) -> None:
    assert tuple(name.split()) in called(), f"no test calls `symflow {name}`"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("usres", "`symflow users`"), ("approve", "`symflow runs approve`"), ("init_org", "`symflow init-org`")],
)
def test_the_nearest_command_is_named(bare: Symflow, typed: str, meant: str) -> None:
    assert f"Did you mean {meant}?" in bare(typed, code=2).stderr
    assert "config" not in bare("confg", code=2).stderr.replace("confg", "")


def test_the_nearest_command_of_a_group_is_named(bare: Symflow) -> None:
    assert "Did you mean" in bare("users", "lst", code=2).stderr
