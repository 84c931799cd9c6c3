"""Which types this release carries out, and which it only knows: they can be declared but not used yet.

There is no list: what a shelf item has says whether it is served.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType

from sym import plugins


def _has(name: str, *, or_flag: str = "") -> Callable[[ModuleType], bool]:
    return lambda module: hasattr(module, name) or (bool(or_flag) and getattr(module, or_flag, False) is True)


_SERVES: Mapping[str, Callable[[ModuleType], bool]] = {
    "integrations": _has("connect", or_flag="needs_no_connection"),
    "strategies": _has("Strategy", or_flag="needs_implementation"),
    "log_destinations": _has("Destination"),
    "secret_sources": _has("Source"),
}

SHELVES = tuple(_SERVES)
"""The shelves whose items may be known without being served."""


def is_served(shelf: str, name: str) -> bool:
    """Whether the type ``name`` of ``shelf`` (one of :data:`SHELVES`) can be used; a type that is not on the shelf
    cannot. Raises ValueError for another shelf."""
    if shelf not in _SERVES:
        raise ValueError(f"{shelf} is not a shelf of things that are served")
    is_known = plugins.is_loaded(shelf, name) or name in plugins.names(shelf)
    return is_known and _SERVES[shelf](plugins.load(shelf, name))


def keeps_values(kind: str) -> bool:
    """Whether secret sources of the type ``kind`` have their values in the store, where Terraform puts them. One that
    is not on the shelf does not."""
    shelf = "secret_sources"
    return kind in plugins.names(shelf) and bool(getattr(plugins.load(shelf, kind), "keeps_values", False))


def not_served() -> dict[str, tuple[str, ...]]:
    """The types of every shelf that are known but cannot be used yet, sorted; a shelf without any has an empty
    tuple."""
    return {shelf: tuple(name for name in plugins.names(shelf) if not is_served(shelf, name)) for shelf in _SERVES}
