"""The slash command: ``/sym``, and what may follow it."""

from __future__ import annotations

from sym.slack.blocks import said
from sym.slack.interactions.account import whoami
from sym.slack.interactions.arrivals import Arrival
from sym.slack.interactions.asking import ask
from sym.slack.interactions.desk import Desk

ASKING = frozenset({"req", "request"})


def take_command(desk: Desk, arrival: Arrival) -> None:
    """``/sym [req|request [FLOW [ENVIRONMENT]]]``, ``list``, ``whoami``; anything else is answered with what there
    is."""
    words = str(arrival.body.get("text") or "").split()
    verb = words[0].lower() if words else "req"
    if verb in ASKING:
        ask(desk, arrival, [word.strip("\"'`“”") for word in words[1:]])
    elif verb == "whoami":
        whoami(desk, arrival)
    elif verb == "list":
        list_flows(desk, arrival)
    else:
        arrival.acknowledge()
        desk.tell(arrival, said.help(_typed(arrival)))


def list_flows(desk: Desk, arrival: Arrival) -> None:
    """Tell somebody the flows they may ask for. Which these are may be an author's code to say."""
    user = desk.user(arrival)
    arrival.acknowledge()
    desk.later(
        arrival,
        lambda: desk.tell(arrival, said.listed(desk.offers.ask(user, desk.now), _typed(arrival))),
        lambda error: desk.refuse(arrival, error),
    )


def _typed(arrival: Arrival) -> str:
    """What the command is called here."""
    return str(arrival.body.get("command") or "/sym")
