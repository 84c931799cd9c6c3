"""From a type's name to the module that serves it: ``okta`` on the shelf ``strategies`` is ``sym.strategies.okta``.

There is no registry and no list. Third parties add items with an entry point in the group ``sym.<shelf>``.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import importlib.util
import os
import pkgutil
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from sym.errors import NotFound

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

SHELVES = ("resources", "strategies", "integrations", "secret_sources", "log_destinations")

# The name comes from a user's Terraform: nothing but these letters may reach the import system.
_NAME = re.compile(r"[a-z0-9][a-z0-9_]*")


def load(shelf: str, name: str) -> ModuleType:
    """The module that serves the type ``name`` on ``shelf``. Raises NotFound naming the types there are."""
    if shelf not in SHELVES:
        raise ValueError(f"{shelf} is not a shelf")
    if _NAME.fullmatch(name):
        if is_loaded(shelf, name) or importlib.util.find_spec(f"sym.{shelf}.{name}"):
            return importlib.import_module(f"sym.{shelf}.{name}")
        for entry in _installed(shelf):
            module = entry.load() if entry.name == name else None
            if isinstance(module, ModuleType):
                return module
    raise NotFound(f"There is no {shelf} type {name!r}.", hint=f"Known types: {', '.join(names(shelf))}.")


def is_loaded(shelf: str, name: str) -> bool:
    """Whether the built-in item is loaded already; that is known without a look at the disk."""
    return f"sym.{shelf}.{name}" in sys.modules


def names(shelf: str) -> tuple[str, ...]:
    """The names of every item on ``shelf``, built-in and installed, sorted."""
    package = importlib.import_module(f"sym.{shelf}")
    found = {module.name for module in pkgutil.iter_modules(package.__path__) if not module.name.startswith("_")}
    return tuple(sorted(found | {entry.name for entry in _installed(shelf)}))


@functools.cache
def _installed(shelf: str) -> tuple[EntryPoint, ...]:
    """What third parties have added. What is installed does not change while a process runs, and finding out means
    opening a file of every package there is."""
    group = f"sym.{shelf}"
    if not any(group in text for text in _entry_point_files()):
        return ()
    from importlib.metadata import entry_points

    return tuple(entry_points(group=group))


def _entry_point_files() -> Iterator[str]:
    """The texts that packages describe their entry points in. importlib.metadata would read them too, but the import of
    it alone takes several times as long, and next to nobody has a plug-in."""
    for entry in sys.path:
        with contextlib.suppress(OSError), os.scandir(entry or ".") as found:  # it may be a zip, or not be there
            folders = [item.path for item in found if item.name.endswith((".dist-info", ".egg-info"))]
            for folder in folders:
                with contextlib.suppress(OSError):
                    yield Path(folder, "entry_points.txt").read_text(encoding="utf-8", errors="replace")
