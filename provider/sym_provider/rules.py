"""What is checked at plan, beyond the types of values, and how old state is brought forward.

Code is read, never run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sym import plugins
from sym.implementation import Problem, read_implementation, read_on_change, read_strategy_code
from sym.sdk.duration import duration_seconds
from sym_provider import code
from sym_provider.framework.diagnostics import Diagnostic, Path, error, warning
from sym_provider.framework.schema import State
from sym_provider.framework.values import is_unknown


def check(name: str, config: State) -> Iterator[Diagnostic]:
    """What is wrong with the configuration of ``sym_<name>``; unknown values are passed over."""
    if name == "flow":
        yield from _check_flow(config)
    if name == "strategy" and config.get("type") == "custom":
        yield from _check_strategy(config)


def upgrades(name: str, version: int) -> dict[int, Callable[[dict[str, Any]], dict[str, Any]]]:
    """The ``upgrade_<n>`` functions of a resource's module, by the version they start from."""
    module = plugins.load("resources", name)
    found = {step: getattr(module, f"upgrade_{step}", None) for step in range(version)}
    return {step: function for step, function in found.items() if function is not None}


def _check_flow(config: State) -> Iterator[Diagnostic]:
    yield from _code(
        config.get("implementation"), ("implementation",), "impl.py", lambda text: read_implementation(text).problems
    )
    params = config.get("params")
    if is_unknown(params):
        return
    for index, block in enumerate(params or []):
        yield from _check_params(block, ("params", index))


def _check_params(params: State, path: Path) -> Iterator[Diagnostic]:
    if params.get("allow_revoke") is False and params.get("schedule_deescalation") is False:
        detail = "Access could never end: at least one of allow_revoke and schedule_deescalation must be true."
        yield error("Access without an end", detail, (*path, "allow_revoke"))
    fields = params.get("prompt_field")
    if is_unknown(fields):
        return
    for index, field in enumerate(fields or []):
        yield from _check_prompt_field(field, (*path, "prompt_field", index))


def _check_prompt_field(field: State, path: Path) -> Iterator[Diagnostic]:
    name = field.get("name")
    on_change = field.get("on_change")
    if isinstance(name, str) and on_change != "":
        yield from _code(
            on_change,
            (*path, "on_change"),
            f"on_change of {name}",
            lambda text: read_on_change(text, name).problems,
        )
    values = field.get("allowed_values")
    if field.get("type") != "duration" or is_unknown(values):
        return
    for index, value in enumerate(values or []):
        if not isinstance(value, str):
            continue
        try:
            duration_seconds(value)
        except ValueError as problem:
            yield error("Invalid duration", f"{problem}.", (*path, "allowed_values", index))


def _check_strategy(config: State) -> Iterator[Diagnostic]:
    implementation = config.get("implementation")
    if implementation in (None, ""):
        detail = 'A strategy of type "custom" needs an implementation: the path or the text of a Python file with an '
        detail += "AccessStrategy subclass."
        yield error("Missing implementation", detail, ("implementation",))
        return
    yield from _code(implementation, ("implementation",), "strategy.py", lambda text: read_strategy_code(text).problems)


def _code(value: Any, path: Path, source: str, read: Callable[[str], Iterable[Problem]]) -> Iterator[Diagnostic]:
    if not isinstance(value, str):
        return
    text = code.source_of(value)
    if code.is_path(value) and text == value:
        return  # reported by the attribute's own check
    name = value if code.is_path(value) else source
    for problem in read(text):
        place = f"Line {problem.line} of {name}: " if problem.line else f"In {name}: "
        if problem.severity == "error":
            yield error("Invalid Python source", f"{place}{problem.message}\n\n{problem.hint}".strip(), path)
        else:
            # Terraform shows only the first of several warnings with the same summary.
            yield warning(problem.message.rstrip("."), f"{place}{problem.hint or problem.message}", path)
