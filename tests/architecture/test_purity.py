"""What authors, shelves and the provider's first milliseconds import: the standard library, and nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, SOURCE_ROOTS

PACKAGES = ("sdk", "resources", "strategies", "integrations", "secret_sources", "log_destinations", "implementation")

PROBE = """
import importlib, sys
sys.path[:0] = {paths!r}
for name in {modules!r}:
    importlib.import_module(name)
own = {{"sym", "sym_provider"}}
print(*sorted(name for name in {{key.partition(".")[0] for key in sys.modules}}
      if name not in sys.stdlib_module_names and name not in own and not name.startswith("__")))
"""


def foreign(modules: list[str], paths: list[str]) -> str:
    """What importing ``modules`` in a bare interpreter loads from outside the standard library."""
    finished = subprocess.run(
        [sys.executable, "-I", "-S", "-c", PROBE.format(paths=paths, modules=modules)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert finished.returncode == 0, finished.stderr
    return finished.stdout.strip()


def modules_of(package: str) -> list[str]:
    """The names of every module of ``sym.<package>``."""
    folder = SOURCE_ROOTS["runtime"] / package
    paths = [path.relative_to(folder.parent.parent).with_suffix("") for path in sorted(folder.rglob("*.py"))]
    return [".".join(path.parts).removesuffix(".__init__") for path in paths]


@pytest.mark.parametrize("package", PACKAGES)
def test_it_imports_nothing_but_the_standard_library(package: str) -> None:
    modules = modules_of(package)
    assert modules
    assert foreign(modules, [str(ROOT / "runtime")]) == ""


def test_the_probe_sees_what_is_foreign(tmp_path: Path) -> None:
    (tmp_path / "planted.py").write_text("import vendor")
    (tmp_path / "vendor.py").write_text("")
    assert foreign(["planted"], [str(tmp_path)]) == "planted vendor"


def test_the_provider_opens_no_store_before_it_is_asked_to() -> None:
    code = "import sys, sym_provider.provider; print('sqlalchemy' in sys.modules, 'requests' in sys.modules)"
    finished = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert finished.stdout.split() == ["False", "False"]
