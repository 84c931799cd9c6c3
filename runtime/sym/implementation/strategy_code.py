"""The class that an author's own strategy consists of."""

from __future__ import annotations

import ast
import dataclasses

from sym.implementation.arity import accepts, call_shape
from sym.implementation.imported_names import name_problems
from sym.implementation.problems import Problem, error
from sym.implementation.source_tree import Function, Names, parse, statements

METHODS: dict[str, tuple[str, ...]] = {
    "fetch_remote_identity": ("user",),
    "escalate": ("target_id", "event"),
    "deescalate": ("target_id", "event"),
}
"""The methods a strategy must have, with their arguments after ``self``."""

OPTIONAL_METHODS: dict[str, tuple[str, ...]] = {
    "is_escalated": ("target_id", "event"),
    "poll": ("operation", "target_id", "event"),
    "manual_instructions": ("target_id", "event"),
}
"""Methods a strategy may have besides."""

_BASE = "AccessStrategy"


@dataclasses.dataclass(frozen=True, kw_only=True)
class StrategyCode:
    """What a strategy's source defines: the name and line of its class (None and 0 unless there is exactly one), the
    methods of :data:`METHODS` and :data:`OPTIONAL_METHODS` it has, whether it may have others from classes this source
    does not show, and what is wrong, in order of lines."""

    class_name: str | None
    line: int
    methods: tuple[str, ...]
    inherits_unseen: bool = False
    problems: tuple[Problem, ...]


def read_strategy_code(source: str) -> StrategyCode:
    """Read the source of a strategy, without running it.

    It must define exactly one subclass of ``AccessStrategy`` (a class it derives from that one in between is not
    counted) with the three required methods. Never raises.
    """
    tree = parse(source)
    if isinstance(tree, Problem):
        return _nothing(tree)
    classes = _strategies(tree)
    parents = {base for class_ in classes.values() for base in _base_names(class_)}
    leaves = [class_ for name, class_ in classes.items() if name not in parents]
    if not leaves:
        hint = "Import AccessStrategy from sym.sdk.strategies and define class MyStrategy(AccessStrategy)."
        return _nothing(error("There is no class derived from AccessStrategy.", 0, hint=hint))
    if len(leaves) > 1:
        names = ", ".join(leaf.name for leaf in leaves)
        return _nothing(error(f"There are {len(leaves)} classes derived from AccessStrategy: {names}.",
                              leaves[1].lineno, hint="Leave exactly one in this file."))  # fmt: skip
    found = _describe(leaves[0], classes)
    problems = sorted([*found.problems, *name_problems(tree, Names(tree))], key=lambda problem: problem.line)
    return dataclasses.replace(found, problems=tuple(problems))


def _nothing(problem: Problem) -> StrategyCode:
    return StrategyCode(class_name=None, line=0, methods=(), problems=(problem,))


def _strategies(tree: ast.Module) -> dict[str, ast.ClassDef]:
    """The classes that derive from AccessStrategy, by name; directly or by way of one another."""
    names = Names(tree)
    found: dict[str, ast.ClassDef] = {}
    for statement in statements(tree.body):
        if not isinstance(statement, ast.ClassDef):
            continue
        direct = any((names.path(base) or "").rpartition(".")[2] == _BASE for base in statement.bases)
        if direct or any(base in found for base in _base_names(statement)):
            found[statement.name] = statement
    return found


def _base_names(class_: ast.ClassDef) -> list[str]:
    return [base.id for base in class_.bases if isinstance(base, ast.Name)]


def _describe(leaf: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> StrategyCode:
    methods = _methods(leaf, classes)
    problems = []
    for name, arguments in (METHODS | OPTIONAL_METHODS).items():
        method = methods.get(name)
        shape = call_shape(name, ("self", *arguments))
        if method is None and name in METHODS and not _has_foreign_base(leaf, classes):
            problems.append(error(f"The class {leaf.name} has no method {name}.", leaf.lineno, handler=name,
                                  hint=f"Add: {shape}:"))  # fmt: skip
        elif isinstance(method, ast.AsyncFunctionDef):
            problems.append(error(f"{name} is an async method, and it is called without await.", method.lineno,
                                  handler=name, hint="Define it with def."))  # fmt: skip
        elif method is not None and not accepts(method, len(arguments), method=True):
            problems.append(error(f"{name} cannot be called with ({', '.join(arguments)}).", method.lineno,
                                  handler=name, hint=f"Begin it with: {shape}:"))  # fmt: skip
    problems.sort(key=lambda problem: problem.line)
    known = tuple(name for name in METHODS | OPTIONAL_METHODS if name in methods)
    return StrategyCode(class_name=leaf.name, line=leaf.lineno, methods=known, problems=tuple(problems),
                        inherits_unseen=_has_foreign_base(leaf, classes))  # fmt: skip


def _methods(leaf: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> dict[str, Function]:
    own = {item.name: item for item in leaf.body if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef))}
    others = _without(leaf, classes)
    for base in _base_names(leaf):
        if base in others:
            own = _methods(others[base], others) | own
    return own


def _without(leaf: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> dict[str, ast.ClassDef]:
    # A class can be defined again, deriving from what derives from its first definition: without this, no end.
    return {name: class_ for name, class_ in classes.items() if name != leaf.name}


def _has_foreign_base(leaf: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> bool:
    """Whether methods may come from a class this file does not show, such as an installed mix-in."""
    foreign = [base for base in leaf.bases if not (isinstance(base, ast.Name) and base.id in classes)]
    named = [base.id if isinstance(base, ast.Name) else base.attr for base in foreign
             if isinstance(base, (ast.Name, ast.Attribute))]  # fmt: skip
    others = _without(leaf, classes)
    inherited = any(_has_foreign_base(others[name], others) for name in _base_names(leaf) if name in others)
    return inherited or len(named) != len(foreign) or len(named) > 1
