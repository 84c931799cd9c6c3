"""The handlers of a flow's source, and what its author should be told about them."""

from __future__ import annotations

import ast
import dataclasses
import difflib
from collections.abc import Iterable, Iterator
from typing import Literal

from sym.implementation.arity import accepts, call_shape
from sym.implementation.imported_names import name_problems
from sym.implementation.problems import Problem, error, warning
from sym.implementation.source_tree import Function, Names, functions, parse, statements
from sym.implementation.vocabulary import FLOWS_FILTER, HOOKS, OBSOLETE, PREFETCH, REDUCERS, fewest_arguments

Kind = Literal["hook", "reducer", "prefetch"]
_DECORATORS: tuple[Kind, ...] = ("hook", "reducer", "prefetch")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Handler:
    """A function that Sym calls: both decorated and specially named; a prefetch function may have any name.

    ``line`` is that of its ``def``; ``arity`` is how many positional arguments to call it with; ``field_name`` is the
    prompt field of a prefetch function, None for other kinds and where the source does not spell it out.
    """

    kind: Kind
    name: str
    line: int
    arity: int
    field_name: str | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Implementation:
    """What a flow's source defines, in order of definition, and what is wrong with it, in order of lines."""

    handlers: tuple[Handler, ...]
    problems: tuple[Problem, ...]

    def has(self, name: str) -> bool:
        """Say whether there is a handler of this name."""
        return self.handler(name) is not None

    def handler(self, name: str) -> Handler | None:
        """The handler of this name, if there is one."""
        return next((handler for handler in self.handlers if handler.name == name), None)

    def prefetch_for(self, field_name: str) -> Handler | None:
        """The prefetch function of a prompt field, if there is one."""
        return next((handler for handler in self.handlers if handler.field_name == field_name), None)


def read_implementation(source: str) -> Implementation:
    """Read the source of a flow, without running it.

    Never raises: source Python cannot read gives an error with its line, and no handlers. Source without any handlers
    is accepted with a warning.
    """
    return _read(source, known=HOOKS | REDUCERS, wants=("get_permissions", "get_approvers"))


def read_flows_filter(source: str) -> Implementation:
    """Read the source of an organization's flows filter, whose one handler is the reducer ``get_flows``."""
    return _read(source, known=FLOWS_FILTER, wants=("get_flows",))


def _read(source: str, *, known: dict[str, tuple[str, ...]], wants: tuple[str, ...]) -> Implementation:
    tree = parse(source)
    if isinstance(tree, Problem):
        return Implementation(handlers=(), problems=(tree,))
    reader = _Reader(Names(tree), known)
    for function in functions(tree):
        reader.read(function)
    problems = [*reader.problems, *_duplicate_functions(tree, reader), *_duplicate_fields(reader.handlers.values())]
    problems += [*_assigned(tree, known), *name_problems(tree, reader.names)]
    if not any(name in reader.handlers for name in wants):
        problems.append(_nothing_required(wants))
    problems.sort(key=lambda problem: problem.line)
    return Implementation(handlers=tuple(reader.handlers.values()), problems=tuple(problems))


class _Reader:
    """Collects handlers by name: as in Python itself, the last definition of a name is the one that counts."""

    def __init__(self, names: Names, known: dict[str, tuple[str, ...]]) -> None:
        self.names = names
        self.known = known
        self.handlers: dict[str, Handler] = {}
        self.problems: list[Problem] = []

    def read(self, function: Function) -> None:
        """Take in one function of the module, in order of definition."""
        self.handlers.pop(function.name, None)
        found = [(node, kind) for node in function.decorator_list if (kind := self._kind(node)) is not None]
        if not found:
            self._read_undecorated(function)
            return
        node, kind = found[0]
        self._check_decorator(function, node, kind)
        if kind == "prefetch":
            field_name = _field_name(node)
            self._add(function, kind, PREFETCH, field_name)
            if field_name is None and isinstance(node, ast.Call):
                self.problems.append(warning(
                    f"The field of the prefetch function {function.name} cannot be told from the source.", node.lineno,
                    handler=function.name, hint='Write the name of the prompt field: @prefetch(field_name="...").',
                ))  # fmt: skip
        elif function.name not in self.known:
            self.problems.append(_unknown_name(function, kind, self.known))
        elif _kind_of(function.name) != kind:
            self.problems.append(_wrong_decorator(function, kind))
        else:
            self._add(function, kind, self.known[function.name])

    def _kind(self, node: ast.expr) -> Kind | None:
        """Which of Sym's decorators ``node`` is, if any. A decorator's name that nothing binds counts as Sym's: the
        import is forgotten, and code that fails loudly is better than a hook that silently does not run."""
        path = self.names.path(node.func if isinstance(node, ast.Call) else node)
        if path is None:
            return None
        owner, _, name = path.rpartition(".")
        if owner != "?" and owner.split(".")[:2] != ["sym", "sdk"]:
            return None
        return next((kind for kind in _DECORATORS if kind == name), None)

    def _add(self, function: Function, kind: Kind, arguments: tuple[str, ...], field_name: str | None = None) -> None:
        fewest = 1 if kind == "prefetch" else fewest_arguments(function.name)
        fits = [count for count in range(len(arguments), fewest - 1, -1) if accepts(function, count)]
        if isinstance(function, ast.AsyncFunctionDef):
            self.problems.append(error(
                f"{function.name} is an async function, and handlers are called without await.", function.lineno,
                handler=function.name, hint="Define it with def; use asyncio.run() inside if needed.",
            ))  # fmt: skip
        elif not fits:
            self.problems.append(_wrong_arity(function, arguments))
        arity = fits[0] if fits else len(arguments)
        self.handlers[function.name] = Handler(
            kind=kind, name=function.name, line=function.lineno, arity=arity, field_name=field_name
        )

    def _read_undecorated(self, function: Function) -> None:
        if function.name in self.known:
            kind = _kind_of(function.name)
            self.problems.append(warning(
                f"{function.name} is not decorated and therefore never called.", function.lineno,
                handler=function.name, hint=f"Put @{kind} above it to enable it, or rename it if it is no {kind}.",
            ))  # fmt: skip
        elif function.name in OBSOLETE and _kind_of(function.name) == "hook":
            self.problems.append(_unknown_name(function, "hook", self.known))

    def _check_decorator(self, function: Function, node: ast.expr, kind: Kind) -> None:
        called = isinstance(node, ast.Call)
        if called and kind != "prefetch":
            self.problems.append(error(f"@{kind} takes no arguments.", node.lineno, handler=function.name,
                                       hint=f"Write @{kind} without parentheses."))  # fmt: skip
        if not called and kind == "prefetch":
            self.problems.append(error("@prefetch does not say for which field.", node.lineno, handler=function.name,
                                       hint='Write @prefetch(field_name="...").'))  # fmt: skip
        path = self.names.path(node.func if isinstance(node, ast.Call) else node) or ""
        if path.startswith("?") and not self.names.stars:
            self.problems.append(warning(f"{kind} is used but not imported.", node.lineno, handler=function.name,
                                         hint=f"Add: from sym.sdk.annotations import {kind}"))  # fmt: skip


