"""The guide that lists every ``type`` with its settings: what the shelves of ``sym`` say, plug-ins included."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from sym import plugins, serving
from sym.sdk.schema import Field, fields
from sym_provider.reference.sections import details, front_matter
from sym_provider.schemas import description_of

TITLE = "Types and their settings"

SHELF_OF = {
    "integration": "integrations",
    "strategy": "strategies",
    "target": "strategies",
    "log_destination": "log_destinations",
    "secrets": "secret_sources",
}
"""The shelf that has the types of a resource. Those of targets are told with the strategies."""

_SINGULAR = {
    "integrations": ("Integration", "integration"),
    "strategies": ("Strategy", "strategy"),
    "log_destinations": ("Log destination", "log_destination"),
    "secret_sources": ("Secret source", "secrets"),
}
_INTRODUCTION = """Every `type` this release knows. A type or setting it does not know is a warning at plan, never an
error: it may be a plug-in's that is installed where flows run. A required setting that is missing is an error.

Settings are text: Terraform turns numbers and booleans into it. A setting that is null or empty is one that is not set.
Where a setting takes an id, write a reference, such as `sym_secret.example.id`.

A type that is *not served yet* can be declared, planned and applied, but not used: a request that needs it fails with
an error that names the type. `symflow doctor` lists them."""


def anchor(shelf: str) -> str:
    """The anchor of a shelf's section."""
    return shelf.replace("_", "-")


def types_guide() -> str:
    """The page."""
    parts = [front_matter(TITLE, "Every type of integration, strategy, target, log destination and secret source.")]
    parts += [f"# {TITLE}", _INTRODUCTION]
    for shelf in _SINGULAR:
        parts += _shelf(shelf)
    return "\n\n".join(parts) + "\n"


def _shelf(shelf: str) -> Iterator[str]:
    heading = shelf.replace("_", " ").capitalize()
    resource = _SINGULAR[shelf][1]
    yield f"## {heading}"
    yield f"The types of [`sym_{resource}`](../resources/{resource}.md)."
    if shelf == "strategies":
        yield "The target types of a strategy are the types of [`sym_target`](../resources/target.md)."
        yield "\n".join(_table_of_strategies())
    for name in plugins.names(shelf):
        yield from _item(shelf, name)


def _table_of_strategies() -> Iterator[str]:
    yield "| Strategy | Integration | Targets |"
    yield "| --- | --- | --- |"
    for name in plugins.names("strategies"):
        module = plugins.load("strategies", name)
        targets = ", ".join(f"`{target}`" for target in module.targets)
        yield f"| `{name}` | {_integration(module)} | {targets} |"


def _item(shelf: str, name: str) -> Iterator[str]:
    module = plugins.load(shelf, name)
    singular = _SINGULAR[shelf][0]
    yield f"### {singular} `{name}`"
    yield _page(module)
    if not serving.is_served(shelf, name):
        yield "*Not served yet.*"
    if hasattr(module, "external_id"):
        yield f"`external_id`: {module.external_id}"
    if hasattr(module, "integration"):
        yield f"Integration: {_integration(module)}."
    yield from _settings(module.Settings)
    for target, declared in getattr(module, "targets", {}).items():
        yield f"#### Target `{target}`"
        yield from _settings(declared)
        yield from _multiple(declared, module.multiple)


def _page(module: ModuleType) -> str:
    """The module's docstring as Markdown, without the type it begins with."""
    text = re.sub(r'^``type = "\w+"``: ', "", (module.__doc__ or "").strip())
    text = re.sub(r"``(.+?)``", r"`\1`", text)
    return text[:1].upper() + text[1:]


def _integration(module: ModuleType) -> str:
    optional = getattr(module, "integration_optional", False)
    if module.integration is None:
        return "any, or none" if optional else "any"
    return f"`{module.integration}`{', or none' if optional else ''}"


def _settings(declared: type[Any]) -> Iterator[str]:
    yield description_of(declared)
    for heading, wanted in (("Required", True), ("Optional", False)):
        items = [_setting(field) for field in fields(declared) if field.required is wanted]
        if items:
            yield f"{heading}:\n\n" + "\n".join(items)
    for group in getattr(declared, "one_of", ()):
        yield f"One of {', '.join(f'`{name}`' for name in group)} is needed."
    if getattr(declared, "takes_any_setting", False):
        yield "Any other setting is handed on as it is."


def _setting(field: Field) -> str:
    return f"- `{field.name}` {' '.join([field.declaration.description, *details(field)])}"


def _multiple(declared: type[Any], multiple: frozenset[str]) -> Iterator[str]:
    names = [f"`{field.name}`" for field in fields(declared) if field.name in multiple]
    if names:
        yield f"May be bound to a prompt field of a list type: {', '.join(names)}."
