"""From source text to a syntax tree, and what a module's names stand for; nothing is ever run."""

from __future__ import annotations

import ast
import threading
import warnings
from collections.abc import Iterator

from sym.implementation.problems import Problem, error

Function = ast.FunctionDef | ast.AsyncFunctionDef

BYTE_ORDER_MARK = "\ufeff"
"""What some editors put before a text, and Terraform's file() leaves there; Python ignores it in a file."""

# warnings.catch_warnings swaps process-wide state: two threads inside it at once would leave it swapped.
_WARNINGS = threading.Lock()


def parse(source: str) -> ast.Module | Problem:
    """The tree of ``source``, or the one error that keeps Python from reading it.

    Compiling finds what parsing alone does not, such as ``return`` outside of a function.
    """
    try:
        with _WARNINGS, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source.removeprefix(BYTE_ORDER_MARK))
            compile(tree, "<source>", "exec", dont_inherit=True)
    except SyntaxError as problem:
        return error(f"Syntax error: {problem.msg}.", problem.lineno or 0, column=max((problem.offset or 1) - 1, 0),
                     hint="Correct the Python code on this line or just before it.")  # fmt: skip
    except (ValueError, RecursionError, MemoryError) as problem:
        return error(f"Python cannot read this code: {problem or type(problem).__name__}.", 0,
                     hint="Remove null bytes, and split expressions that are nested very deeply.")  # fmt: skip
    return tree


def statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that run in the module's own scope: also inside if, try, with and loops, not inside functions."""
    for statement in body:
        yield statement
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        for field in ("body", "orelse", "finalbody"):
            yield from statements(getattr(statement, field, []))
        for branch in [*getattr(statement, "handlers", []), *getattr(statement, "cases", [])]:
            yield from statements(branch.body)


def functions(tree: ast.Module) -> Iterator[Function]:
    """The module's functions in order of definition, methods and inner functions left out."""
    for statement in statements(tree.body):
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield statement


class Names:
    """What the names of a module stand for.

    ``imported`` maps a local name to the dotted path it was imported from, ``bound`` holds every name bound anywhere in
    the module, ``stars`` the modules imported with ``*``.
    """

    def __init__(self, tree: ast.Module) -> None:
        self.imported: dict[str, str] = {}
        self.bound: set[str] = set()
        self.stars: list[str] = []
        for node in ast.walk(tree):
            self._bind(node)

    def _bind(self, node: ast.AST) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                # `import a.b` binds a; `import a.b as c` binds c to a.b
                path = alias.name if alias.asname else alias.name.split(".", 1)[0]
                self._import(alias.asname or path, path)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if alias.name == "*":
                    self.stars.append(node.module or "")
                else:
                    self._import(alias.asname or alias.name, f"{node.module}.{alias.name}")
        else:
            self.bound.update(_bound_by(node))

    def _import(self, name: str, path: str) -> None:
        self.imported[name] = path
        self.bound.add(name)

    def path(self, node: ast.expr) -> str | None:
        """The dotted path ``node`` stands for, as far as imports tell; None for anything but names with dots.

        A name that nothing binds comes back as ``?.name``, one bound by the module itself as ``.name``.
        """
        if isinstance(node, ast.Attribute):
            owner = self.path(node.value)
            return f"{owner}.{node.attr}" if owner else None
        if not isinstance(node, ast.Name):
            return None
        if node.id in self.imported:
            return self.imported[node.id]
        return f".{node.id}" if node.id in self.bound else f"?.{node.id}"


def _bound_by(node: ast.AST) -> Iterator[str]:
    """The names that a node binds by itself; imports aside."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, (ast.Global, ast.Nonlocal)):
        yield from node.names
    elif isinstance(node, ast.MatchMapping):
        yield from filter(None, (node.rest,))
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler, ast.MatchAs,
                           ast.MatchStar)):  # fmt: skip
        yield from filter(None, (node.name,))
