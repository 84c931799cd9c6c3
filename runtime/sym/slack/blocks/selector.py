"""The modal in which a flow is picked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sym.engine.form import OfferedFlow
from sym.slack.blocks import ids
from sym.slack.blocks.elements import MOST_OPTIONS, Block, View, modal, option, plain_text, section
from sym.slack.blocks.form import TITLE
from sym.slack.blocks.inputs import key_of
from sym.slack.blocks.text import marked

_NONE = "There is nothing you can ask for here. An admin can say which flows there should be."


def selector(flows: Sequence[OfferedFlow], *, greeting: str, private_metadata: str) -> View:
    """The modal. ``greeting`` is plain text: whom it greets. Without flows it says so, and has no button to go on with.
    With more than a hundred the list is searched by typing, and :func:`suggestions` answers."""
    hello = section(f"{marked(greeting, 300)}\n{'What do you need?' if flows else _NONE}")
    if not flows:
        return modal(TITLE, [hello], callback_id=ids.SELECTOR, close="Close", private_metadata=private_metadata)
    block = {"type": "input", "block_id": ids.FLOW_PICK, "label": plain_text("Flow"), "element": _element(flows)}
    return modal(TITLE, [hello, block], callback_id=ids.SELECTOR, submit="Next", private_metadata=private_metadata)


def picked(state_values: Mapping[str, Any], flows: Sequence[OfferedFlow]) -> OfferedFlow | None:
    """The flow of ``flows`` that was picked, in ``view["state"]["values"]``; None if none of them was."""
    state = (state_values.get(ids.FLOW_PICK) or {}).get(ids.FLOW_PICK) or {}
    key = (state.get("selected_option") or {}).get("value")
    return next((flow for flow in flows if key_of(flow.id) == key), None)


def picked_id(state_values: Mapping[str, Any]) -> str | None:
    """The id of the flow that was picked, for whoever has no list of them at hand."""
    state = (state_values.get(ids.FLOW_PICK) or {}).get(ids.FLOW_PICK) or {}
    key = (state.get("selected_option") or {}).get("value")
    return str(key) if key else None


def suggestions(flows: Sequence[OfferedFlow], typed: str) -> dict[str, Any]:
    """The answer to somebody typing in the list: the first hundred flows with ``typed`` in what they are called."""
    wanted = typed.strip().casefold()
    names = _names(flows)
    found = [flow for flow in flows if wanted in f"{names[flow.id]} {flow.environment_label} {flow.slug}".casefold()]
    return _choices(found[:MOST_OPTIONS], flows)


def _element(flows: Sequence[OfferedFlow]) -> Block:
    placed = {"action_id": ids.FLOW_PICK, "placeholder": plain_text("Choose a flow", 150)}
    if len(flows) > MOST_OPTIONS:
        return {"type": "external_select", "min_query_length": 0, **placed}
    only = {"initial_option": _choices(flows, flows)["options"][0]} if len(flows) == 1 else {}
    return {"type": "static_select", **placed, **_choices(flows, flows), **only}


def _choices(flows: Sequence[OfferedFlow], offered: Sequence[OfferedFlow]) -> dict[str, Any]:
    """The list's ``options``, or its ``option_groups`` where those offered are in several environments."""
    names = _names(offered)
    labels = {flow.environment: flow.environment_label or flow.environment for flow in offered}
    if len(labels) < 2 or not flows:
        return {"options": [option(names[flow.id], key_of(flow.id)) for flow in flows]}
    groups: dict[str, list[Block]] = {}
    for flow in flows:
        groups.setdefault(flow.environment, []).append(option(names[flow.id], key_of(flow.id)))
    return {
        "option_groups": [
            {"label": plain_text(labels[environment], 75), "options": options}
            for environment, options in groups.items()
        ]
    }


def _names(flows: Sequence[OfferedFlow]) -> dict[str, str]:
    """What flows are called in the list, by id: those of one environment with the same label also by slug."""
    same = Counter((flow.environment, flow.label) for flow in flows)
    return {
        flow.id: f"{flow.label} ({flow.slug})" if same[flow.environment, flow.label] > 1 else flow.label or flow.slug
        for flow in flows
    }
