"""The global shortcut. It is pressed outside of channels: what is asked for has none."""

from __future__ import annotations

from sym.slack.interactions.arrivals import Arrival
from sym.slack.interactions.asking import ask
from sym.slack.interactions.desk import Desk


def take_shortcut(desk: Desk, arrival: Arrival) -> None:
    """Let somebody pick a flow."""
    ask(desk, arrival)
