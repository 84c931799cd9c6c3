"""Completion in the shells themselves."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.runtime.commands.conftest import Symflow

SYMFLOW = Path(sys.executable).with_name("symflow")
ENVIRONMENT = {"PATH": f"{SYMFLOW.parent}:{os.environ['PATH']}", "HOME": "/nonexistent", "LANG": "C.UTF-8"}
CASES = [
    (["symflow", "us"], {"users"}),
    (["symflow", "users", "update-"], {"update-identity", "update-name"}),
    (["symflow", "users", "list", "--st"], {"--state"}),
    (["symflow", "users", "list", "--role", ""], {"admin", "member", "guest"}),
    (["symflow", "users", "list", "--output", "y"], {"yaml"}),
    (["symflow", "confi"], set()),
]


def run(shell: str, script: str, **environment: str) -> str:
    """What ``script`` prints in a ``shell`` that reads no files of its user."""
    if shutil.which(shell) is None:
        pytest.skip(f"NOT TESTED IN {shell.upper()}: it is not here")
    plain = {"bash": ["--norc", "--noprofile"], "zsh": ["-f"], "fish": ["--no-config"]}[shell]
    done = subprocess.run([shell, *plain, "-c", script], env={**ENVIRONMENT, **environment}, capture_output=True,
                          text=True, timeout=60, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(("words", "found"), CASES)
def test_bash_completes(words: list[str], found: set[str]) -> None:
    typed = " ".join(f"'{word}'" for word in words)
    script = (
        f'eval "$(symflow completion bash)"; COMP_WORDS=({typed}); COMP_CWORD={len(words) - 1};'
        ' _symflow_completion symflow; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    assert set(run("bash", script).split()) == found


@pytest.mark.parametrize(("words", "found"), CASES)
def test_fish_completes(words: list[str], found: set[str], tmp_path: Path) -> None:
    script = f"symflow completion fish | source; complete -C '{' '.join(words)}'"
    lines = run("fish", script, HOME=str(tmp_path)).splitlines()
    assert {line.partition("\t")[0] for line in lines} == found


@pytest.mark.parametrize(("words", "found"), CASES)
def test_zsh_completes(words: list[str], found: set[str]) -> None:
    # What the completion system of zsh would show needs a terminal; here it only writes down what it is given.
    typed = " ".join(f"'{word}'" for word in words)
    script = (
        "compdef() { :; }; compadd() { :; }; _describe() { eval 'print -l -- ${'$3'[@]}'; };"
        ' compadd() { eval "print -l -- \\${${argv[-1]}[@]}"; };'
        f' eval "$(symflow completion zsh)"; words=({typed}); CURRENT={len(words)}; _symflow_completion'
    )
    assert {line.partition(":")[0] for line in run("zsh", script).split("\n") if line} >= found


def test_a_shell_that_is_not_known_is_refused(bare: Symflow) -> None:
    assert "bash" in bare("completion", "tcsh", code=2).stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_it_is_written_where_the_shell_looks(bare: Symflow, shell: str, tmp_path: Path) -> None:
    said = bare("completion", shell, "--install", HOME=str(tmp_path))
    assert said.stdout == ""
    place = Path(said.stderr.splitlines()[0].removeprefix("Wrote ").removesuffix("."))
    assert place.is_relative_to(tmp_path)
    assert place.read_text() == bare("completion", shell).stdout
