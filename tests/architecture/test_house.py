"""The house's own rules: where files sit, how they are named, how long they may be."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, SOURCE_ROOTS, shelf_items, source_files

BANNED = {
    "utils", "helpers", "common", "core", "base", "misc", "types", "models", "managers", "services", "handlers",
}  # fmt: skip
# Names the original has: authors import them, or they are a group of commands.
KEPT_NAMES = {"runtime/sym/sdk/utils", "runtime/sym/sdk/models.py", "runtime/sym/commands/services.py"}
LONGEST_FILE = 300
LONGEST_FUNCTION = 60


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_sym_is_a_namespace_package() -> None:
    assert not (SOURCE_ROOTS["runtime"] / "__init__.py").exists()


def too_long(files: Iterator[Path]) -> dict[str, int]:
    lengths = {relative(path): len(path.read_text().splitlines()) for path in files}
    return {name: length for name, length in lengths.items() if length > LONGEST_FILE}


def test_no_source_file_is_too_long() -> None:
    assert too_long(source_files()) == {}


def long_functions(source: str) -> dict[str, int]:
    functions = (
        node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    lengths = {node.name: (node.end_lineno or node.lineno) - node.lineno + 1 for node in functions}
    return {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION}


def test_no_function_is_too_long() -> None:
    found = {relative(path): long for path in source_files() if (long := long_functions(path.read_text()))}
    assert found == {}
    assert long_functions("def f():\n" + "    x = 1\n" * 60) == {"f": 61}


def banned_names(names: Iterator[str]) -> list[str]:
    return [name for name in names if Path(name).stem in BANNED and name not in KEPT_NAMES]


def test_no_module_has_a_name_that_says_nothing() -> None:
    modules = {relative(path) for path in source_files()}
    packages = {relative(path.parent) for path in source_files()}
    assert banned_names(iter(sorted(modules | packages))) == []
    assert banned_names(iter(["runtime/sym/engine/helpers.py"])) == ["runtime/sym/engine/helpers.py"]


def test_every_shelf_item_has_its_test() -> None:
    items = dict(shelf_items())
    assert len(items) > 10
    assert [relative(item) for item, test in items.items() if not test.is_file()] == []


def mirrored(test: Path) -> list[Path]:
    """Where the source of a test may be: the module or package of its name, or that of the name's beginning, for a test
    that is split (`test_calls_failures.py` belongs to `calls.py`)."""
    root = "provider" if test.is_relative_to(ROOT / "tests" / "provider") else "runtime"
    folder = SOURCE_ROOTS[root] / test.relative_to(ROOT / "tests" / root).parent
    words = test.stem.removeprefix("test_").split("_")
    names = ["_".join(words[:count]) for count in range(len(words), 0, -1) if words[0]] or [test.stem[5:]]
    if folder.name in names:
        return [folder / "__init__.py"]
    forms = ("{}.py", "{}/__init__.py", "_{}.py", "__{}__.py")
    return [folder / form.format(name) for name in names for form in forms]


@pytest.mark.parametrize("root", ["provider", "runtime"])
def test_tests_mirror_the_sources(root: str) -> None:
    tests = sorted((ROOT / "tests" / root).rglob("test_*.py"))
    assert tests
    assert [relative(test) for test in tests if not any(path.exists() for path in mirrored(test))] == []


def test_every_public_module_says_what_it_is() -> None:
    silent = [relative(path) for path in source_files() if not ast.get_docstring(ast.parse(path.read_text()))]
    assert silent == []