def _kind_of(name: str) -> Kind:
    return "reducer" if name.startswith("get_") else "hook"


def _field_name(node: ast.expr) -> str | None:
    if not isinstance(node, ast.Call):
        return None
    given = [*node.args[:1], *(keyword.value for keyword in node.keywords if keyword.arg == "field_name")]
    if given and isinstance(given[0], ast.Constant) and isinstance(given[0].value, str):
        return given[0].value
    return None


def _unknown_name(function: Function, kind: Kind, known: dict[str, tuple[str, ...]]) -> Problem:
    if function.name in OBSOLETE:
        hint = OBSOLETE[function.name]
    elif function.name in FLOWS_FILTER:
        hint = "Move it to the file of sym_flows_filter."
    elif function.name in HOOKS or function.name in REDUCERS:
        hint = "Move it to the implementation of a flow."
    else:
        near = difflib.get_close_matches(function.name, known, n=2)
        choices = near or [name for name in known if _kind_of(name) == kind] or list(known)
        hint = f"Did you mean {' or '.join(near)}?" if near else f"Known names: {', '.join(choices)}."
    return warning(f"There is no {kind} named {function.name}, so it is never called.", function.lineno,
                   handler=function.name, hint=hint)  # fmt: skip


def _wrong_decorator(function: Function, kind: Kind) -> Problem:
    right = _kind_of(function.name)
    return warning(f"{function.name} is decorated with @{kind} but is a {right}, so it is never called.",
                   function.lineno, handler=function.name, hint=f"Decorate it with @{right}.")  # fmt: skip


def _wrong_arity(function: Function, arguments: tuple[str, ...]) -> Problem:
    found = f"{function.name} cannot be called with {len(arguments)} argument{'s' if len(arguments) > 1 else ''}"
    # Nothing published shows what this one is called with: code that worked elsewhere must not be turned away.
    severity = warning if function.name == "get_identity_lookup" else error
    return severity(f"{found} ({', '.join(arguments)}).", function.lineno, handler=function.name,
                    hint=f"Begin it with: {call_shape(function.name, arguments)}:")  # fmt: skip


def _nothing_required(wants: tuple[str, ...]) -> Problem:
    return warning(f"There is no reducer named {' or '.join(wants)}.", 0,
                   hint=f"Define {call_shape(wants[0], (REDUCERS | FLOWS_FILTER)[wants[0]])} with @reducer above it; "
                        "without it nothing can be requested.")  # fmt: skip


def _assigned(tree: ast.Module, known: Iterable[str]) -> Iterator[Problem]:
    """Handlers' names that are given to something else than a function, such as ``on_request = hook(check)``."""
    for statement in statements(tree.body):
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        for target in targets:
            if isinstance(target, ast.Name) and target.id in known:
                hint = f"Define it: @{_kind_of(target.id)} above def {target.id}(…)."
                yield warning(f"{target.id} is assigned, and therefore never called.", statement.lineno,
                              handler=target.id, hint=hint)  # fmt: skip


def _duplicate_functions(tree: ast.Module, reader: _Reader) -> Iterator[Problem]:
    # Only in the module's own body: in the branches of an if, two definitions are two choices.
    seen: dict[str, int] = {}
    for statement in tree.body:
        if not isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        name = statement.name
        if name in seen and (name in reader.known or name in reader.handlers):
            yield warning(f"{name} is defined again; the definition on line {seen[name]} is not used.",
                          statement.lineno, handler=name, hint="Remove one of the two.")  # fmt: skip
        seen[name] = statement.lineno


def _duplicate_fields(handlers: Iterable[Handler]) -> Iterator[Problem]:
    seen: dict[str, Handler] = {}
    for handler in handlers:
        if handler.field_name is None:
            continue
        first = seen.setdefault(handler.field_name, handler)
        if first is not handler:
            yield warning(f"{handler.name} prefetches the field {handler.field_name}, as does {first.name}.",
                          handler.line, handler=handler.name,
                          hint="A field has one prefetch function; the first is used.")  # fmt: skip
