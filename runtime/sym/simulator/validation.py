"""Block Kit, strictly: what Slack refuses of messages, modals and home tabs, and where it says the mistake is.

The limits are those of Slack's reference. Blocks and elements that are not known here are refused, too: they may be
fine with Slack, but nobody has looked.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sym.simulator.validation_elements import ELEMENTS, IMAGE, OPTIONS, URL, plain, text
from sym.simulator.validation_rich_text import rich_text
from sym.simulator.validation_rules import Problems, Rule, array, boolean, both, by_type, one_of, record, string

LONGEST_TEXT = 40_000
LONGEST_BLOCKS = 13_200
LARGEST_VIEW = 250_000
_MOST = {"message": 50, "modal": 100, "home": 100}
_BLOCK_ID: dict[str, Rule] = {"block_id": string(255)}
_TEXTUAL = {"plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input"}
_ACTIONS = {kind: rule for kind, rule in ELEMENTS.items() if kind not in _TEXTUAL}
_INPUTS = {kind: rule for kind, rule in ELEMENTS.items() if kind not in ("button", "overflow")}
_ACCESSORIES = {**{kind: rule for kind, rule in _ACTIONS.items() if kind != "datetimepicker"}, "image": IMAGE}
_CONTEXT = {"image": IMAGE, "plain_text": text(3000), "mrkdwn": text(3000)}


def _block(kind: str, required: dict[str, Rule], optional: dict[str, Rule] | None = None) -> Rule:
    return record({"type": one_of(kind), **required}, {**_BLOCK_ID, **(optional or {})})


def _says_something(value: dict[str, Any], at: str, problems: Problems) -> None:
    if "text" not in value and "fields" not in value:
        problems.add(at, "missing required field: text or fields")


def _image_block(value: Any, at: str, problems: Problems) -> None:
    if not isinstance(value, dict):
        return problems.add(at, "must provide an object")
    own = {"title": plain(2000), **_BLOCK_ID}
    record({}, own)({name: given for name, given in value.items() if name in own}, at, problems)
    IMAGE({name: given for name, given in value.items() if name not in own}, at, problems)
    return None


BLOCKS: dict[str, Rule] = {
    "actions": _block("actions", {"elements": array(by_type(_ACTIONS, "element"), 1, 25)}),
    "context": _block("context", {"elements": array(by_type(_CONTEXT, "element"), 1, 10)}),
    "divider": _block("divider", {}),
    "header": _block("header", {"text": plain(150)}),
    "image": _image_block,
    "input": _block(
        "input", {"label": plain(2000), "element": by_type(_INPUTS, "element")},
        {"dispatch_action": boolean, "hint": plain(2000), "optional": boolean},
    ),
    "markdown": _block("markdown", {"text": string(12_000)}),
    "rich_text": rich_text,
    "section": both(
        _block(
            "section", {},
            {
                "text": text(3000), "fields": array(text(2000), 1, 10), "expand": boolean,
                "accessory": by_type(_ACCESSORIES, "element"),
            },
        ),
        _says_something,
    ),
}  # fmt: skip
_ALLOWED = {
    "message": BLOCKS,
    "modal": {kind: rule for kind, rule in BLOCKS.items() if kind != "markdown"},
    "home": {kind: rule for kind, rule in BLOCKS.items() if kind != "markdown"},
}
_META: dict[str, Rule] = {
    "private_metadata": string(3000, 0), "callback_id": string(255, 0), "external_id": string(255, 0),
}  # fmt: skip


def check_blocks(blocks: Any, surface: str, at: str = "/blocks") -> list[str]:
    """What is wrong with the ``blocks`` of a ``message``, ``modal`` or ``home``, in Slack's words; empty if nothing."""
    problems = Problems()
    least = 0 if surface == "message" else 1
    array(by_type(_ALLOWED[surface], "block"), least, _MOST[surface])(blocks, at, problems)
    if not problems.found:
        _check_ids(blocks, at, problems)
        _check_focus(blocks, at, problems)
        _check_markdown(blocks, at, problems)
    return problems.found


