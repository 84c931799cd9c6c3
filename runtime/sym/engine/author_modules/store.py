"""``sym.sdk.integrations.store``: values of an author's own, by dotted paths. What a path begins with is one row."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sym.engine.author_modules.asked import Arguments, Asked, Function
from sym.sdk.exceptions import SymException
from sym.store import author_values

LONGEST_PATH = 200
MOST_CHARACTERS = 256 * 1024
"""Of all that is below the first part of a path, as JSON."""


def fetch(asked: Asked, arguments: Arguments) -> Any:
    """What was put at ``path``, None if nothing was."""
    name, *rest = _parts(arguments["path"])
    with asked.store.reading() as conn:
        value = author_values.fetch(conn, name)
    for part in rest:
        if value is None:
            return None
        value = _branches(value, arguments["path"]).get(part)
    return value


def put(asked: Asked, arguments: Arguments) -> None:
    """Put ``value`` at ``path``, in place of all that was there."""
    path, value = arguments["path"], arguments.get("value")
    name, *rest = _parts(path)
    with asked.store.transaction() as conn:
        whole = _with(author_values.lock(conn, name, now=asked.clock()), rest, value, path)
        size = len(json.dumps(whole))
        if size > MOST_CHARACTERS:
            raise SymException("Store", "TOO_LARGE", f"What is put below {name!r} has {size} characters as JSON; at "
                               f"most {MOST_CHARACTERS} are kept. Use several names.")  # fmt: skip
        author_values.put(conn, name, whole, now=asked.clock())


FUNCTIONS: Mapping[str, Function] = {"fetch": fetch, "put": put}


def _with(tree: Any, parts: list[str], value: Any, path: str) -> Any:
    if not parts:
        return value
    branches = {} if tree is None else _branches(tree, path)
    return {**branches, parts[0]: _with(branches.get(parts[0]), parts[1:], value, path)}


def _branches(tree: Any, path: str) -> dict[str, Any]:
    if not isinstance(tree, dict):
        raise SymException("Store", "PATH_TAKEN", f"The path {path!r} leads through a plain value. Use another one.")
    return tree


def _parts(path: Any) -> list[str]:
    parts = path.split(".") if isinstance(path, str) and len(path) <= LONGEST_PATH else [""]
    if not all(parts) or not str(path).isprintable():
        raise SymException("Store", "INVALID_PATH", "A path is names with dots between them, such as 'team.oncall', "
                           f"of at most {LONGEST_PATH} characters.")  # fmt: skip
    return parts
