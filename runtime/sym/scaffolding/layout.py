"""Layout as ``terraform fmt`` has it, as far as it takes to add a line to what others wrote."""

from __future__ import annotations

import re

from sym.scaffolding.hcl import Reader, Unreadable

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
    return found if "<<" not in found[3] else None


def _group(lines: list[str]) -> list[str]:
    found = [one for one in map(_assignment, lines) if one is not None]
    width = max(len(one[2]) for one in found)
    return [f"{one[1]}{one[2]:<{width}} = {one[3]}{one[4]}" for one in found]
