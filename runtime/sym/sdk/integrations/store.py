"""A small store of an author's own: values by dotted paths."""

from __future__ import annotations

from typing import Any

from sym.sdk._stubs import stubbed
from sym.sdk.integrations import _call


@stubbed
def fetch(path: str) -> Any:
    """Return what was put at the path. Raises ``KeyError`` if the path leads through a plain value."""
    return _call.ask("store", "fetch", path=path)


@stubbed
def put(path: str, value: Any) -> None:
    """Put a value JSON can hold at the path. Raises ``KeyError`` if the path leads through a plain value."""
    _call.ask("store", "put", path=path, value=value)
