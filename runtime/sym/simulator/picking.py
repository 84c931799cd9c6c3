"""From what a person types or picks to the value of the element."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sym.simulator.accounts import Account
from sym.simulator.errors import Impossible
from sym.simulator.slack import sees
from sym.simulator.values import EXTERNAL, OPTIONS, TEXTS, empty, is_many, key_of, options
from sym.simulator.workspace import Workspace

Element = Mapping[str, Any]
LONGEST_TYPED = 3000
_DATES = {"datepicker": r"\d{4}-\d\d-\d\d", "timepicker": r"\d\d:\d\d"}


def value_of(
    element: Element, given: Any, offered: Sequence[dict[str, Any]], workspace: Workspace, person: Account
) -> dict[str, Any]:
    """The value after ``person`` picked or typed ``given``; ``offered`` are the options that the app gave them for an
    external select. Raises Impossible for what is not to be picked."""
    kind = element["type"]
    if given in (None, "", []):
        return {"type": kind, "selected_option": None} if kind == "overflow" else empty(kind)
    if kind in OPTIONS:
        return _option(element, given, [*offered, *_current(element)] if kind in EXTERNAL else options(element))
    if kind in TEXTS:
        return {"type": kind, "value": _text(element, given)}
    if kind in _DATES:
        return {"type": kind, key_of(kind): _like(given, _DATES[kind])}
    if kind in ("datetimepicker", "rich_text_input"):
        return {"type": kind, key_of(kind): given}
    known = set(choices(element, workspace, person))
    wanted = given if is_many(kind) else [given]
    if not isinstance(wanted, list) or not set(wanted) <= known:
        raise Impossible(f"{given!r} cannot be picked here")
    return {"type": kind, key_of(kind): given}


def _current(element: Element) -> list[dict[str, Any]]:
    initial = element.get("initial_options") or [element.get("initial_option")]
    return [option for option in initial if option]


def _option(element: Element, given: Any, among: Sequence[dict[str, Any]]) -> dict[str, Any]:
    kind = element["type"]
    by_value = {option["value"]: option for option in among}
    wanted = given if isinstance(given, list) else [given]
    names = [each["value"] if isinstance(each, dict) else each for each in wanted]
    if unknown := [name for name in names if name not in by_value]:
        raise Impossible(f"{unknown[0]!r} is not among the options: {', '.join(by_value) or 'there are none'}")
    picked = [by_value[name] for name in names]
    if kind != "overflow" and is_many(kind):
        return {"type": kind, "selected_options": picked}
    if len(picked) != 1:
        raise Impossible("only one option can be picked here")
    return {"type": kind, "selected_option": picked[0]}


def _text(element: Element, given: Any) -> str:
    most = element.get("max_length", LONGEST_TYPED)
    if not isinstance(given, str) or len(given) > most:
        raise Impossible(f"at most {most} characters can be typed here")
    return given


def _like(given: Any, pattern: str) -> str:
    if not isinstance(given, str) or not re.fullmatch(pattern, given):
        raise Impossible(f"{given!r} cannot be picked here")
    return given


def choices(element: Element, workspace: Workspace, person: Account) -> dict[str, str]:
    """What a select of people, channels or conversations offers: labels by id."""
    kind = element["type"].removeprefix("multi_").removesuffix("_select")
    if kind == "users":
        accounts = (account for account in workspace.accounts.values() if not account.is_deleted)
        return {account.id: account.name for account in accounts}
    seen = [each for each in workspace.conversations.values() if sees(person, each) and not each.is_archived]
    if kind == "channels":
        return {each.id: f"#{each.name}" for each in seen if each.kind == "public_channel"}
    wanted = element.get("filter", {}).get("include") or ["public", "private", "im", "mpim"]
    kinds = {"public": "public_channel", "private": "private_channel"}
    included = {kinds.get(word, word) for word in wanted}
    return {each.id: _name(workspace, each.id, person.id) for each in seen if each.kind in included}


def _name(workspace: Workspace, channel: str, person: str) -> str:
    conversation = workspace.conversations[channel]
    if conversation.is_channel:
        return f"#{conversation.name}"
    return ", ".join(workspace.accounts[other].name for other in conversation.others(person))
