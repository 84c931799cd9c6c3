"""Lists that are searched by typing. No author code runs here: somebody waits with every letter."""

from __future__ import annotations

from typing import Any

from sym.errors import NotFound
from sym.slack.blocks import form as form_blocks
from sym.slack.blocks import ids
from sym.slack.blocks import selector as selector_blocks
from sym.slack.interactions.arrivals import Arrival
from sym.slack.interactions.desk import Desk
from sym.slack.interactions.origin import read_origin


def suggest(desk: Desk, arrival: Arrival) -> None:
    """Answer with the choices that fit what was typed; with none when the form is over: handing it in says so."""
    desk.guard(lambda: arrival.acknowledge(**_found(desk, arrival)), lambda _: arrival.acknowledge(options=[]))


def _found(desk: Desk, arrival: Arrival) -> dict[str, Any]:
    user, typed = desk.user(arrival), str(arrival.body.get("value") or "")
    block_id = arrival.body.get("block_id")
    if block_id == ids.FLOW_PICK:
        return selector_blocks.suggestions(desk.offers.recent(user, desk.now), typed)
    origin, field = read_origin(arrival.view.get("private_metadata")), ids.field_of(block_id)
    if origin.form is None or field is None:
        raise NotFound("This form is over.")
    return form_blocks.suggestions(desk.services.forms.options(origin.form, user, field, typed, now=desk.now))
