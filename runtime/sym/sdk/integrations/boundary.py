"""HashiCorp Boundary: groups."""
# ruff: noqa: PLC0414 - the aliases mark what this module re-exports

from __future__ import annotations

from typing import Any, cast

from sym.sdk._stubs import stubbed
from sym.sdk.exceptions.boundary import BoundaryError as BoundaryError
from sym.sdk.integrations import _call


@stubbed
def list_groups(
    scope_id: str = "global",
    filter: str | None = None,  # noqa: A002 - the public name
    recursive: bool = False,
) -> list[dict[str, Any]]:
    """Return groups as Boundary describes them.

    Args:
        scope_id: those of this scope.
        filter: an expression of Boundary's filter language.
        recursive: those of the scopes within it too.

    Raises:
        BoundaryError: Boundary failed.
    """
    answer = _call.ask("boundary", "list_groups", scope_id=scope_id, filter=filter, recursive=recursive)
    return cast("list[dict[str, Any]]", answer)


@stubbed
def get_group(group_id: str) -> dict[str, Any]:
    """Return a group as Boundary describes it. Raises ``BoundaryError``."""
    return cast("dict[str, Any]", _call.ask("boundary", "get_group", group_id=group_id))
