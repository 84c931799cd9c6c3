"""The validator, rule by rule; and whatever Slack's published schema or its SDK's models refuse, it refuses too."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft7Validator
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from sym.simulator.validation import check_blocks, check_options, check_view
from tests.runtime.simulator.conftest import actions, button, modal, option, plain, text_input
from tests.vendor_specs import require_vendor_specs

MRKDWN = {"type": "mrkdwn", "text": "*bold*"}
CONFIRM = {"title": plain("Sure?"), "text": MRKDWN, "confirm": plain("Yes"), "deny": plain("No")}
OPTIONS = [option("a"), {**option("b"), "description": plain("the second")}]
PICTURE = {"type": "image", "image_url": "https://acme.test/a.png", "alt_text": "A picture"}
ELEMENTS: list[dict[str, Any]] = [
    {**button("x"), "style": "primary", "confirm": CONFIRM, "url": "https://acme.test", "accessibility_label": "Press"},
    {"type": "overflow", "options": OPTIONS, "confirm": CONFIRM},
    {"type": "static_select", "options": OPTIONS, "initial_option": OPTIONS[0], "placeholder": plain("Pick")},
    {"type": "static_select", "option_groups": [{"label": plain("Group"), "options": OPTIONS}]},
    {"type": "multi_static_select", "options": OPTIONS, "initial_options": OPTIONS[:1], "max_selected_items": 2},
    {"type": "external_select", "min_query_length": 1, "initial_option": OPTIONS[0], "focus_on_load": True},
    {"type": "multi_external_select", "initial_options": OPTIONS, "max_selected_items": 3},
    {"type": "users_select", "initial_user": "U1"},
    {"type": "multi_users_select", "initial_users": ["U1"]},
    {"type": "channels_select", "initial_channel": "C1"},
    {"type": "multi_channels_select", "initial_channels": ["C1"]},
    {"type": "conversations_select", "filter": {"include": ["public"], "exclude_bot_users": True}},
    {"type": "multi_conversations_select", "initial_conversations": ["C1"], "default_to_current_conversation": False},
    {"type": "radio_buttons", "options": [{"text": MRKDWN, "value": "a"}, option("b")]},
    {"type": "checkboxes", "options": OPTIONS, "initial_options": OPTIONS[:1]},
    {"type": "datepicker", "initial_date": "2026-03-14", "placeholder": plain("Day")},
    {"type": "timepicker", "initial_time": "15:09", "timezone": "Europe/Berlin"},
    {"type": "datetimepicker", "initial_date_time": 1773500966},
]
INPUTS: list[dict[str, Any]] = [
    {"type": "plain_text_input", "multiline": True, "min_length": 1, "max_length": 10, "initial_value": "x",
     "placeholder": plain("Type"), "dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]}},
    {"type": "email_text_input", "initial_value": "a@acme.test"},
    {"type": "url_text_input", "initial_value": "https://acme.test"},
    {"type": "number_input", "is_decimal_allowed": True, "initial_value": "2", "min_value": "1", "max_value": "3"},
    {"type": "rich_text_input", "placeholder": plain("Type")},
]  # fmt: skip
RICH = {
    "type": "rich_text",
    "elements": [
        {"type": "rich_text_section", "elements": [
            {"type": "text", "text": "hi", "style": {"bold": True}}, {"type": "link", "url": "https://acme.test"},
            {"type": "user", "user_id": "U1"}, {"type": "emoji", "name": "wave"},
            {"type": "broadcast", "range": "here"}, {"type": "date", "timestamp": 1, "format": "{date}"},
        ]},
        {"type": "rich_text_list", "style": "bullet", "indent": 1, "elements": [
            {"type": "rich_text_section", "elements": [{"type": "text", "text": "one"}]},
        ]},
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "q"}]},
        {"type": "rich_text_preformatted", "border": 1, "elements": [{"type": "text", "text": "p"}]},
    ],
}  # fmt: skip


def named(element: dict[str, Any]) -> dict[str, Any]:
    return {"action_id": "x", **element}


def accessories() -> list[dict[str, Any]]:
    return [named(element) for element in ELEMENTS if element["type"] in ("button", "users_select")] + [PICTURE]


VALID: list[dict[str, Any]] = [
    *(actions(named(element)) for element in ELEMENTS),
    *(
        text_input(element=named(element), dispatch_action=True, hint=plain("h"), optional=True)
        for element in [*INPUTS, *ELEMENTS]
        if element in INPUTS or element["type"] in ("checkboxes", "datetimepicker")
    ),
    *({"type": "section", "text": MRKDWN, "accessory": element} for element in accessories()),
    {"type": "section", "fields": [MRKDWN, plain("x")], "expand": True},
    {"type": "context", "elements": [PICTURE, MRKDWN, plain("x")]},
    {"type": "divider", "block_id": "d"},
    {"type": "header", "text": {**plain("Hello"), "emoji": True}},
    {**PICTURE, "title": plain("Title")},
    {"type": "image", "alt_text": "x", "slack_file": {"id": "F1"}},
    RICH,
]
DEFINITIONS = {
    "actions": "ActionsBlock", "context": "ContextBlock", "divider": "DividerBlock", "header": "HeaderBlock",
    "image": "ImageBlock", "input": "InputBlock", "rich_text": "RichTextBlock", "section": "SectionBlock",
}  # fmt: skip
STRANGE: list[Any] = [
    None, "", "other", "x" * 25, "x" * 31, "x" * 76, "x" * 101, "x" * 151, "x" * 256, "x" * 301, "x" * 2001, "x" * 3001,
    -1, 0, 5000, True, [], {}, [1],
]  # fmt: skip


def mutations(document: Any) -> Iterator[Any]:
    """Everything that is one step away: a part left out, put in, made strange, or repeated too often."""
    for path in paths(document):
        for change in (
            lambda holder, key: holder.pop(key),
            add_field,
            *map(replacing, STRANGE),
            *map(repeating, (0, 6, 11, 26, 101)),
        ):
            changed = copy.deepcopy(document)
            holder = changed
            for key in path[:-1]:
                holder = holder[key]
            change(holder, path[-1])
            if changed != document:
                yield changed


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield (*path, key)
        yield from paths(each, (*path, key))


def add_field(holder: Any, key: Any) -> None:
    if isinstance(holder[key], dict):
        holder[key]["surprise"] = 1


def replacing(value: Any) -> Any:
    return lambda holder, key: holder.__setitem__(key, copy.deepcopy(value))


def repeating(count: int) -> Any:
    def change(holder: Any, key: Any) -> None:
        if isinstance(holder[key], list) and holder[key]:
            holder[key] = [copy.deepcopy(holder[key][0]) for _ in range(count)]

    return change


def schema(definition: str) -> Draft7Validator:
    document = json.loads((require_vendor_specs() / "slack-blockkit.schema.json").read_text())
    return Draft7Validator({**document, "$ref": f"#/definitions/{definition}"})


def sdk_refuses(block: dict[str, Any]) -> bool:
    try:
        for parsed in Block.parse_all([block]):
            parsed.to_dict()
    except SlackObjectFormationError:
        return True
    except Exception:
        return False  # the SDK's models fail in their own way at values of another type; the schema has those
    return False


@pytest.mark.parametrize("block", VALID, ids=lambda block: block["type"])
def test_whatever_slack_s_schema_or_sdk_refuses_is_refused(block: dict[str, Any]) -> None:
    assert check_blocks([block], "message") == []
    validator = schema(DEFINITIONS[block["type"]])
    assert not sdk_refuses(block)
    refused = 0
    for changed in mutations(block):
        if not isinstance(changed.get("type"), str) or changed["type"] not in DEFINITIONS:
            assert check_blocks([changed], "message")
            continue
        if changed["type"] == block["type"] and (not validator.is_valid(changed) or sdk_refuses(changed)):
            refused += 1
            assert check_blocks([changed], "message"), changed
    assert refused > 5


def test_views_are_held_against_the_same() -> None:
    view = modal(callback_id="c", private_metadata="m", external_id="e", clear_on_close=True, notify_on_close=True)
    validator = schema("ModalView")
    assert check_view(view, "modal") == []
    assert validator.is_valid(view)
    refused = 0
    for changed in mutations(view):
        if changed.get("type") != "modal":
            assert check_view(changed, "modal")
        elif not validator.is_valid(changed) or view_refused(changed):
            refused += 1
            assert check_view(changed, "modal"), changed
    assert refused > 50


def view_refused(view: dict[str, Any]) -> bool:
    try:
        View(**view).to_dict()
    except SlackObjectFormationError:
        return True
    except Exception:
        return False
    return False


@pytest.mark.parametrize(
    ("block", "problem"),
    [
        (actions(), "no less than 1 items allowed [json-pointer:/blocks/0/elements]"),
        (actions(*(button(str(n)) for n in range(26))), "no more than 25 items allowed"),
        (actions(button("x"), button("x")), "action_id already exists: x"),
        (actions({"type": "static_select", "options": []}), "no less than 1 items"),
        (actions({"type": "static_select", "options": [option(str(n)) for n in range(101)]}), "no more than 100 items"),
        (actions({"type": "static_select", "options": [option("a", "x" * 76)]}), "must be less than 76 characters"),
        (actions({"type": "static_select", "options": [option("x" * 151, "x")]}), "must be less than 151 characters"),
        (actions({"type": "static_select", "options": [option("a"), option("a")]}), "must be unique"),
        (
            actions({"type": "static_select", "options": [option("a")], "initial_option": option("b")}),
            "must be among the options [json-pointer:/blocks/0/elements/0/initial_option]",
        ),
        (actions({"type": "static_select"}), "must have exactly one of options, option_groups"),
        (actions({**button("x"), "value": "x" * 2001}), "must be less than 2001 characters"),
        (actions({**button("x"), "text": MRKDWN}), "must be one of plain_text"),
        (actions({"type": "plain_text_input"}), "unsupported element type: 'plain_text_input'"),
        ({"type": "header", "text": plain("x" * 151)}, "must be less than 151 characters"),
        ({"type": "header", "text": MRKDWN}, "must be one of plain_text"),
        ({"type": "header", "text": plain(" ")}, "must be more than 0 characters"),
        ({"type": "section", "text": plain("🙂" * 1501)}, "must be less than 3001 characters"),
        ({"type": "section", "fields": [MRKDWN] * 11}, "no more than 10 items"),
        ({"type": "section"}, "missing required field: text or fields"),
        ({"type": "context", "elements": [plain("x")] * 11}, "no more than 10 items"),
        (text_input(label=plain("x" * 2001)), "must be less than 2001 characters"),
        (text_input(element={"min_length": 5, "max_length": 4}), "min_length must not be above max_length"),
        (text_input(element={"type": "button", "text": plain("x")}), "unsupported element type: 'button'"),
        ({"type": "data_table", "rows": []}, "unsupported block type: 'data_table'"),
        ({"type": "divider", "colour": "red"}, "is not a field that is known here"),
        ("divider", "must provide an object"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(block: Any, problem: str) -> None:
    (found, *_) = check_blocks([block], "message")
    assert found.startswith("[ERROR] ")
    assert problem in found


def test_block_ids_are_unique_and_blocks_are_counted() -> None:
    divider = {"type": "divider"}
    assert check_blocks([{**divider, "block_id": "a"}] * 2, "message") == [
        "[ERROR] block_id already exists: a [json-pointer:/blocks/1/block_id]"
    ]
    for surface, most in (("message", 50), ("modal", 100), ("home", 100)):
        assert check_blocks([divider] * most, surface) == []
        assert check_blocks([divider] * (most + 1), surface)
    focused = {"focus_on_load": True}
    assert check_blocks([text_input("a", element=focused), text_input("b", element=focused)], "modal")


def test_a_modal_with_inputs_needs_a_button() -> None:
    view = modal()
    del view["submit"]
    assert "submit" in check_view(view, "modal")[0]
    assert check_view({**view, "blocks": [{"type": "divider"}]}, "modal") == []
    assert check_view(modal(private_metadata="x" * 3001), "modal")
    assert check_view(modal(), "home")
    assert check_view({"type": "home", "blocks": [text_input()]}, "home") == []
    assert check_view("x", "modal")


def test_each_place_has_its_elements() -> None:
    placed = {"actions": set(), "input": set(), "section": set()}  # type: dict[str, set[str]]
    for element in [*INPUTS, *ELEMENTS, PICTURE]:
        given = named(element) if element is not PICTURE else element
        blocks = {
            "actions": {"type": "actions", "elements": [given]},
            "input": {"type": "input", "label": plain("x"), "element": given},
            "section": {"type": "section", "text": plain("x"), "accessory": given},
        }
        for name, block in blocks.items():
            if not check_blocks([block], "message"):
                placed[name].add(element["type"])
    texts = {element["type"] for element in INPUTS}
    picked = {element["type"] for element in ELEMENTS}
    assert placed["actions"] == picked
    assert placed["input"] == texts | picked - {"button", "overflow"}
    assert placed["section"] == picked - {"datetimepicker"} | {"image"}


def test_markdown_is_for_messages_only() -> None:
    block = {"type": "markdown", "text": "# Hi"}
    assert check_blocks([block], "message") == []
    assert check_blocks([block], "modal")
    assert check_blocks([{**block, "text": "x" * 7000}] * 2, "message")


def test_options_of_a_typeahead() -> None:
    assert check_options({"options": []}) == []
    assert check_options({"options": [option("a")]}) == []
    assert check_options({"option_groups": [{"label": plain("g"), "options": [option("a")]}]}) == []
    assert check_options({"options": [], "option_groups": []})
    assert check_options([option("a")])
