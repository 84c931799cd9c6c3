"""What a file of authors' code is for, told from what it defines, else from its name; and reading it as that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePath
from typing import Literal

from sym.implementation.flow_code import read_flows_filter, read_implementation
from sym.implementation.on_change_code import ON_CHANGE_PREFIX, read_on_change
from sym.implementation.problems import Problem, error
from sym.implementation.source_tree import functions, parse
from sym.implementation.strategy_code import defines_strategy, read_strategy_code
from sym.implementation.vocabulary import FLOWS_FILTER, HOOKS, REDUCERS

SourceKind = Literal["flow", "strategy", "on_change", "flows_filter"]
SOURCE_KINDS: tuple[SourceKind, ...] = ("flow", "strategy", "on_change", "flows_filter")


def guess_kind(filename: str, source: str) -> SourceKind:
    """What the source is for. What it defines counts before what the file is called; without either it is a flow's."""
    tree = parse(source)
    if not isinstance(tree, Problem):
        defined = {function.name for function in functions(tree)}
        if defines_strategy(tree):
            return "strategy"
        if defined & (HOOKS.keys() | REDUCERS.keys()):
            return "flow"
        if defined & FLOWS_FILTER.keys():
            return "flows_filter"
        if any(name.startswith(ON_CHANGE_PREFIX) for name in defined):
            return "on_change"
    return _by_name(PurePath(filename).stem.lower())


def _by_name(stem: str) -> SourceKind:
    if "on_change" in stem or "onchange" in stem:
        return "on_change"
    if "filter" in stem or "get_flows" in stem:
        return "flows_filter"
    return "strategy" if "strategy" in stem else "flow"


def read_problems(kind: SourceKind, source: str) -> tuple[Problem, ...]:
    """What is wrong with source of this kind, in order of lines; what a plan says of it. Never raises.

    Code of ``on_change`` is read for the fields that its functions are named for, because no form is at hand.
    """
    return tuple(_READERS[kind](source))


def _read_on_change(source: str) -> Iterable[Problem]:
    tree = parse(source)
    if isinstance(tree, Problem):
        return [tree]
    names = list(dict.fromkeys(f.name for f in functions(tree) if f.name.startswith(ON_CHANGE_PREFIX)))
    if not names:
        hint = "Define on_change_<field>(username, form) for the prompt field it belongs to."
        return [error("There is no function whose name begins with on_change_.", 0, hint=hint)]
    fields = (name.removeprefix(ON_CHANGE_PREFIX) for name in names)
    found = [problem for field in fields for problem in read_on_change(source, field).problems]
    return sorted(found, key=lambda problem: problem.line)


_READERS: Mapping[SourceKind, Callable[[str], Iterable[Problem]]] = {
    "flow": lambda source: read_implementation(source).problems,
    "flows_filter": lambda source: read_flows_filter(source).problems,
    "on_change": _read_on_change,
    "strategy": lambda source: read_strategy_code(source).problems,
}
