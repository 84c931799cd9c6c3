"""What must never be read in a log: secrets' values, tokens, passwords in addresses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

MASK = "••••"
SHORTEST_SECRET = 4
"""Shorter values are not masked: every other word would contain them."""

_BEARER = re.compile(r"(?i)\b(bearer|basic)(\s+)[A-Za-z0-9._~+/=-]{8,}")
_JWT = re.compile(r"\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
_PASSWORD = re.compile(r"(://[^\s:/@]*:)[^\s@/]+(?=@)")

_IN_HAND: ContextVar[set[str] | None] = ContextVar("sym_secrets_in_hand", default=None)


@contextmanager
def forgetting() -> Iterator[None]:
    """Forget at the end of the block what :func:`remember` was told in it: values are kept for as long as the work that
    uses them, and no longer."""
    reset = _IN_HAND.set(set())
    try:
        yield
    finally:
        _IN_HAND.reset(reset)


def remember(secret: str) -> None:
    """Mask ``secret`` in whatever is logged in the present block of :func:`forgetting`; nothing outside of one."""
    in_hand = _IN_HAND.get()
    if in_hand is not None:
        in_hand.add(secret)


def mask(text: str, secrets: Iterable[str]) -> str:
    """``text`` with every value of ``secrets`` replaced, the longest first."""
    pattern = _pattern(secrets)
    return pattern.sub(MASK, text) if pattern else text


def _pattern(secrets: Iterable[str]) -> re.Pattern[str] | None:
    # Errors and documents often hold a value as Python or JSON writes it.
    written = {
        form
        for secret in secrets
        if len(secret) >= SHORTEST_SECRET
        for form in (secret, repr(secret)[1:-1], json.dumps(secret)[1:-1])
    }
    return re.compile("|".join(map(re.escape, sorted(written, key=len, reverse=True)))) if written else None


class Redactor:
    """Clears values of ``secrets``, of secrets in hand, and of everything that looks like a token or a password."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._pattern = _pattern(secrets)

    def text(self, text: str) -> str:
        """One text."""
        if self._pattern is not None:
            text = self._pattern.sub(MASK, text)
        if in_hand := _IN_HAND.get():
            text = mask(text, in_hand)
        # The beginnings are looked for first: most lines have none, and this is done for every text of every line.
        if " " in text:
            text = _BEARER.sub(rf"\1\2{MASK}", text)
        if "eyJ" in text:
            text = _JWT.sub(MASK, text)
        return _PASSWORD.sub(rf"\1{MASK}", text) if "://" in text else text

    def value(self, value: Any) -> Any:
        """A value that is about to be written as JSON: every text in it, keys aside. What JSON has no word for becomes
        its text."""
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, dict):
            return {str(key): self.value(item) for key, item in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self.value(item) for item in value]
        return self.text(value if isinstance(value, str) else str(value))
