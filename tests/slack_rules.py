"""What Slack takes: every message and view of ours is held against Slack's published schema, the models of its SDK, and
the rules that neither knows.

Where the schemas are not there (:mod:`tests.vendor_specs`) the other checks are made.
"""

from __future__ import annotations

import functools
import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft7Validator
from jsonschema.exceptions import best_match
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from tests.vendor_specs import vendor_specs

BLOCKKIT = "slack-blockkit.schema.json"
MANIFEST = "slack-manifest.schema.json"
_DEFINITIONS = {
    "section": "SectionBlock", "divider": "DividerBlock", "actions": "ActionsBlock", "context": "ContextBlock",
    "input": "InputBlock", "header": "HeaderBlock", "image": "ImageBlock",
}  # fmt: skip
# Longest texts, in UTF-16 units, by where they are.
_LIMITS = {"section": 3000, "fields": 2000, "context": 3000, "header": 150, "button": 75, "label": 2000, "hint": 2000,
           "placeholder": 150, "title": 24, "submit": 24, "close": 24}  # fmt: skip
_MARK = re.compile(r"<@[UW][A-Z0-9]+>|<#C[A-Z0-9]+>|<!date\^\d+\^[^|<>]+\|[^<>]+>|<https?://[^<>|\s]+>")


@functools.cache
def _validator(definition: str) -> Draft7Validator | None:
    folder = vendor_specs()
    if folder is None:
        return None
    schema = json.loads((folder / BLOCKKIT).read_text())
    return Draft7Validator({**schema, "$ref": f"#/definitions/{definition}"})


def problems_of_message(message: dict[str, Any]) -> list[str]:
    """What Slack would refuse of a message (``text`` and ``blocks``); empty if nothing."""
    found = [] if str(message.get("text") or "").strip() else ["there is no text for notifications"]
    if _size(str(message.get("text"))) > 4000:
        found.append("the text is too long")
    blocks = message.get("blocks", [])
    if sum(_size(text["text"]) for text in texts(blocks)) > 13_000:
        found.append("the blocks hold more text than a message may")
    return [*found, *_problems_of_blocks(blocks, most=50)]


def problems_of_view(view: dict[str, Any]) -> list[str]:
    """What Slack would refuse of a modal or a Home tab; empty if nothing."""
    found = _against_schema({**view, "blocks": []}, "HomeView" if view["type"] == "home" else "ModalView", "view")
    try:
        View(**view).to_dict()
    except SlackObjectFormationError as error:
        found.append(f"view: {error}")
    if view["type"] == "modal" and "submit" not in view and any(block["type"] == "input" for block in view["blocks"]):
        found.append("view: it has inputs and no submit")
    found += [f"view.{name} is too long" for name in ("title", "submit", "close")
              if name in view and _size(view[name]["text"]) > _LIMITS[name]]  # fmt: skip
    return [*found, *_problems_of_blocks(view["blocks"], most=100)]


def _problems_of_blocks(blocks: list[dict[str, Any]], *, most: int) -> list[str]:
    found = [] if 0 < len(blocks) <= most else [f"{len(blocks)} blocks"]
    ids = Counter(block["block_id"] for block in blocks if "block_id" in block)
    found += [f"the block id {block_id!r} is there twice" for block_id, count in ids.items() if count > 1]
    for number, block in enumerate(blocks):
        place = f"blocks[{number}]"
        found += _against_schema(block, _DEFINITIONS[block["type"]], place)
        found += _against_models(block, place)
        found += [f"{place}: {problem}" for problem in (*_rules_of_block(block), *_long_texts(block))]
    return found


def _against_schema(value: dict[str, Any], definition: str, place: str) -> list[str]:
    validator = _validator(definition)
    error = best_match(validator.iter_errors(value)) if validator else None
    return [f"{place}.{'.'.join(map(str, error.path))}: {error.message[:300]}"] if error else []


