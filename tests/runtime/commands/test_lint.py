"""Linting authors' code on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.runtime.commands.conftest import IMPLEMENTATION, Symflow

BROKEN = "from sym.sdk.annotations import hook, reducer\n\n@reducer\ndef get_permissions():\n    return None\n"
INERT = f"{IMPLEMENTATION}\ndef on_approve(event):\n    return None\n"


def put(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.write_text(text)
    return str(path)


def test_a_clean_file_says_nothing_on_stdout(bare: Symflow, tmp_path: Path) -> None:
    result = bare("lint", put(tmp_path, "impl.py", IMPLEMENTATION))
    assert result.stdout == ""
    assert result.stderr == "1 file, 0 errors, 0 warnings.\n"


def test_an_error_names_file_and_line_and_ends_with_1(bare: Symflow, tmp_path: Path) -> None:
    file = put(tmp_path, "impl.py", BROKEN)
    result = bare("lint", file, code=1)
    assert result.stdout.startswith(f"{file}:4: error: get_permissions cannot be called with 1 argument (event).")
    assert "def get_permissions(event):" in result.stdout
    assert "\x1b" not in result.stdout


def test_a_warning_ends_with_0_and_with_1_where_it_counts(bare: Symflow, tmp_path: Path) -> None:
    file = put(tmp_path, "impl.py", INERT)
    assert f"{file}:7: warning: on_approve is not decorated" in bare("lint", file).stdout
    bare("lint", "--strict", file, code=1)


RESTRICTED = f"import re\n{IMPLEMENTATION}\nx = [re.match('a', name) for name in ['a']]\nassert all(x)\n"


def test_what_a_restricted_python_refuses_is_said_only_when_asked_for(bare: Symflow, tmp_path: Path) -> None:
    file = put(tmp_path, "impl.py", RESTRICTED)
    assert bare("lint", "--strict", file).stdout == ""
    result = bare("lint", "--restricted", file)
    assert [line.partition(". ")[0] for line in result.stdout.splitlines()] == [
        f"{file}:1: warning: A restricted Python does not allow importing re",
        f"{file}:9: warning: A restricted Python does not allow the builtin all",
    ]
    assert result.stderr == "1 file, 0 errors, 2 warnings.\n"
    bare("lint", "--restricted", "--strict", file, code=1)
    found = json.loads(bare("lint", "--restricted", "--json", file).stdout)
    assert [(row["line"], row["column"], row["severity"], row["kind"]) for row in found] == [
        (1, 0, "warning", "flow"), (9, 7, "warning", "flow"),
    ]  # fmt: skip


def test_both_kinds_of_findings_come_in_the_order_of_lines(bare: Symflow, tmp_path: Path) -> None:
    file = put(tmp_path, "impl.py", f"import re\n{BROKEN}x = next([])\n")
    found = json.loads(bare("lint", "--restricted", "--json", file, code=1).stdout)
    assert [(row["line"], row["severity"]) for row in found] == [(1, "warning"), (5, "error"), (7, "warning")]


def test_code_that_cannot_be_read_has_its_one_error_all_the_same(bare: Symflow, tmp_path: Path) -> None:
    file = put(tmp_path, "impl.py", "import re\nx = = 1\n")
    (found,) = json.loads(bare("lint", "--restricted", "--json", file, code=1).stdout)
    assert (found["line"], found["severity"]) == (2, "error")


def test_json_has_every_finding_of_every_file(bare: Symflow, tmp_path: Path) -> None:
    files = [put(tmp_path, "impl.py", BROKEN), put(tmp_path, "other.py", INERT)]
    found = json.loads(bare("lint", "--json", *files, code=1).stdout)
    assert [(row["file"], row["line"], row["severity"], row["handler"]) for row in found] == [
        (files[0], 4, "error", "get_permissions"), (files[1], 7, "warning", "on_approve"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "kind", "says"),
    [
        ("from sym.sdk.strategies import AccessStrategy\nclass Mine(AccessStrategy):\n    pass\n", "strategy",
         "no method escalate"),
        ("def on_change_team(form):\n    return form\n", "on_change", "def on_change_team(username, form)"),
        ("from sym.sdk.annotations import reducer\n@reducer\ndef get_flows(user):\n    return []\n", "flows_filter",
         "get_flows cannot be called"),
        ("print(1\n", "flow", "Syntax error"),
    ],
)  # fmt: skip
def test_what_a_file_is_for_is_told_from_what_it_defines(
    bare: Symflow, tmp_path: Path, text: str, kind: str, says: str
) -> None:
    found = json.loads(bare("lint", "--json", put(tmp_path, "code.py", text), code=1).stdout)
    assert {row["kind"] for row in found} == {kind}
    assert says in json.dumps(found)


def test_the_kind_can_be_said(bare: Symflow, tmp_path: Path) -> None:
    file = put(tmp_path, "impl.py", IMPLEMENTATION)
    assert "no class derived from AccessStrategy" in bare("lint", "--kind", "strategy", file, code=1).stdout


def test_what_is_not_text_is_an_error_with_its_line(bare: Symflow, tmp_path: Path) -> None:
    path = tmp_path / "impl.py"
    path.write_bytes(b"# one\n# caf\xe9\n")
    assert bare("lint", str(path), code=1).stdout == f"{path}:2: error: This is not text in UTF-8. Save it as UTF-8.\n"


@pytest.mark.parametrize("arguments", [(), ("nowhere.py",), (".",), ("--kind", "module", "impl.py")])
def test_a_wrong_call_ends_with_2(bare: Symflow, arguments: tuple[str, ...]) -> None:
    bare("lint", *arguments, code=2)
