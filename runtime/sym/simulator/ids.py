"""Ids that look like Slack's and are the same in every run that does the same things in the same order."""

from __future__ import annotations

import hashlib
from collections import Counter

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Ids:
    """Counts the ids of each kind. Not thread-safe: whoever asks holds the lock of the whole simulator."""

    def __init__(self, seed: str = "sym") -> None:
        self._seed = seed
        self._counts: Counter[str] = Counter()

    def next(self, kind: str, at: str = "") -> str:
        """The next id that begins with ``kind`` (``U``, ``C``, ``V`` …): eleven capitals and digits. ``at``, a moment,
        is for what must be new also after another start."""
        self._counts[kind] += 1
        return kind + _spelled(f"{self._seed}/{kind}/{self._counts[kind]}{at and f'/{at}'}", 10)

    def secret(self, prefix: str, name: str) -> str:
        """A made-up secret (``xoxb-…``): the same for the same seed and name."""
        return prefix + hashlib.sha256(f"{self._seed}/{prefix}/{name}".encode()).hexdigest()[:40]


def _spelled(text: str, length: int) -> str:
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
    letters = ""
    for _ in range(length):
        number, digit = divmod(number, len(_ALPHABET))
        letters += _ALPHABET[digit]
    return "0" + letters[1:]
