"""``symflow migrate``: what it says, and what it refuses. What becomes of files is seen in tests of scaffolding."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.runtime.commands.conftest import Symflow
from tests.runtime.commands.terminal import Terminal

OLD = 'resource "sym_flow" "x" {\n  # Why.\n  template = "sym:template:approval:1.0.0"\n  implementation = "x.py"\n}\n'
NEW = 'resource "sym_flow" "x" {\n  # Why.\n  implementation = file("x.py")\n}\n'


@pytest.fixture
def old(tmp_path: Path) -> Path:
    (tmp_path / "flows.tf").write_text(OLD)
    return tmp_path


def migrate(symflow: Symflow, folder: Path, *arguments: str, code: int = 0) -> tuple[str, str]:
    result = symflow("migrate", "--directory", str(folder), *arguments, code=code)
    return result.stdout, result.stderr


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@b.example")
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)


def test_a_dry_run_shows_a_diff_and_changes_nothing(bare: Symflow, old: Path) -> None:
    stdout, stderr = migrate(bare, old, "--dry-run")
    assert stdout == (
        "--- a/flows.tf\n+++ b/flows.tf\n@@ -1,5 +1,4 @@\n resource \"sym_flow\" \"x\" {\n   # Why.\n"
        '-  template = "sym:template:approval:1.0.0"\n-  implementation = "x.py"\n'
        '+  implementation = file("x.py")\n }\n'
    )  # fmt: skip
    assert "without --dry-run" in stderr
    assert (old / "flows.tf").read_text() == OLD


def test_the_diff_is_one_that_patch_takes(bare: Symflow, old: Path) -> None:
    stdout, _ = migrate(bare, old, "--dry-run")
    git(old, "init", "-q")
    subprocess.run(["git", "apply", "-p1", "-"], input=stdout, text=True, check=True, cwd=old)
    assert (old / "flows.tf").read_text() == NEW


def test_files_are_rewritten_once(bare: Symflow, old: Path) -> None:
    stdout, stderr = migrate(bare, old)
    assert stdout == "changed\tflows.tf\n"
    assert "terraform init -upgrade" in stderr
    assert (old / "flows.tf").read_text() == NEW
    assert migrate(bare, old) == ("", "There is nothing to rewrite.\n")


def test_what_is_left_to_do_is_said_and_counts(bare: Symflow, old: Path) -> None:
    (old / "flows.tf").write_text(OLD.replace("}\n", "  params = local.x\n}\n"))
    assert "flows.tf:5: to do: params is a block now" in migrate(bare, old, "--dry-run", code=1)[1]
    assert "flows.tf:4: to do: params is a block now" in migrate(bare, old, code=1)[1]
    assert (old / "flows.tf").read_text() == NEW.replace("}\n", "  params = local.x\n}\n")


def test_what_is_to_be_looked_at_does_not(bare: Symflow, old: Path) -> None:
    (old / "main.tf").write_text('module "x" {\n  source = "symopsio/runtime-connector/aws"\n}\n')
    assert "main.tf:2: look: This module trusts" in migrate(bare, old)[1]


def test_json(bare: Symflow, old: Path) -> None:
    (old / "main.tf").write_text('module "x" {\n  source = "symopsio/runtime-connector/aws"\n}\n')
    document = json.loads(migrate(bare, old, "--dry-run", "--json")[0])
    assert document["changed"] == ["flows.tf"]
    assert document["diff"].startswith("--- a/flows.tf")
    assert [(one["file"], one["line"], one["open"]) for one in document["notes"]] == [("main.tf", 2, False)]


def test_a_file_that_cannot_be_read_stops_everything(bare: Symflow, old: Path) -> None:
    (old / "z.tf").write_text("x {")
    assert "z.tf:1:" in migrate(bare, old, code=1)[1]
    assert (old / "flows.tf").read_text() == OLD


def test_what_git_does_not_have_is_not_rewritten(bare: Symflow, old: Path) -> None:
    (old / "other.tf").write_text(OLD.replace('"x"', '"y"'))
    git(old, "init", "-q")
    git(old, "add", "flows.tf")
    git(old, "commit", "-qm", "x")
    for state in ("untracked", "ignored"):
        (old / ".gitignore").write_text("other.tf\n" if state == "ignored" else "")
        assert "git does not have: other.tf" in migrate(bare, old, code=4)[1]
    assert (old / "flows.tf").read_text() == OLD
    migrate(bare, old, "--dry-run")
    migrate(bare, old, "--allow-dirty")
    assert (old / "flows.tf").read_text() == NEW


def test_what_git_has_is_rewritten(bare: Symflow, old: Path) -> None:
    git(old, "init", "-q")
    git(old, "add", ".")
    git(old, "commit", "-qm", "x")
    (old / "unrelated.txt").write_text("")
    migrate(bare, old)
    assert (old / "flows.tf").read_text() == NEW


def test_colours_are_for_terminals(bare: Symflow, old: Path) -> None:
    with Terminal(old, {}, "migrate", "--dry-run") as terminal:
        assert terminal.end() == 0
        assert "\x1b[32m\x1b[1m+  implementation" in terminal.raw
    with Terminal(old, {"NO_COLOR": "1"}, "migrate", "--dry-run") as terminal:
        assert terminal.end() == 0
        assert "\x1b[" not in terminal.raw
    assert "\x1b[" not in migrate(bare, old, "--dry-run")[0]