def _elements(block: dict[str, Any]) -> list[dict[str, Any]]:
    given = block.get("elements", []) if block["type"] == "actions" else []
    return [*given, *(block[name] for name in ("accessory", "element") if name in block)]


def _check_ids(blocks: Sequence[dict[str, Any]], at: str, problems: Problems) -> None:
    seen: set[str] = set()
    for number, block in enumerate(blocks):
        name = block.get("block_id")
        if name in seen:
            problems.add(f"{at}/{number}/block_id", f"block_id already exists: {name}")
        if name is not None:
            seen.add(name)
        actions = [element["action_id"] for element in _elements(block) if "action_id" in element]
        for action in sorted({action for action in actions if actions.count(action) > 1}):
            problems.add(f"{at}/{number}/elements", f"action_id already exists: {action}")


def _check_focus(blocks: Sequence[dict[str, Any]], at: str, problems: Problems) -> None:
    if sum(element.get("focus_on_load") is True for block in blocks for element in _elements(block)) > 1:
        problems.add(at, "only one element can have focus_on_load")


def _check_markdown(blocks: Sequence[dict[str, Any]], at: str, problems: Problems) -> None:
    if sum(len(block["text"]) for block in blocks if block["type"] == "markdown") > 12_000:
        problems.add(at, "markdown blocks must be less than 12001 characters together")


_MODAL = record(
    {"type": one_of("modal"), "title": plain(24), "blocks": lambda *_: None},
    {
        "submit": plain(24), "close": plain(24), "clear_on_close": boolean, "notify_on_close": boolean,
        "submit_disabled": boolean, **_META,
    },
)  # fmt: skip
_HOME = record({"type": one_of("home"), "blocks": lambda *_: None}, _META)


def check_view(view: Any, surface: str) -> list[str]:
    """What is wrong with a ``modal`` or ``home`` view, in Slack's words; nothing, if empty."""
    problems = Problems()
    by_type({"modal": _MODAL} if surface == "modal" else {"home": _HOME}, "view")(view, "/view", problems)
    if not isinstance(view, dict):
        return problems.found
    blocks = view.get("blocks")
    problems.found += check_blocks(blocks, surface, "/view/blocks")
    if problems.found:
        return problems.found
    if surface == "modal" and "submit" not in view and any(block["type"] == "input" for block in view["blocks"]):
        problems.add("/view/submit", "missing required field: submit (the view has input blocks)")
    if len(json.dumps(view)) > LARGEST_VIEW:
        problems.add("/view", f"must be less than {LARGEST_VIEW + 1} bytes")
    return problems.found


def check_options(answer: Any) -> list[str]:
    """What is wrong with the answer to a ``block_suggestion``."""
    problems = Problems()
    OPTIONS(answer, "", problems)
    return problems.found


def _object(value: Any, at: str, problems: Problems) -> None:
    if not isinstance(value, dict):
        problems.add(at, "must provide an object")


_METADATA = record({"event_type": string(255), "event_payload": _object})
_FIELD = record({"title": string(3000, 0), "value": string(3000, 0)}, {"short": boolean})
_ATTACHMENT = record(
    {},
    {
        "color": string(20), "fallback": string(3000, 0), "text": string(8000, 0), "pretext": string(3000, 0),
        "title": string(3000, 0), "title_link": URL, "footer": string(300, 0), "fields": array(_FIELD, 0, 20),
        "mrkdwn_in": array(string(20), 0, 5), "blocks": array(by_type(BLOCKS, "block"), 1, 50),
    },
)  # fmt: skip


def check_metadata(metadata: Any) -> list[str]:
    """What is wrong with the ``metadata`` of a message."""
    problems = Problems()
    _METADATA(metadata, "/metadata", problems)
    return problems.found


def check_attachments(attachments: Any) -> list[str]:
    """What is wrong with the ``attachments`` of a message."""
    problems = Problems()
    array(_ATTACHMENT, 0, 20)(attachments, "/attachments", problems)
    return problems.found
