"""Who may import whom: the contracts hold, and each is seen to fail when it is broken."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

PLANTED = {
    "Who may import whom inside sym": ("runtime/sym/store/rows.py", "from sym.engine import lifecycle"),
    "Who may import whom inside sym_provider": ("provider/sym_provider/code.py", "from sym_provider import provider"),
    "The product never depends on its Terraform face": ("runtime/sym/engine/srns.py", "import sym_provider.code"),
    "The provider declares and never executes": ("provider/sym_provider/rules/slugs.py", "import sym.engine.lifecycle"),
    "Only the store speaks SQL": ("runtime/sym/engine/srns.py", "import sqlalchemy"),
    "Only the protocol speaks gRPC": ("provider/sym_provider/resource.py", "import grpc"),
    "Terraform's semantics know nothing of Sym": ("provider/sym_provider/framework/values.py", "import sym.errors"),
    "Shelf items are strangers to each other and lean on sym.sdk alone": (
        "runtime/sym/strategies/custom.py",
        "import sym.errors",
    ),
    "No cycles": ("runtime/sym/engine/srns.py", "from sym.engine import views"),
}


RUN = """
import sys
sys.path[:0] = ["provider", "runtime"]
sys.path.append({site!r})
from importlinter.cli import lint_imports_command
lint_imports_command(["--no-cache"])
"""


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the source roots in ``folder``.

    Without the site module: it would add the installed checkout, and `sym` being a namespace package, modules would be
    taken from either.
    """
    code = RUN.format(site=sysconfig.get_path("purelib"))
    return subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )


def broken_contracts(folder: Path) -> set[str]:
    """The names of the contracts that are broken in ``folder``."""
    finished = lint_imports(folder)
    assert "Contracts: " in finished.stdout, finished.stdout + finished.stderr
    return {line.split(" BROKEN")[0] for line in finished.stdout.splitlines() if " BROKEN" in line}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the source roots and their contracts."""
    for name in ("provider", "runtime"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_contracts_hold_and_are_all_tried_below(copy: Path) -> None:
    finished = lint_imports(copy)
    assert finished.returncode == 0, finished.stdout
    kept = {line.split(" KEPT")[0] for line in finished.stdout.splitlines() if " KEPT" in line}
    assert kept == set(PLANTED)


@pytest.mark.parametrize("contract", PLANTED)
def test_a_planted_violation_breaks_the_contract(copy: Path, contract: str) -> None:
    path, statement = PLANTED[contract]
    source = copy / path
    source.write_text(f"{source.read_text()}\n{statement}\n")
    assert contract in broken_contracts(copy)
