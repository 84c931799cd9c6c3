"""The list of flows, from which one is picked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sym.errors import NotFound
from sym.slack.blocks import ids
from sym.slack.blocks.selector import picked, picked_id
from sym.slack.interactions.arrivals import Arrival
from sym.slack.interactions.asking import show_form
from sym.slack.interactions.desk import Desk
from sym.slack.interactions.modals import Modal, refill
from sym.slack.interactions.origin import read_origin
from sym.store.users import User


def pick_flow(desk: Desk, arrival: Arrival) -> None:
    """Show the form of the flow that was picked."""
    values: dict[str, Any] = (arrival.view.get("state") or {}).get("values") or {}
    key = picked_id(values)
    if key is None:
        arrival.acknowledge(response_action="errors", errors={ids.FLOW_PICK: "Choose what you need."})
        return
    user = desk.user(arrival)
    begun = replace(arrival, channel=read_origin(arrival.view.get("private_metadata")).channel)
    refill(desk, arrival, lambda modal: _show_picked(desk, begun, modal, (user, values)), flow=key)


def _show_picked(desk: Desk, arrival: Arrival, modal: Modal, asked: tuple[User, dict[str, Any]]) -> None:
    user, values = asked
    # What is offered is asked for again: it may have changed while the list was open.
    flow = picked(values, desk.offers.ask(user, desk.now))
    if flow is None:
        raise NotFound("This flow is not offered to you any more.", hint="Begin again.")
    show_form(desk, arrival, modal, (user, flow))
