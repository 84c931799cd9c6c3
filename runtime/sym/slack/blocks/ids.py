"""The names by which Slack says what somebody pressed, picked or filled in. One place for all of them.

``action_id`` names what an element does, ``block_id`` where it is, ``callback_id`` what a view or shortcut is for. What
an element is about (a run) is its ``value``.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

# action ids of cards; the value is the run's id
APPROVE = "sym_approve"
DENY = "sym_deny"
REVOKE = "sym_revoke"
RETRY = "sym_retry"
DECISION_MESSAGE = "sym_decision_message"
"""The text box of a card: action id and block id."""

# action ids of the selector and the form
FLOW_PICK = "sym_flow"
"""The list of flows: action id and block id."""
FIELD = "sym_field"
"""Every field of the form; which one it is says its block id."""

# action ids of App Home; the value is the run's id, of HOME_NEW nothing
HOME_NEW = "sym_home_new"
HOME_END = "sym_home_end"
HOME_APPROVE = "sym_home_approve"
HOME_DENY = "sym_home_deny"
HOME_RETRY = "sym_home_retry"

# callback ids
SELECTOR = "sym_selector"
REQUEST_FORM = "sym_request_form"
LOADING = "sym_loading"
FAILED = "sym_failed"
SHORTCUT = "sym_request"

_MESSAGE = "sym:"
_FIELD_BLOCK = "sym_field:"
_LONGEST_NAME = 200


def message_block(message_id: str) -> str:
    """The block id of a message's first block: by it a message whose delivery was never confirmed is found again."""
    return f"{_MESSAGE}{message_id}"


def field_block(name: str, tag: str = "") -> str:
    """The block id of a form's field. Slack keeps what a person filled in as long as the block id stays: another
    ``tag`` makes it show the initial value again."""
    # Slack takes 255 characters. No flow has names that long; a block id must be right all the same.
    key = name if len(name) <= _LONGEST_NAME else f"#{_hash(name, 32)}"
    return f"{_FIELD_BLOCK}{tag}:{key}"


def tag_of(block_id: str) -> str:
    """The tag in a field's block id; empty for other blocks."""
    return block_id.removeprefix(_FIELD_BLOCK).partition(":")[0] if block_id.startswith(_FIELD_BLOCK) else ""


def field_of(block_id: str | None) -> str | None:
    """The name of the field in a block id; None for other blocks."""
    if not block_id or not block_id.startswith(_FIELD_BLOCK):
        return None
    return block_id.removeprefix(_FIELD_BLOCK).partition(":")[2]


def is_block_of(block_id: str, name: str) -> bool:
    """Whether the block shows the field ``name``."""
    return field_of(block_id) == field_of(field_block(name))


def value_tag(value: Any, before: str = "") -> str:
    """A tag that differs from ``before`` and stands for ``value``."""
    return _hash(json.dumps([before, value], sort_keys=True, default=str), 8)


def _hash(text: str, length: int) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:length]
