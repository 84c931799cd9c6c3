"""Block Kit's pieces, with Slack's limits kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sym.slack.blocks.text import plain, shortened

Block = dict[str, Any]
Message = dict[str, Any]
View = dict[str, Any]

MOST_OPTIONS = 100
MOST_VIEW_BLOCKS = 100
_SECTION = 3000
_FIELD = 2000
_CONTEXT = 2000
_BUTTON = 75
_TITLE = 24
_FALLBACK = 3000


def plain_text(text: Any, limit: int = 2000) -> Block:
    """A plain text object."""
    return {"type": "plain_text", "text": plain(text, limit), "emoji": True}


def mrkdwn(text: str, limit: int = _SECTION) -> Block:
    """A mrkdwn text object. ``text`` is escaped already; without ``verbatim`` Slack would look for mentions and channel
    names in it once more."""
    return {"type": "mrkdwn", "text": shortened(text, limit), "verbatim": True}


def section(text: str, *, block_id: str | None = None, accessory: Block | None = None) -> Block:
    """A section of escaped mrkdwn."""
    return _with({"type": "section", "text": mrkdwn(text)}, block_id=block_id, accessory=accessory)


def pairs(texts: Sequence[str]) -> list[Block]:
    """Sections that show ``texts`` (escaped mrkdwn) two in a row."""
    return [
        {"type": "section", "fields": [mrkdwn(text, _FIELD) for text in texts[start : start + 10]]}
        for start in range(0, len(texts), 10)
    ]


def context(*texts: str) -> Block:
    """A line of small escaped mrkdwn."""
    return {"type": "context", "elements": [mrkdwn(text, _CONTEXT) for text in texts[:10]]}


def header(text: str) -> Block:
    """A heading."""
    return {"type": "header", "text": plain_text(text, 150)}


def divider() -> Block:
    """A line."""
    return {"type": "divider"}


def actions(elements: Iterable[Block], *, block_id: str) -> Block:
    """A row of buttons: at least one."""
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def button(text: str, action_id: str, value: str = "", *, style: str | None = None,
           confirm: Block | None = None) -> Block:  # fmt: skip
    """A button; ``style`` is ``primary`` or ``danger``."""
    pressed = {"type": "button", "text": plain_text(text, _BUTTON), "action_id": action_id}
    return _with(pressed, value=value[:2000] or None, style=style, confirm=confirm)


def confirmation(title: str, text: str, yes: str, no: str = "Cancel") -> Block:
    """The question whether it is really meant. ``text`` is escaped mrkdwn."""
    return {
        "title": plain_text(title, 100), "text": mrkdwn(text, 300), "confirm": plain_text(yes, 30),
        "deny": plain_text(no, 30), "style": "danger",
    }  # fmt: skip


def option(text: Any, value: str) -> Block:
    """One entry of a list. ``value`` has at most 150 characters."""
    return {"text": plain_text(text, 75), "value": value}


def message(text: str, blocks: Sequence[Block], *, message_id: str | None = None) -> Message:
    """What is posted: ``text`` (escaped mrkdwn) for notifications and screen readers, ``blocks`` for the eye."""
    from sym.slack.blocks.ids import message_block

    if message_id is not None:
        blocks = [{**blocks[0], "block_id": message_block(message_id)}, *blocks[1:]]
    return {"text": shortened(text, _FALLBACK), "blocks": list(blocks)}


def modal(title: str, blocks: Sequence[Block], *, callback_id: str, submit: str | None = None, close: str = "Cancel",
          private_metadata: str = "") -> View:  # fmt: skip
    """A modal view."""
    view = {
        "type": "modal", "callback_id": callback_id, "title": plain_text(title, _TITLE),
        "close": plain_text(close, _TITLE), "private_metadata": private_metadata, "blocks": list(blocks),
    }  # fmt: skip
    return _with(view, submit=plain_text(submit, _TITLE) if submit else None)


def _with(block: Block, **optional: Any) -> Block:
    return block | {name: value for name, value in optional.items() if value is not None}
