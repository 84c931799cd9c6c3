"""What is checked at plan, beyond the types of values, and how old state is brought forward.

Code is read, never run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sym import plugins
from sym.implementation import read_flows_filter, read_strategy_code
from sym_provider.framework.diagnostics import Diagnostic, error
from sym_provider.framework.schema import State
from sym_provider.repository import Document
from sym_provider.rules import secret, typed
from sym_provider.rules.author_code import check_code
from sym_provider.rules.flow import check_flow

_CODE = ("implementation",)


def check(name: str, config: State) -> Iterator[Diagnostic]:
    """What is wrong with the configuration of ``sym_<name>``; unknown values are passed over."""
    if name == "flow":
        yield from check_flow(config)
    yield from typed.check(name, config)
    if name == "flows_filter":
        yield from check_code(
            config.get("implementation"), _CODE, "the flows filter", lambda text: read_flows_filter(text).problems
        )
    if name == "strategy" and config.get("type") == "custom":
        yield from _check_strategy(config)


def check_change(
    name: str, config: State, prior: State | None, find: Callable[[str, str], Document | None]
) -> Iterator[Diagnostic]:
    """What is wrong with the plan for ``sym_<name>``, given what is stored.

    ``find`` gives a resource's document by name and id; ``prior`` is None when it will be created.
    """
    if name == "secret":
        yield from secret.check_change(config, prior, find)


def upgrades(name: str, version: int) -> dict[int, Callable[[dict[str, Any]], dict[str, Any]]]:
    """The ``upgrade_<n>`` functions of a resource's module, by the version they start from."""
    module = plugins.load("resources", name)
    found = {step: getattr(module, f"upgrade_{step}", None) for step in range(version)}
    return {step: function for step, function in found.items() if function is not None}


def _check_strategy(config: State) -> Iterator[Diagnostic]:
    implementation = config.get("implementation")
    if implementation in (None, ""):
        detail = 'A strategy of type "custom" needs an implementation: the path or the text of a Python file with an '
        detail += "AccessStrategy subclass."
        yield error("Missing implementation", detail, _CODE)
        return
    yield from check_code(implementation, _CODE, "strategy.py", lambda text: read_strategy_code(text).problems)
