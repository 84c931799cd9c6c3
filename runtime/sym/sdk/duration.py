"""Durations as Sym writes them: a whole number and a unit, ``30s``, ``10m``, ``1h``, ``7d``, ``1mo`` (30 days)."""

from __future__ import annotations

import re

_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400, "mo": 30 * 86_400}
_GRAMMAR = re.compile(r"\s*([0-9]{1,9})\s*(s|mo|m|h|d|)\s*")


def duration_seconds(text: str | int) -> int:
    """The seconds of a duration. A bare number counts as seconds, as very old configurations wrote it.

    Raises ValueError, saying what the grammar is, for anything else and for zero.
    """
    match = _GRAMMAR.fullmatch(str(text))
    seconds = int(match[1]) * _SECONDS[match[2]] if match else 0
    if seconds <= 0:
        raise ValueError(f"{text!r} is not a duration: write a whole number above 0 and s, m, h, d or mo, like 30m")
    return seconds


def duration_text(seconds: int) -> str:
    """The shortest way to write ``seconds`` in the grammar: 3600 is ``1h``, 90 is ``90s``."""
    for unit in ("mo", "d", "h", "m"):
        if seconds % _SECONDS[unit] == 0:
            return f"{seconds // _SECONDS[unit]}{unit}"
    return f"{seconds}s"
