"""A small store of an author's own: values by dotted paths."""

from __future__ import annotations

from typing import Any

from sym.sdk._stubs import stubbed
from sym.sdk.exceptions.sym_exception import SymException as _SymException
from sym.sdk.integrations import _call

_PATH_TAKEN = "Store:PATH_TAKEN"
"""The host's code for a path that leads through a plain value; authors expect a ``KeyError``."""


@stubbed
def fetch(path: str) -> Any:
    """Return what was put at the path. Raises ``KeyError`` if the path leads through a plain value."""
    return _ask("fetch", path=path)


@stubbed
def put(path: str, value: Any) -> None:
    """Put a value JSON can hold at the path. Raises ``KeyError`` if the path leads through a plain value."""
    _ask("put", path=path, value=value)


def _ask(function: str, **arguments: Any) -> Any:
    try:
        return _call.ask("store", function, **arguments)
    except _SymException as error:
        if error.error_code == _PATH_TAKEN:
            raise KeyError(error.message) from error
        raise
