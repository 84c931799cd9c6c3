"""Bring a stored state to today's schema: run the upgrades, then fit what is left to the attributes there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from sym_provider.framework.diagnostics import Failure, MapKey, Path, error
from sym_provider.framework.schema import Block, State
from sym_provider.framework.values import BOOL, NUMBER, STRING, ListOf, MapOf, ObjectOf, Type, Value, ValueMismatch

Document = dict[str, Any]
"""A stored state as parsed JSON (numbers with a fraction as ``Decimal``)."""

Upgrade = Callable[[Document], Document]


def run_upgrades(upgrades: Mapping[int, Upgrade], document: Document, stored: int, current: int) -> Document:
    """Return the document after every upgrade from version *stored* to version *current*.

    ``upgrades[n]`` makes a document of version n + 1 from one of version n. Raises :class:`Failure` when the document
    is newer than this provider, or when a step is missing.
    """
    if stored > current:
        detail = (
            f"The state has schema version {stored}, this provider knows versions up to {current}. Use a newer one."
        )
        raise Failure(error("State written by a newer provider", detail))
    for version in range(stored, current):
        upgrade = upgrades.get(version)
        if upgrade is None:
            detail = f"This provider cannot read states of schema version {version}. Import the resource again."
            raise Failure(error("State too old", detail))
        document = upgrade(document)
    return document


def fit(block: Block, document: Mapping[str, Any], path: Path = ()) -> State:
    """Return the document as a state of the block.

    What the document does not have becomes null (or no nested blocks), what the schema does not have is dropped, and
    scalars are read leniently, as earlier providers wrote them: "true" as a bool, "5" as a number, 5 as a string.
    Raises :class:`ValueMismatch` with the path of a value that cannot be read as its type.
    """
    state: State = {}
    for attribute in block.attributes:
        name = attribute.name
        state[name] = coerce(attribute.type, document.get(name), (*path, name))
    for nested in block.blocks:
        state[nested.name] = [
            fit(nested, element, step) for element, step in _block_elements(document, nested.name, path)
        ]
    return state


def _block_elements(document: Mapping[str, Any], name: str, path: Path) -> Iterator[tuple[Mapping[str, Any], Path]]:
    elements = document.get(name)
    if elements is None:
        return
    if not isinstance(elements, list):
        raise ValueMismatch((*path, name), "a list of blocks is required")
    for index, element in enumerate(elements):
        step = (*path, name, index)
        if not isinstance(element, Mapping):
            raise ValueMismatch(step, "a block is required")
        yield element, step


def coerce(kind: Type, value: Value, path: Path = ()) -> Value:
    """Read one stored value as the type; see :func:`fit` for how leniently."""
    if value is None:
        return None
    if isinstance(kind, ListOf) and isinstance(value, list):
        return [coerce(kind.element, element, (*path, index)) for index, element in enumerate(value)]
    if isinstance(kind, MapOf) and isinstance(value, Mapping):
        return {key: coerce(kind.element, element, (*path, MapKey(key))) for key, element in value.items()}
    if isinstance(kind, ObjectOf) and isinstance(value, Mapping):
        return {name: coerce(inner, value.get(name), (*path, name)) for name, inner in kind.attributes.items()}
    return kind.conform(_coerce_scalar(kind, value), path)


def _coerce_scalar(kind: Type, value: Value) -> Value:
    if kind is STRING and isinstance(value, bool):
        return "true" if value else "false"
    if kind is STRING and isinstance(value, int | float | Decimal):
        return str(value)
    if kind in (BOOL, NUMBER) and value == "":
        return None  # SDKv2's way to write an unset scalar inside a map
    if kind is BOOL and isinstance(value, str):
        return {"true": True, "1": True, "false": False, "0": False}.get(value.lower(), value)
    return value
