"""A form's fields as Slack's inputs, and what people filled in as Python's values."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from sym.engine.form import FormField, Option
from sym.slack.blocks import ids
from sym.slack.blocks.answers import is_reason
from sym.slack.blocks.elements import MOST_OPTIONS, Block, option, plain_text
from sym.slack.blocks.text import is_slack_id, size

_LISTS = frozenset({"str_list", "int_list", "slack_user_list"})
_NUMBERS = frozenset({"int", "int_list", "duration"})
_LONGEST_VALUE = 150
_LONGEST_TYPED = 3000
# Python reads no numbers of more than some 4300 digits, and nobody means one.
_NUMBER = re.compile(r"[-+]?[0-9]{1,100}")
_BOOLEANS = (Option(True, "Yes"), Option(False, "No"))


def element(field: FormField) -> Block | None:
    """The element for a field. None for one with nothing to choose from."""
    if field.type in ("target", "duration") and not field.options:
        return None
    if field.type in ("slack_user", "slack_user_list"):
        made = _people(field)
    elif field.type == "bool":
        made = {"type": "radio_buttons", "options": [entry(one) for one in _BOOLEANS]} | _initial(field, _BOOLEANS)
    elif field.is_prefetched or len(field.options) > MOST_OPTIONS:
        made = _external(field)
    elif field.options:
        made = {"type": _kind(field, "static_select"), "options": [entry(one) for one in field.options]}
        made |= _initial(field, field.options)
    else:
        made = _typed(field)
    placed = {} if made["type"] == "radio_buttons" else {"placeholder": plain_text(_placeholder(field, made), 150)}
    return {**made, "action_id": ids.FIELD, **placed}


def _kind(field: FormField, kind: str) -> str:
    return f"multi_{kind}" if field.type in _LISTS else kind


def _placeholder(field: FormField, made: Block) -> str:
    if made["type"].endswith("external_select"):
        return "Type to search"
    if made["type"].endswith("users_select"):
        return "Choose people" if field.type in _LISTS else "Choose somebody"
    if made["type"].endswith("select"):
        return "Choose"
    return {"int": "A whole number", "str_list": "One per line", "int_list": "One whole number per line"}.get(
        field.type, "Write here"
    )


def _people(field: FormField) -> Block:
    chosen = [one["user_id"] if isinstance(one, Mapping) else one for one in _items(field.value)]
    known = [one for one in chosen if is_slack_id(one)]
    if field.type == "slack_user_list":
        return {"type": "multi_users_select"} | ({"initial_users": known} if known else {})
    return {"type": "users_select"} | ({"initial_user": known[0]} if known else {})


def _external(field: FormField) -> Block:
    made = {"type": _kind(field, "external_select"), "min_query_length": 0}
    # What was chosen may have come from a list that is not the present one.
    known = [*field.options, *(Option(one, str(one)) for one in _items(field.value))]
    return made | _initial(field, known)


def _initial(field: FormField, options: Sequence[Option]) -> Block:
    chosen = [next((one for one in options if _is_same(one.value, value)), None) for value in _items(field.value)]
    entries = [entry(one) for one in chosen if one is not None]
    if not entries:
        return {}
    return {"initial_options": entries[:MOST_OPTIONS]} if field.type in _LISTS else {"initial_option": entries[0]}


def _is_same(one: Any, other: Any) -> bool:
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _items(value: Any) -> list[Any]:
    if value is None or value == "":
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _typed(field: FormField) -> Block:
    text = "\n".join(map(str, _items(field.value)))
    start = {"initial_value": text} if text and size(text) <= _LONGEST_TYPED else {}
    if field.type == "int" and (not text or isinstance(field.value, int)):
        made: Block = {"type": "number_input", "is_decimal_allowed": False}
    else:
        # Where Enter changes the form it cannot begin a line, unless there have to be several.
        is_long = is_reason(field.name, field.label) and not field.has_on_change
        is_multiline = is_long or field.type in _LISTS or "\n" in text
        made = {"type": "plain_text_input", "multiline": is_multiline, "max_length": _LONGEST_TYPED}
    if field.has_on_change:
        made["dispatch_action_config"] = {"trigger_actions_on": ["on_enter_pressed"]}
    return made | start


def entry(choice: Option) -> Block:
    """A choice as Slack's option."""
    return option(choice.label or choice.value, key_of(choice.value))


def key_of(value: Any) -> str:
    """The text by which Slack hands back that ``value`` was chosen: itself, or a digest of what is too long for it."""
    text = ("true" if value else "false") if isinstance(value, bool) else str(value)
    # Slack refuses empty values.
    if text and size(text) <= _LONGEST_VALUE:
        return text
    return f"sha256:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"


def read(field: FormField, state: Mapping[str, Any]) -> Any:
    """The value of ``field`` in the state Slack sends of its element: of the field's type, None for nothing. A number
    that is none stays text, for the check of the form to complain about."""
    if "selected_users" in state or "selected_user" in state:
        people = state.get("selected_users", state.get("selected_user"))
        return people or None
    if "selected_options" in state:
        return [_chosen(field, one["value"]) for one in state["selected_options"] or ()] or None
    if "selected_option" in state:
        picked = state["selected_option"]
        return _chosen(field, picked["value"]) if picked else None
    return _written(field, state.get("value"))


def _chosen(field: FormField, key: str) -> Any:
    offered = _BOOLEANS if field.type == "bool" else field.options
    # What is filled in counts as well: it may have come from a list that was longer.
    for value in (*(one.value for one in offered), *_items(field.value)):
        if key_of(value) == key:
            return value
    return _as_number(key) if field.type in _NUMBERS else key


def _written(field: FormField, text: str | None) -> Any:
    if text is None or not text.strip():
        return None
    if field.type in _LISTS:
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        return [_as_number(line) for line in lines] if field.type in _NUMBERS else lines
    return _as_number(text.strip()) if field.type in _NUMBERS else text


def _as_number(text: str) -> int | str:
    return int(text) if _NUMBER.fullmatch(text) else text
