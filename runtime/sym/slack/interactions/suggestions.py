"""Lists that are searched by typing. No author code runs here: somebody waits with every letter."""

from __future__ import annotations

from sym.slack.blocks import form as form_blocks
from sym.slack.blocks import ids
from sym.slack.blocks import selector as selector_blocks
from sym.slack.interactions.arrivals import Arrival
from sym.slack.interactions.desk import Desk
from sym.slack.interactions.origin import read_origin


def suggest(desk: Desk, arrival: Arrival) -> None:
    """Answer with the choices that fit what was typed; with none when the form is over."""
    user, typed = desk.user(arrival), str(arrival.body.get("value") or "")
    block_id = arrival.body.get("block_id")
    if block_id == ids.FLOW_PICK:
        offered = desk.offers.recent(user, desk.now)
        arrival.acknowledge(**selector_blocks.suggestions(offered, typed))
        return
    origin, field = read_origin(arrival.view.get("private_metadata")), ids.field_of(block_id)
    if origin.form is None or field is None:
        arrival.acknowledge(options=[])
        return
    found = desk.services.forms.options(origin.form, user, field, typed, now=desk.now)
    arrival.acknowledge(**form_blocks.suggestions(found))
