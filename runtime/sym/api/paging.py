"""Long lists, a page at a time.

A page says where the next one begins: ``next_cursor``, null after the last. A cursor is the sort key of the last item,
so that what is added or removed meanwhile neither hides nor repeats what was there.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

from fastapi import Query

from sym.errors import Invalid

T = TypeVar("T")
Limit = Annotated[int, Query(ge=1, le=500, description="How many at most.")]
Cursor = Annotated[str | None, Query(max_length=1024, description="`next_cursor` of the page before.")]


def cursor_of(*key: str) -> str:
    """The cursor that stands for the sort key of an item."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).rstrip(b"=").decode()


def key_of(cursor: str | None, parts: int) -> tuple[str, ...] | None:
    """The sort key that a cursor stands for, ``parts`` texts; None for no cursor. Raises Invalid for any other text."""
    if cursor is None:
        return None
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        key = None
    if not isinstance(key, list) or len(key) != parts or not all(isinstance(part, str) for part in key):
        raise Invalid("That is no cursor.", hint="Send `next_cursor` as it was given.", path="cursor",
                      code="API:INVALID_REQUEST")  # fmt: skip
    return tuple(key)


def page_of(
    items: Sequence[T], key: Callable[[T], tuple[str, ...]], *, after: tuple[str, ...] | None, limit: int
) -> tuple[list[T], str | None]:
    """A page of ``items``, which are few and sorted by ``key``, and the cursor of the next one (None: that was all).

    What is long is paged by its query; this is for what is read whole anyway.
    """
    rest = [item for item in items if after is None or key(item) > after]
    page = rest[:limit]
    return page, cursor_of(*key(page[-1])) if len(rest) > limit else None
