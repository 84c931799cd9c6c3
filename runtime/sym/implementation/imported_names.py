"""Whether the names a file takes from ``sym.sdk`` are there, and which it uses without taking them."""

from __future__ import annotations

import ast
import builtins
import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

from sym.implementation.problems import Problem, error, warning
from sym.implementation.source_tree import Names
from sym.implementation.vocabulary import OBSOLETE_DECORATORS, PREBOUND

_SDK = "sym.sdk"
_GIVEN = frozenset({"__name__", "__file__", "__doc__", "__builtins__", "__class__", "__debug__"})
"""Names a module has without binding them."""
_DECORATORS = frozenset({"hook", "reducer", "prefetch"})
"""Whoever reads handlers tells of these."""


def name_problems(tree: ast.Module, names: Names) -> Iterator[Problem]:
    """What will fail when the file is imported, and what works only because Sym provides it."""
    yield from _missing_from_sdk(tree)
    yield from _not_imported(tree, names)


def _missing_from_sdk(tree: ast.Module) -> Iterator[Problem]:
    """Imports of what ``sym.sdk`` does not have. Those inside of a ``try`` or an ``if`` are the author's own affair."""
    perhaps = (ast.Try, ast.TryStar, ast.If)
    attempted = {inner for node in ast.walk(tree) if isinstance(node, perhaps) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if node in attempted:
            continue
        if isinstance(node, ast.Import):
            for alias in node.names:
                if _is_sdk(alias.name) and _module(alias.name) is None:
                    yield _missing(alias.name.rpartition(".")[0], alias.name.rpartition(".")[2], node)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level and _is_sdk(node.module):
            yield from _missing_names(node, node.module)


def _missing_names(node: ast.ImportFrom, path: str) -> Iterator[Problem]:
    module = _module(path)
    if module is None:
        yield _missing(path.rpartition(".")[0], path.rpartition(".")[2], node)
        return
    for alias in node.names:
        if alias.name != "*" and not hasattr(module, alias.name) and _module(f"{path}.{alias.name}") is None:
            yield _missing(path, alias.name, node)


def _missing(path: str, name: str, node: ast.stmt) -> Problem:
    homes = _homes_of(name)
    if name in OBSOLETE_DECORATORS:
        hint = OBSOLETE_DECORATORS[name]
    elif homes:
        hint = f"Write: from {homes[0]} import {name}"
    else:
        hint = "Correct the name, or remove the import."
    return error(f"{path} has no {name}.", node.lineno, column=node.col_offset, hint=hint)


def _is_sdk(path: str) -> bool:
    return path == _SDK or path.startswith(f"{_SDK}.")


def _module(path: str) -> Any:
    """The SDK's module of this name, if there is one; nothing but our own package is ever imported."""
    try:
        return importlib.import_module(path)
    except ModuleNotFoundError:
        return None


def _homes_of(name: str) -> list[str]:
    """The public modules of the SDK that have ``name``, those first that define or export it."""
    package = importlib.import_module(_SDK)
    found = []
    for info in pkgutil.walk_packages(package.__path__, f"{_SDK}."):
        if "._" in info.name:
            continue
        module = importlib.import_module(info.name)
        value = getattr(module, name, None)
        if value is not None and not name.startswith("_"):
            is_home = getattr(value, "__module__", "") == info.name or name in getattr(module, "__all__", ())
            found.append((not is_home, info.name.count("."), info.name))
    return [path for _, _, path in sorted(found)]


def _not_imported(tree: ast.Module, names: Names) -> Iterator[Problem]:
    """Names that nothing binds, each once. Where a module that is not ours is imported with ``*``, nobody can tell."""
    given = _given_by_stars(names.stars)
    if given is None:
        return
    known = names.bound | given | _GIVEN | set(dir(builtins))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Name) or node.id in known:
            continue
        known.add(node.id)
        if node.id in PREBOUND:
            yield warning(f"{node.id} is used but not imported; it is provided nevertheless.", node.lineno,
                          column=node.col_offset, hint=f"Add: {PREBOUND[node.id]}")  # fmt: skip
        elif node.id not in _DECORATORS:
            yield _unbound(node)


def _unbound(node: ast.Name) -> Problem:
    homes = _homes_of(node.id)
    hint = f"Add: from {homes[0]} import {node.id}" if homes else "Define it, or correct the name."
    return warning(f"{node.id} is used, and nothing in this file defines or imports it.", node.lineno,
                   column=node.col_offset, hint=hint)  # fmt: skip


def _given_by_stars(paths: list[str]) -> set[str] | None:
    """The names that ``from … import *`` of these modules binds; None if one of them is not ours."""
    found: set[str] = set()
    for path in paths:
        module = _module(path) if _is_sdk(path) else None
        if module is None:
            return None
        found |= set(getattr(module, "__all__", None) or (name for name in vars(module) if not name.startswith("_")))
    return found
