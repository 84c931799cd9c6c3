"""What the error logger hears of drift."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sym.store.drift import Finding

MOST_NAMED = 20
HINT = ("Nothing was changed. All of it: symflow leases drift. Whoever should have the access can ask for it; whoever "
        "should not is removed at the service.")  # fmt: skip


def by_environment(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """The findings by the environment whose error logger hears of them, "" for none."""
    found: dict[str, list[Finding]] = {}
    for item in findings:
        found.setdefault(item.place.get("environment_id") or "", []).append(item)
    return found


def report_content(findings: Iterable[Finding]) -> dict[str, Any]:
    """An error report about ``findings``, shaped as :func:`sym.engine.cards.error` has it, without a run."""
    grouped: dict[tuple[str, str], list[Finding]] = {}
    for item in findings:
        grouped.setdefault((item.place_id, item.kind), []).append(item)
    lines = [_line(group) for group in grouped.values()]
    more = len(lines) - MOST_NAMED
    shown = lines[:MOST_NAMED] + ([f"… and {more} more."] if more > 0 else [])
    return {"what": "drift.found", "event": "drift", "user": None, "run": None, "text": "\n".join(shown), "hint": HINT,
            "retry_at": None, "instructions": None}  # fmt: skip


def _line(group: list[Finding]) -> str:
    place, names = group[0].place, [item.identity for item in group]
    shown = ", ".join(names[:MOST_NAMED]) + (f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else "")
    where = f"{place['label']} ({place['integration']['type']} {place['integration']['external_id']})"
    if group[0].kind == "vanished":
        return f"{where}: gone is the access of {shown}, which was approved."
    return f"{where}: nobody approved here the access of {shown}."
