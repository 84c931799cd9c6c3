"""What fits together and what does not, across resources: looked up when one of them is stored.

The original stored whatever it was given, and old configurations apply unchanged: everything here is a warning, at the
attribute that is meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sym import plugins
from sym_provider.framework.diagnostics import Diagnostic, Path, warning
from sym_provider.repository import Document
from sym_provider.rules.integrations import check_fit

Find = Callable[[str, str], Document | None]
"""Takes a resource's name and id; gives its document, None if it is gone."""


def check(name: str, document: Document, find: Find) -> Iterator[Diagnostic]:
    """What does not fit in the document of ``sym_<name>`` that is about to be stored."""
    if name == "strategy":
        yield from _check_strategy(document, find)
    if name == "flow":
        yield from _check_flow(document, find)
    if name in ("environment", "flows_filter"):
        yield from check_fit(document, find)


def _check_strategy(document: Document, find: Find) -> Iterator[Diagnostic]:
    kind = str(document.get("type"))
    if kind not in plugins.names("strategies"):
        return
    module: Any = plugins.load("strategies", kind)
    integration = find("integration", document["integration_id"]) if document.get("integration_id") else None
    if integration and module.integration and integration["type"] != module.integration:
        detail = f'A strategy of type "{kind}" works with an integration of type "{module.integration}", '
        detail += f'and this one is of type "{integration["type"]}".'
        yield warning("The integration does not fit the strategy", detail, ("integration_id",))
    for index, target_id in enumerate(document.get("targets") or []):
        target = find("target", target_id)
        if target and target["type"] not in module.targets:
            known = ", ".join(module.targets) or "none"
            detail = f'A strategy of type "{kind}" knows targets of type {known}; "{target["name"]}" is of type '
            detail += f'"{target["type"]}".'
            yield warning("A target does not fit the strategy", detail, ("targets", index))


def _check_flow(document: Document, find: Find) -> Iterator[Diagnostic]:
    for index, params in enumerate(document.get("params") or []):
        strategy = find("strategy", params["strategy_id"]) if params.get("strategy_id") else None
        if strategy is not None:
            yield from _check_bindings(params, strategy, find, ("params", index, "strategy_id"))


def _check_bindings(params: Document, strategy: Document, find: Find, path: Path) -> Iterator[Diagnostic]:
    """A setting that is bound to a field is empty unless the form has the field."""
    asked = {field["name"]: field["type"] for field in params.get("prompt_field") or []}
    kind = strategy["type"]
    multiple = plugins.load("strategies", kind).multiple if kind in plugins.names("strategies") else frozenset(asked)
    for target_id in strategy.get("targets") or []:
        target = find("target", target_id) or {}
        for name in target.get("field_bindings") or []:
            where = f'The target "{target["name"]}" takes its setting "{name}" from the prompt field of that name, '
            if name not in asked:
                detail = f"{where}and this flow has no such field."
                yield warning(f"A field for {name} is missing", detail, path)
            elif asked[name].endswith("_list") and name not in multiple:
                detail = f'{where}which is a list: a strategy of type "{kind}" takes one value there.'
                yield warning(f"The field {name} has too many values", detail, path)