def _against_models(block: dict[str, Any], place: str) -> list[str]:
    try:
        (parsed,) = Block.parse_all([block])
        made = parsed.to_dict()
    except (SlackObjectFormationError, TypeError) as error:
        return [f"{place}: {error}"]
    return [] if made == block else [f"{place}: the SDK's models make something else of it: {made}"]


def _rules_of_block(block: dict[str, Any]) -> Iterator[str]:
    if block["type"] in ("actions", "context") and not block["elements"]:
        yield "it has no elements"
    if block["type"] == "actions":
        actions = Counter(element["action_id"] for element in block["elements"])
        yield from (f"the action id {name!r} is there twice" for name, count in actions.items() if count > 1)
    for element in _elements(block):
        yield from _rules_of_element(element)


def _elements(block: dict[str, Any]) -> list[dict[str, Any]]:
    single = [block[name] for name in ("element", "accessory") if name in block]
    return [*single, *(block["elements"] if block["type"] == "actions" else [])]


def _rules_of_element(element: dict[str, Any]) -> Iterator[str]:
    groups = element.get("option_groups", [])
    lists = [element["options"]] if "options" in element else [group["options"] for group in groups]
    most = 10 if element["type"] == "radio_buttons" else 100
    if any(not 0 < len(options) <= most for options in lists) or len(groups) > 100:
        yield "a list has no options, or too many"
    if "static_select" in element["type"] and not lists:
        yield "a list has neither options nor groups"
    chosen = [
        *element.get("initial_options", []),
        *([element["initial_option"]] if "initial_option" in element else []),
    ]
    for option in [*(option for options in lists for option in options), *chosen]:
        if not 0 < _size(option["text"]["text"]) <= 75:
            yield f"the text of an option is empty or too long: {option['text']['text']!r}"
        if not 0 < _size(option["value"]) <= 150:
            yield f"the value of an option is empty or too long: {option['value']!r}"
    if "static_select" in element["type"]:
        offered = [option for options in lists for option in options]
        yield from ("what is chosen is not offered" for option in chosen if option not in offered)
    if len(element["type"]) and _size(str(element.get("initial_value", ""))) > 3000:
        yield "the initial value is too long"


def _long_texts(block: dict[str, Any]) -> Iterator[str]:
    places = [(block["type"], block.get("text"))] if block["type"] in ("section", "header") else []
    places += [("fields", text) for text in block.get("fields", [])]
    places += [("context", text) for text in block["elements"]] if block["type"] == "context" else []
    places += [("button", element.get("text")) for element in _elements(block) if element["type"] == "button"]
    places += [("placeholder", element.get("placeholder")) for element in _elements(block)]
    places += [(name, block.get(name)) for name in ("label", "hint") if block["type"] == "input"]
    for place, text in places:
        if text is not None and not 0 < _size(text["text"].strip()) <= _LIMITS[place]:
            yield f"the {place} is empty or too long: {text['text'][:100]!r}"


def texts(value: Any) -> Iterator[dict[str, Any]]:
    """Every text object in a payload."""
    if isinstance(value, dict):
        if value.get("type") in ("mrkdwn", "plain_text") and isinstance(value.get("text"), str):
            yield value
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def loose_marks(payload: dict[str, Any]) -> list[str]:
    """The mrkdwn of a payload in which something stands between ``<`` and ``>`` that is no mention of a person, no date
    and no bare web address; or where an entity was cut in two. What people wrote must never lead to any."""
    marked = [text["text"] for text in texts(payload) if text["type"] == "mrkdwn"]
    marked += [payload["text"]] if isinstance(payload.get("text"), str) else []
    return [text for text in marked if _is_loose(text)]


def _is_loose(text: str) -> bool:
    rest = _MARK.sub("", re.sub(r"(?m)^> ", "", text))
    return any(char in rest for char in "<>") or re.search(r"&(?!amp;|lt;|gt;)", rest) is not None


def _size(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
