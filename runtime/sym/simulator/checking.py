"""What Slack's client checks itself before it lets a form go."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sym.simulator.values import State, empty, is_empty, is_many, key_of

REQUIRED = "Please complete this required field."


def problems(blocks: Sequence[Mapping[str, Any]], state: State) -> dict[str, str]:
    """The text of each input block that cannot go as it is, by ``block_id``."""
    found: dict[str, str] = {}
    for block in blocks:
        if block["type"] != "input":
            continue
        element = block["element"]
        value = state.get(block["block_id"], {}).get(element["action_id"]) or empty(element["type"])
        problem = _problem(element, value, is_optional=bool(block.get("optional")))
        if problem:
            found[block["block_id"]] = problem
    return found


def _problem(element: Mapping[str, Any], value: Mapping[str, Any], *, is_optional: bool) -> str | None:
    if is_empty(value):
        return None if is_optional else REQUIRED
    kind = element["type"]
    given = value[key_of(kind)]
    if is_many(kind):
        most = element.get("max_selected_items", 100)
        return f"Select up to {most}." if len(given) > most else None
    check = {
        "plain_text_input": _text, "number_input": _number, "email_text_input": _email, "url_text_input": _url,
    }.get(kind)  # fmt: skip
    return check(element, given) if check else None


def _text(element: Mapping[str, Any], given: str) -> str | None:
    least = element.get("min_length", 0)
    return f"Must be at least {least} characters." if len(given) < least else None


def _number(element: Mapping[str, Any], given: str) -> str | None:
    pattern = r"-?\d+(\.\d+)?" if element["is_decimal_allowed"] else r"-?\d+"
    if not re.fullmatch(pattern, given, re.ASCII):
        return "Please enter a number." if element["is_decimal_allowed"] else "Please enter a whole number."
    least, most = element.get("min_value"), element.get("max_value")
    if least is not None and Decimal(given) < Decimal(least):
        return f"Must be at least {least}."
    if most is not None and Decimal(given) > Decimal(most):
        return f"Must be at most {most}."
    return None


def _email(_: Mapping[str, Any], given: str) -> str | None:
    return None if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", given) else "Please enter a valid email address."


def _url(_: Mapping[str, Any], given: str) -> str | None:
    return None if re.fullmatch(r"https?://\S+", given) else "Please enter a valid URL."
