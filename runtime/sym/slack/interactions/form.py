"""A request's form, as it is handed in."""

from __future__ import annotations

from typing import Any

from sym.engine.form import Form
from sym.engine.inputs import InvalidInputs
from sym.errors import NotFound, SymError, Unavailable
from sym.slack.blocks.form import TITLE, errors_by_block, failed, read_values
from sym.slack.interactions.arrivals import Arrival
from sym.slack.interactions.desk import Desk, Mishap
from sym.slack.interactions.origin import Origin, read_origin
from sym.store.users import User


def hand_in(desk: Desk, arrival: Arrival) -> None:
    """Ask for what the form says, or say at the field what is wrong with it. What is wrong with none of them takes the
    form's place, unless it may work a minute later. Where the request went is the engine's to tell."""
    desk.guard(lambda: _hand_in(desk, arrival), lambda error: arrival.acknowledge(**_refusal(arrival, error)))


def _hand_in(desk: Desk, arrival: Arrival) -> None:
    origin = read_origin(arrival.view.get("private_metadata"))
    user, form = _open_form(desk, arrival, origin)
    try:
        values, forms, channel = read_values(arrival.filled_in, form), desk.services.forms, origin.channel
        desk.insist(lambda: forms.submit(form.id, user, values, now=desk.now, channel_identifier=channel))
    except InvalidInputs as error:
        errors = errors_by_block(error.problems, form, arrival.filled_in)
        if not errors:
            raise
        arrival.acknowledge(response_action="errors", errors=errors)
        return
    arrival.acknowledge(response_action="clear")
    desk.homes.changed(arrival.team, [arrival.person])


def _open_form(desk: Desk, arrival: Arrival, origin: Origin) -> tuple[User, Form]:
    """Who hands it in, and the form as it is now. Raises NotFound for one that is over."""
    if origin.form is None:
        raise NotFound("This form is over.", hint="Begin again.")
    user = desk.user(arrival)
    return user, desk.services.forms.get(origin.form, user, now=desk.now)


def _refusal(arrival: Arrival, error: SymError) -> dict[str, Any]:
    """What Slack is to do with a form that cannot be handed in: to keep it, where trying again may help."""
    blocks = list(arrival.filled_in)
    if blocks and isinstance(error, (Unavailable, Mishap)):
        return {"response_action": "errors", "errors": {blocks[0]: str(error)}}
    return {"response_action": "update", "view": failed(TITLE, str(error))}
