"""What people fill in: the value of each kind of element, in the shape of Slack's ``state.values``."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Document = Mapping[str, Any]
State = dict[str, dict[str, dict[str, Any]]]
"""``{block_id: {action_id: {"type": …, …}}}``, Slack's ``state.values``."""

TEXTS = {"plain_text_input", "email_text_input", "url_text_input", "number_input"}
_KEYS = {
    **dict.fromkeys(TEXTS, ("value", "initial_value")),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
}
OPTIONS = {kind for kind, (key, _) in _KEYS.items() if key.startswith("selected_option")} | {"overflow"}
EXTERNAL = {"external_select", "multi_external_select"}


def key_of(kind: str) -> str:
    """Where the value of an element of type ``kind`` is: ``selected_option``, ``value`` …"""
    return _KEYS[kind][0]


def is_many(kind: str) -> bool:
    """Whether its value is a list."""
    return key_of(kind).endswith("s")


def elements(blocks: Sequence[Document]) -> Iterator[tuple[Document, Document]]:
    """Each interactive element with the block it is in, in their order."""
    for block in blocks:
        if block["type"] == "input":
            yield block, block["element"]
        elif block["type"] == "section" and block.get("accessory", {}).get("action_id"):
            yield block, block["accessory"]
        elif block["type"] == "actions":
            yield from ((block, element) for element in block["elements"])


def find(blocks: Sequence[Document], block_id: str, action_id: str) -> tuple[Document, Document] | None:
    """The block and the element of these ids."""
    named = (pair for pair in elements(blocks) if pair[0]["block_id"] == block_id)
    return next((pair for pair in named if pair[1]["action_id"] == action_id), None)


def empty(kind: str) -> dict[str, Any]:
    """The value of an element that nobody has touched and that starts empty."""
    return {"type": kind, key_of(kind): [] if is_many(kind) else None}


def options(element: Document) -> list[dict[str, Any]]:
    """All the options that the element itself carries, those of groups too."""
    groups = element.get("option_groups") or []
    return [*(element.get("options") or []), *(option for group in groups for option in group["options"])]


def start(blocks: Sequence[Document], before: State | None = None) -> State:
    """The state of a view or message: what was filled in ``before`` where block, action and type are the same and the
    options picked are still there; else what the element says it starts with."""
    state: State = {}
    for block, element in elements(blocks):
        kind = element["type"]
        if kind not in _KEYS:
            continue
        old = (before or {}).get(block["block_id"], {}).get(element["action_id"])
        kept = old if old is not None and old["type"] == kind and _still_offered(element, old) else _initial(element)
        state.setdefault(block["block_id"], {})[element["action_id"]] = copy.deepcopy(kept)
    return state


def _initial(element: Document) -> dict[str, Any]:
    key, initial = _KEYS[element["type"]]
    value = empty(element["type"])
    if initial in element:
        value[key] = element[initial]
    return value


def _still_offered(element: Document, old: Mapping[str, Any]) -> bool:
    kind = element["type"]
    if kind not in OPTIONS or kind in EXTERNAL:
        return True
    picked = old[key_of(kind)]
    offered = [option["value"] for option in options(element)]
    return all(option["value"] in offered for option in (picked if is_many(kind) else [picked]) if option)


def is_empty(value: Mapping[str, Any]) -> bool:
    """Whether nothing is filled in."""
    return value[key_of(value["type"])] in (None, "", [])
