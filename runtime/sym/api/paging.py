"""Long lists, a page at a time.

A page says where the next one begins: ``next_cursor``, null after the last. A cursor is the sort key of the last item,
so that what is added or removed meanwhile neither hides nor repeats what was there.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from fastapi import Query
from pydantic import AfterValidator, AwareDatetime

from sym.errors import Invalid

T = TypeVar("T")
_DIGITS = 18  # of a number that every database holds
Limit = Annotated[int, Query(ge=1, le=500, description="How many at most.")]
Cursor = Annotated[str | None, Query(max_length=1024, description="`next_cursor` of the page before.")]


def _in_calendar(when: datetime) -> datetime:
    try:
        return when.astimezone(UTC)
    except OverflowError:
        raise ValueError("that is before or after all calendars") from None


Moment = Annotated[AwareDatetime, AfterValidator(_in_calendar)]
"""A moment in a query: with a zone, and in UTC it is still between the years 1 and 9999."""


def searched(longest: int, description: str, example: str | None = None) -> Any:
    """A query parameter that is looked for as it is. PostgreSQL takes no text with NUL in it."""
    examples = [example] if example else None
    return Query(max_length=longest, pattern=r"^[^\x00]*$", description=description, examples=examples)


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
    if not isinstance(key, list) or len(key) != parts or not all(_is_usable(part) for part in key):
        raise _no_cursor()
    return tuple(key)


def moment_of(text: str) -> datetime:
    """The moment in a part of a cursor, as :meth:`datetime.isoformat` writes it. Raises Invalid for any other text."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise _no_cursor() from None
    if when.tzinfo is None:
        raise _no_cursor()
    try:
        return _in_calendar(when)
    except ValueError:
        raise _no_cursor() from None


def number_of(text: str) -> int:
    """The number in a part of a cursor. Raises Invalid for any other text."""
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise _no_cursor()
    return int(text)


def _is_usable(part: object) -> bool:
    # What no database takes as text is in no cursor of ours.
    return isinstance(part, str) and not any(char == "\0" or "\ud800" <= char <= "\udfff" for char in part)


def _no_cursor() -> Invalid:
    return Invalid("That is no cursor.", hint="Send `next_cursor` as it was given.", path="cursor",
                   code="API:INVALID_REQUEST")  # fmt: skip


def page_of(
    items: Sequence[T], key: Callable[[T], tuple[str, ...]], *, after: tuple[str, ...] | None, limit: int
) -> tuple[list[T], str | None]:
    """A page of ``items``, which are few and sorted by ``key``, and the cursor of the next one (None: that was all).

    What is long is paged by its query; this is for what is read whole anyway.
    """
    rest = [item for item in items if after is None or key(item) > after]
    page = rest[:limit]
    return page, cursor_of(*key(page[-1])) if len(rest) > limit else None
