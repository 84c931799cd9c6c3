"""What authors' code may do here and could not where it was run in a restricted Python, as by the original.

Only of interest for a file that must run in both places, and therefore not among the problems of the other readers.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from sym.implementation.problems import Problem, warning
from sym.implementation.source_tree import Names, parse

IMPORTABLE = frozenset({"sym", "requests", "json", "datetime"})
"""The packages that can be imported there; of ``sym``, only ``sym.sdk``."""

MISSING_BUILTINS = frozenset({"all", "next", "compile", "eval", "exec", "globals", "input", "locals", "open", "vars"})
"""Builtins that are not there."""

_STATEMENTS: dict[type[ast.AST], str] = {
    ast.AsyncFunctionDef: "async functions",
    ast.AsyncFor: "async for",
    ast.AsyncWith: "async with",
    ast.Await: "await",
    ast.Match: "match statements",
    ast.Nonlocal: "nonlocal",
}
_HINT = "It works here. Change it only if this file must also run where authors' code is restricted."


def read_restrictions(source: str) -> tuple[Problem, ...]:
    """Warnings, in order of lines, for what a restricted Python does not allow. Never raises.

    These are imports of anything but ``sym.sdk``, ``requests``, ``json`` and ``datetime``; builtins that are missing
    there; names and attributes that begin with an underscore; ``*`` imports; changing an attribute or an element in
    place (``x.count += 1``); and statements it does not know. Source Python cannot read gives its one error.
    """
    tree = parse(source)
    if isinstance(tree, Problem):
        return (tree,)
    bound = Names(tree).bound
    found = [problem for node in ast.walk(tree) for problem in _read(node, bound)]
    return tuple(sorted(found, key=lambda problem: (problem.line, problem.column)))


def _read(node: ast.AST, bound: set[str]) -> Iterator[Problem]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield from _import(node, alias.name)
    elif isinstance(node, ast.ImportFrom):
        yield from _import(node, f"{node.module}.{node.names[0].name}" if node.module == "sym" else node.module or ".")
        if any(alias.name == "*" for alias in node.names):
            yield _not_allowed(node, f"from {node.module} import *")
    elif isinstance(node, ast.Name) and node.id in MISSING_BUILTINS - bound and hasattr(builtins, node.id):
        yield _not_allowed(node, f"the builtin {node.id}")
    elif name := _private(node):
        yield _not_allowed(node, f"the {name}, which begins with an underscore")
    elif isinstance(node, ast.AugAssign) and not isinstance(node.target, ast.Name):
        yield _not_allowed(node, "changing an attribute or an element in place")
    elif type(node) in _STATEMENTS:
        yield _not_allowed(node, _STATEMENTS[type(node)])


def _private(node: ast.AST) -> str | None:
    """The name in a node that begins with an underscore, if one does; methods such as __init__ may be defined."""
    if isinstance(node, ast.Name) and node.id.startswith("_") and node.id != "_":
        return f"name {node.id}"
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name.startswith("_") and not node.name.endswith("__"):
        return f"name {node.name}"
    return f"attribute {node.attr}" if isinstance(node, ast.Attribute) and node.attr.startswith("_") else None


def _import(node: ast.stmt, path: str) -> Iterator[Problem]:
    package, _, rest = path.partition(".")
    if package not in IMPORTABLE or (package == "sym" and rest.partition(".")[0] != "sdk"):
        yield _not_allowed(node, f"importing {path}")


def _not_allowed(node: ast.AST, what: str) -> Problem:
    return warning(f"A restricted Python does not allow {what}.", getattr(node, "lineno", 0),
                   column=getattr(node, "col_offset", 0), hint=_HINT)  # fmt: skip
