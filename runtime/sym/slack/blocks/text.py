"""Text for Slack: what people wrote is shown as they wrote it, and as nothing else.

``&``, ``<`` and ``>`` are escaped, so nobody notifies a channel or disguises a link through the reason of a request.
Lengths are counted in UTF-16 units, escaped: the most that Slack could make of it. Nothing is ever empty.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

Mention = Callable[[Mapping[str, Any]], str]
"""A person (``{"user_id", "username", "email", "name"}``) as mrkdwn: ``<@U1>``, or an escaped name."""

NOTHING = "—"
_MORE = "…"
# Marks that reverse or isolate the direction of text: with them a text reads differently from what it is.
_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_TOKEN = re.compile(r"https?://[^\s<>|\"'`*_~]+[^\s<>|\"'`*_~.,;:!?()\[\]{}]|.", re.DOTALL)
_SLACK_ID = re.compile(r"[UW][A-Z0-9]{1,30}")
_CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{1,30}")
_UNITS = ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))
_MOST_SECONDS = 120


def size(text: str) -> int:
    """How long Slack may find ``text``."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def escape(text: str) -> str:
    """``text`` as mrkdwn that mentions nobody and links nowhere."""
    return "".join(_ESCAPES.get(char, char) for char in clean(text))


def clean(text: Any) -> str:
    """``text`` without what cannot be seen: control characters and marks of direction. Lines end with ``\\n``."""
    return "".join(_seen(char) for char in str(text).replace("\r\n", "\n").replace("\t", " "))


def _seen(char: str) -> str:
    category = unicodedata.category(char)
    if char in "\n\r" or category in ("Zl", "Zp"):
        return "\n"
    if category == "Cs":
        return "\ufffd"
    return "" if category == "Cc" or char in _DIRECTION else char


def plain(text: Any, limit: int) -> str:
    """One line for a plain text object, which Slack shows as it is."""
    return _taken(" ".join(clean(text).split()), limit, str) or NOTHING


def marked(text: Any, limit: int) -> str:
    """One line of mrkdwn for what somebody wrote. Web addresses can be followed, and show where they lead."""
    return _taken(" ".join(clean(text).split()), limit, _link) or NOTHING


def quoted(text: Any, limit: int) -> str:
    """What somebody wrote, as a quotation that keeps its lines."""
    lines = re.sub(r"\n{3,}", "\n\n", clean(text).strip())
    return f"> {_taken(lines, limit - 2, _quoted_link) or NOTHING}"


def _taken(text: str, limit: int, rendered: Callable[[str], str]) -> str:
    """As much of ``text`` as fits, token by token, so that no entity and no link is cut in two."""
    parts: list[str] = []
    used = 0
    for match in _TOKEN.finditer(text):
        whole = rendered(match[0])
        for part in (whole,) if used + size(whole) <= limit else map(rendered, match[0]):
            used += size(part)
            parts.append(part)
            if used > limit:
                return _with_ellipsis(parts, limit)
    return "".join(parts)


def _with_ellipsis(parts: list[str], limit: int) -> str:
    # Neither a space nor the mark of a line that is quoted may be what is left at the end.
    while parts and (size("".join(parts)) >= limit or not parts[-1].strip("\n> ")):
        parts.pop()
    return f"{''.join(parts)}{_MORE}"


def _link(token: str) -> str:
    escaped = "".join(_ESCAPES.get(char, char) for char in token)
    return f"<{escaped}>" if len(token) > 1 else escaped


def _quoted_link(token: str) -> str:
    is_line_end = token == "\n"  # noqa: S105 - no password
    return "\n> " if is_line_end else _link(token)


def shortened(mrkdwn: str, limit: int) -> str:
    """Ready mrkdwn cut to ``limit``, before any entity or link that would be cut in two."""
    if size(mrkdwn) <= limit:
        return mrkdwn
    cut = mrkdwn.encode("utf-16-le", "surrogatepass")[: (limit - 1) * 2].decode("utf-16-le", "ignore")
    for opening, closing in (("<", ">"), ("&", ";")):
        start = cut.rfind(opening)
        is_open = start >= 0 and closing not in cut[start:]
        # A lone & is no entity: they are at most five characters long.
        if is_open and (opening == "<" or len(cut) - start < len("&amp;")):
            cut = cut[:start]
    return f"{cut.rstrip()}{_MORE}"


def who(person: Mapping[str, Any] | None, mention: Mention) -> str:
    """A person as mrkdwn; ``somebody`` if it is not known who."""
    return shortened(mention(person), 200) if person else "somebody"


def named(person: Mapping[str, Any]) -> str:
    """A person by name: the :data:`Mention` where no Slack id is known."""
    return marked(person.get("name") or person.get("username") or person.get("email") or "somebody", 100)


def slack_user(value: Any) -> str:
    """Somebody chosen in a form's field: a mention, or what stands there if it is no Slack id."""
    chosen = value if isinstance(value, Mapping) else {"user_id": value}
    user_id = str(chosen.get("user_id") or "")
    return f"<@{user_id}>" if is_slack_id(user_id) else marked(chosen.get("username") or user_id, 100)


def channel(value: Any) -> str:
    """A channel by its id: a mention, or what stands there if it is no id."""
    return f"<#{value}>" if _CHANNEL_ID.fullmatch(str(value)) else marked(value, 100)


def is_slack_id(text: Any) -> bool:
    """Whether it is the id of a person in Slack."""
    return isinstance(text, str) and _SLACK_ID.fullmatch(text) is not None


def moment(when: Any) -> str | None:
    """A moment (datetime, or its ISO text) in everybody's own time zone, with UTC for where that is not possible.
    None for None."""
    if when is None:
        return None
    try:
        at = when if isinstance(when, datetime) else datetime.fromisoformat(str(when))
    except ValueError:
        return marked(when, 50)
    at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    # Slack reads no moments before 1970; nothing of ours happens then.
    stamp = max(0, int(at.timestamp()))
    return f"<!date^{stamp}^{{date_short_pretty}} at {{time}}|{at.day} {at:%b %Y, %H:%M} UTC>"


def duration(seconds: Any) -> str:
    """A duration in words: ``1 hour``, ``90 minutes``; in several units only where one would make a number nobody
    reads."""
    if not isinstance(seconds, int) or isinstance(seconds, bool) or seconds <= 0:
        return marked(seconds if seconds is not None else "", 50)
    length, unit = next((length, unit) for length, unit in _UNITS if seconds % length == 0)
    if length > 1 or seconds <= _MOST_SECONDS:
        return _counted(seconds // length, unit)
    words: list[str] = []
    for length, unit in _UNITS:
        count, seconds = divmod(seconds, length)
        words += [_counted(count, unit)] if count else []
    return " ".join(words)


def _counted(count: int, unit: str) -> str:
    return f"{count} {unit}{'' if count == 1 else 's'}"
