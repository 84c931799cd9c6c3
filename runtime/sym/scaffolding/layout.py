"""Layout as ``terraform fmt`` has it, as far as it takes to add a line to what others wrote."""

from __future__ import annotations

import re

from sym.scaffolding.reader import Reader, Span, Unreadable

CONTINUED = "\0"
"""Stands for an end of line inside a value while what is around it is laid out."""
_ASSIGNMENT = re.compile(r'([ \t]*)([\w-]+|"[^"]*")[ \t]*=(?![=>])[ \t]*(.*?)([ \t\r]*)')


def aligned(text: str) -> str:
    """``text`` with the equals signs of neighbouring lines in one column."""
    lines = text.split("\n")
    start = 0
    while start < len(lines):
        end = start
        while end < len(lines) and _assignment(lines[end]):
            end += 1
        if end > start:
            lines[start:end] = _group(lines[start:end])
        start = end + 1
    return "\n".join(lines)


def aligned_around(text: str, at: int) -> str:
    """``text`` with the equals sign of the line at position ``at`` in one column with those of its neighbours."""
    lines = text.split("\n")
    start = end = text.count("\n", 0, at)
    while start > 0 and _assignment(lines[start - 1]):
        start -= 1
    while end < len(lines) and _assignment(lines[end]):
        end += 1
    if start < end:
        lines[start:end] = _group(lines[start:end])
    return "\n".join(lines)


def moved(text: str, value: Span, width: int) -> str:
    """A value, for a line that begins with ``width`` spaces: its further lines keep their distance from the first, and
    are joined by :data:`CONTINUED`. What is in a heredoc stays where it is."""
    first, *others = value.of(text).replace("\r\n", "\n").split("\n")
    line = text[text.rfind("\n", 0, value.start) + 1 : value.start]
    by = width - (len(line) - len(line.lstrip()))
    if "<<" in first:
        by = 0
    shifted = [" " * by + one if by > 0 else one[min(-by, len(one) - len(one.lstrip())) :] for one in others]
    return CONTINUED.join([first, *(one.rstrip() if by else one for one in shifted)])


def _assignment(line: str) -> re.Match[str] | None:
    """An attribute that begins and ends on one line."""
    found = _ASSIGNMENT.fullmatch(line)
    if found is None:
        return None
    reader = Reader(found[3])
    try:
        reader.expression(",")
    except Unreadable:
        return None
    return found if "<<" not in found[3] and CONTINUED not in found[3] else None


def _group(lines: list[str]) -> list[str]:
    found = [one for one in map(_assignment, lines) if one is not None]
    width = max(len(one[2]) for one in found)
    return [f"{one[1]}{one[2]:<{width}} = {one[3]}{one[4]}" for one in found]
