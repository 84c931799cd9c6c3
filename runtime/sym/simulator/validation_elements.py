"""The rules of texts, options and everything that can be clicked or filled in, with the limits Slack publishes."""

from __future__ import annotations

from typing import Any

from sym.simulator.validation_rich_text import rich_text
from sym.simulator.validation_rules import (
    Problems,
    Rule,
    array,
    boolean,
    both,
    by_type,
    exactly_one,
    in_order,
    integer,
    one_of,
    record,
    string,
)

_URL = r"(https?|mailto|slack|tel):\S+"


def plain(most: int, least: int = 1) -> Rule:
    """A ``plain_text`` object."""
    return record({"type": one_of("plain_text"), "text": string(most, least)}, {"emoji": boolean})


def mrkdwn(most: int) -> Rule:
    """A ``mrkdwn`` object."""
    return record({"type": one_of("mrkdwn"), "text": string(most)}, {"verbatim": boolean})


def text(most: int) -> Rule:
    """A text object of either kind."""
    return by_type({"plain_text": plain(most), "mrkdwn": mrkdwn(most)}, "text")


ACTION_ID = string(255)
URL = string(3000, pattern=_URL, like="a valid URL")
_DATE = string(10, 10, pattern=r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", like="a date as YYYY-MM-DD")
_TIME = string(5, 5, pattern=r"([01]\d|2[0-3]):[0-5]\d", like="a time as HH:MM")
_NUMBER = string(40, pattern=r"-?\d+(\.\d+)?", like="a number")
_CONFIRM = record(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)
_DISPATCH = record({"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), 1, 2)})
_OPTION = record({"text": plain(75), "value": string(150)}, {"description": plain(75)})
_RICH_OPTION = record({"text": text(75), "value": string(150)}, {"description": plain(75)})
_OVERFLOW_OPTION = record({"text": plain(75), "value": string(150)}, {"description": plain(75), "url": URL})
_GROUP = record({"label": plain(75), "options": array(_OPTION, 1, 100)})
_FILTER = both(
    record(
        {},
        {
            "include": array(one_of("im", "mpim", "private", "public"), 1, 4),
            "exclude_external_shared_channels": boolean,
            "exclude_bot_users": boolean,
        },
    ),
    lambda value, at, problems: None if value else problems.add(at, "must not be empty"),
)
_ANY = {"action_id": ACTION_ID, "focus_on_load": boolean}
_SHOWN = {"placeholder": plain(150)}
_ASKING = {"confirm": _CONFIRM}
_MANY = {"max_selected_items": integer(1, 100)}
_TYPING = {**_ANY, **_SHOWN, "dispatch_action_config": _DISPATCH}


def _element(kind: str, required: dict[str, Rule], *optional: dict[str, Rule]) -> Rule:
    allowed: dict[str, Rule] = {}
    for each in optional:
        allowed |= each
    return record({"type": one_of(kind), **required}, allowed)


def _offered(value: dict[str, Any], at: str, problems: Problems) -> None:
    groups = value.get("option_groups", [])
    own = [*value.get("options", []), *(option for group in groups for option in group["options"])]
    names = [option["value"] for option in own]
    if len(set(names)) < len(names):
        problems.add(at, "the values of options must be unique")
    first = value.get("initial_option")
    for option in value.get("initial_options", [first] if first else []):
        if option not in own:
            problems.add(f"{at}/initial_option{'s' if not first else ''}", "must be among the options")


def _at_most_selected(value: dict[str, Any], at: str, problems: Problems) -> None:
    most = value.get("max_selected_items", 100)
    for name, given in value.items():
        if name.startswith("initial_") and isinstance(given, list) and len(given) > most:
            problems.add(f"{at}/{name}", f"no more than {most} items allowed")


def _static(kind: str, *more: dict[str, Rule]) -> Rule:
    lists = {"options": array(_OPTION, 1, 100), "option_groups": array(_GROUP, 1, 100)}
    return both(
        _element(kind, {}, lists, _ANY, _SHOWN, _ASKING, *more),
        exactly_one("options", "option_groups"), _offered, _at_most_selected,
    )  # fmt: skip


def _picking(kind: str, initial: str, *more: dict[str, Rule]) -> list[tuple[str, Rule]]:
    one, many = f"{kind}_select", f"multi_{kind}_select"
    single = {f"initial_{initial}": string(255)}
    several = {f"initial_{initial}s": array(string(255), 1, 100)}
    response: dict[str, Rule] = {} if kind == "users" else {"response_url_enabled": boolean}
    return [
        (one, _element(one, {}, single, response, _ANY, _SHOWN, _ASKING, *more)),
        (many, both(_element(many, {}, several, _MANY, _ANY, _SHOWN, _ASKING, *more), _at_most_selected)),
    ]


def _text_input(kind: str, longest: int, *more: dict[str, Rule]) -> Rule:
    return _element(kind, {}, {"initial_value": string(longest, 0)}, _TYPING, *more)


def _choices(kind: str, rule: Rule, most: int, initial: dict[str, Rule]) -> Rule:
    return both(_element(kind, {"options": array(rule, 1, most)}, initial, _ANY, _ASKING), _offered)


_image = both(
    record(
        {"type": one_of("image"), "alt_text": string(2000)},
        {"image_url": URL, "slack_file": both(record({}, {"id": string(255), "url": URL}), exactly_one("id", "url"))},
    ),
    exactly_one("image_url", "slack_file"),
)
IMAGE: Rule = _image
_style = {"style": one_of("primary", "danger"), "accessibility_label": string(75)}
_dated = {**_ANY, **_ASKING}

BUTTON = _element(
    "button", {"text": plain(75)}, {"action_id": ACTION_ID, "value": string(2000), "url": URL}, _style, _ASKING
)
_lengths = {"multiline": boolean, "min_length": integer(0, 3000), "max_length": integer(1, 3000)}
ELEMENTS: dict[str, Rule] = {
    "button": BUTTON,
    "overflow": both(
        _element("overflow", {"options": array(_OVERFLOW_OPTION, 1, 5)}, {"action_id": ACTION_ID}, _ASKING), _offered
    ),
    "static_select": _static("static_select", {"initial_option": _OPTION}),
    "multi_static_select": _static("multi_static_select", {"initial_options": array(_OPTION, 1, 100)}, _MANY),
    "external_select": _element(
        "external_select", {}, {"initial_option": _OPTION, "min_query_length": integer(0, 3000)}, _ANY, _SHOWN, _ASKING
    ),
    "multi_external_select": both(
        _element(
            "multi_external_select", {},
            {"initial_options": array(_OPTION, 1, 100), "min_query_length": integer(0, 3000)},
            _ANY, _SHOWN, _ASKING, _MANY,
        ),
        _at_most_selected,
    ),
    **dict(_picking("users", "user")),
    **dict(_picking("channels", "channel")),
    **dict(_picking("conversations", "conversation", {"default_to_current_conversation": boolean, "filter": _FILTER})),
    "radio_buttons": _choices("radio_buttons", _RICH_OPTION, 10, {"initial_option": _RICH_OPTION}),
    "checkboxes": _choices("checkboxes", _RICH_OPTION, 10, {"initial_options": array(_RICH_OPTION, 1, 10)}),
    "datepicker": _element("datepicker", {}, {"initial_date": _DATE}, _SHOWN, _dated),
    "timepicker": _element("timepicker", {}, {"initial_time": _TIME, "timezone": string(255)}, _SHOWN, _dated),
    "datetimepicker": _element("datetimepicker", {}, {"initial_date_time": integer(10**9, 10**10 - 1)}, _dated),
    "plain_text_input": both(
        _text_input("plain_text_input", 3000, _lengths), in_order("min_length", "max_length")
    ),
    "email_text_input": _text_input("email_text_input", 3000),
    "url_text_input": _text_input("url_text_input", 3000),
    "number_input": both(
        _element(
            "number_input", {"is_decimal_allowed": boolean},
            {"initial_value": _NUMBER, "min_value": _NUMBER, "max_value": _NUMBER}, _TYPING,
        ),
        in_order("min_value", "max_value"),
    ),
    "rich_text_input": both(
        _element(
            "rich_text_input", {},
            {"initial_value": rich_text, "min_lines": integer(1, 100), "max_lines": integer(1, 100)}, _TYPING,
        ),
        in_order("min_lines", "max_lines"),
    ),
}  # fmt: skip
"""The rule of each element that can be clicked or filled in."""

OPTIONS = both(
    record({}, {"options": array(_OPTION, 0, 100), "option_groups": array(_GROUP, 0, 100)}),
    exactly_one("options", "option_groups"),
)
"""The answer to a ``block_suggestion``."""
