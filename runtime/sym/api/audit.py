"""Pages of the audit log."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from sym.api.paging import cursor_of, key_of, number_of

Entries = list[dict[str, Any]]
After = Annotated[
    int, Query(ge=0, le=2**62, description="The sequence number to continue after; `cursor` does the same.")
]


def continued(after: int, cursor: str | None) -> int:
    """The sequence number a page begins after. Raises Invalid for what is no cursor."""
    key = key_of(cursor, 1)
    return number_of(key[0]) if key else after


def cut(found: Entries, limit: int) -> tuple[Entries, str | None, int | None]:
    """A page of ``limit`` entries of one more that were read, and where the next one begins: its cursor, and the
    sequence number it comes after. None if that was all."""
    if len(found) <= limit:
        return found, None, None
    last = found[limit - 1]["sequence"]
    return found[:limit], cursor_of(str(last)), last
