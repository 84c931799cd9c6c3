"""The function that runs when a field of the request form changes."""

from __future__ import annotations

import ast
import dataclasses
import difflib

from sym.implementation.arity import accepts, call_shape
from sym.implementation.imported_names import name_problems
from sym.implementation.problems import Problem, error
from sym.implementation.source_tree import Names, functions, parse
from sym.implementation.vocabulary import ON_CHANGE


@dataclasses.dataclass(frozen=True, kw_only=True)
class OnChangeCode:
    """``function`` is the name the function must have, ``line`` that of its definition (0 if there is none)."""

    function: str
    line: int
    problems: tuple[Problem, ...]


def on_change_name(field_name: str) -> str:
    """The function for a prompt field: dashes in the field's name become underscores."""
    return f"on_change_{field_name.replace('-', '_')}"


def read_on_change(source: str, field_name: str) -> OnChangeCode:
    """Read the ``on_change`` source of the prompt field ``field_name``, without running it. Never raises.

    It must define ``on_change_<field>``, undecorated, with two arguments: the user's e-mail address and the form.
    """
    name = on_change_name(field_name)
    tree = parse(source)
    if isinstance(tree, Problem):
        return OnChangeCode(function=name, line=0, problems=(tree,))
    defined = {function.name: function for function in functions(tree)}
    shape = call_shape(name, ON_CHANGE)
    found = defined.get(name)
    if found is None:
        near = difflib.get_close_matches(name, defined, n=1)
        problem = error(f"There is no function {name}.", defined[near[0]].lineno if near else 0, handler=name,
                        hint=f"Rename {near[0]} to {name}." if near else f"Define it: {shape}:")  # fmt: skip
        return OnChangeCode(function=name, line=0, problems=(problem,))
    problems = tuple(name_problems(tree, Names(tree)))
    if isinstance(found, ast.AsyncFunctionDef):
        problems += (error(f"{name} is an async function, and it is called without await.", found.lineno, handler=name,
                          hint="Define it with def."),)  # fmt: skip
    elif not accepts(found, len(ON_CHANGE)):
        problems += (error(f"{name} cannot be called with ({', '.join(ON_CHANGE)}).", found.lineno, handler=name,
                          hint=f"Begin it with: {shape}:"),)  # fmt: skip
    return OnChangeCode(function=name, line=found.lineno, problems=problems)
