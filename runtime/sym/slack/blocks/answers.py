"""What somebody answered in a form, as others see it: short answers in pairs, long ones in sections of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sym.slack.blocks.elements import Block, context, pairs, section
from sym.slack.blocks.text import NOTHING, clean, duration, marked, quoted, slack_user

Document = Mapping[str, Any]

_SHORT = 60
_LONGEST_SHORT = 300
_LONGEST = 2500
# Slack refuses messages whose blocks hold some 13,000 characters in all, whatever each may hold.
_MOST_TEXT = 8000
_MOST_LONG = 25
_REASONS = ("reason", "justification", "why", "description", "details", "comment", "explanation", "notes", "message")


def is_reason(name: str, label: str) -> bool:
    """Whether a text field asks for more than a word, going by what it is called."""
    words = {*name.lower().replace("-", "_").split("_"), *label.lower().strip(" ?:.").split()}
    return any(word in words for word in _REASONS)


def answers(fields: Sequence[Document], *, before: Sequence[str] = ()) -> list[Block]:
    """The blocks for a summary's ``fields``: at most some thirty. ``before``: pairs (escaped mrkdwn) to begin with."""
    short = list(before)
    long: list[Block] = []
    room = _MOST_TEXT
    left_out = 0
    for field in fields:
        is_long = _is_long(field)
        text = _long(field, min(room, _LONGEST)) if is_long else _short(field)
        room -= len(text)
        if room <= 0 or (is_long and len(long) >= _MOST_LONG):
            left_out += 1
        elif is_long:
            long.append(section(text))
        else:
            short.append(text)
    more = [context(f"and {left_out} more {'answer' if left_out == 1 else 'answers'}")] if left_out else []
    return [*pairs(short), *long, *more]


def _is_long(field: Document) -> bool:
    value = field.get("value")
    if field.get("type") == "string" and isinstance(value, str):
        is_asked = is_reason(str(field.get("name") or ""), str(field.get("label") or ""))
        return is_asked or len(value) > _SHORT or "\n" in value.strip()
    return isinstance(value, list) and len(_listed(field, _LONGEST)) > _LONGEST_SHORT


def _short(field: Document) -> str:
    return f"*{_label(field)}*\n{shown(field)}"


def _long(field: Document, limit: int) -> str:
    value = field.get("value")
    text = _listed(field, limit) if isinstance(value, list) else quoted(value, max(limit, 10))
    return f"*{_label(field)}*\n{text}"


def _label(field: Document) -> str:
    # A star in a label would end its bold.
    return marked(str(field.get("label") or field.get("name") or "").replace("*", ""), 150)


def shown(field: Document) -> str:
    """One answer as a line of mrkdwn."""
    value = field.get("value")
    if isinstance(value, list):
        return _listed(field, _LONGEST_SHORT)
    return _one(field.get("type"), value)


def _listed(field: Document, limit: int) -> str:
    parts: list[str] = []
    value = list(field["value"])
    for count, item in enumerate(value):
        part = _one(field.get("type"), item)
        if parts and len(", ".join([*parts, part])) > limit:
            return f"{', '.join(parts)} and {len(value) - count} more"
        parts.append(part)
    return ", ".join(parts) or NOTHING


def _one(kind: Any, value: Any) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if str(kind).startswith("slack_user"):
        return slack_user(value)
    if kind == "duration":
        return duration(value)
    return marked(clean(value), _LONGEST_SHORT)
