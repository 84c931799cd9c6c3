"""App Home: shown when it is opened, and where a request can begin."""

from __future__ import annotations

from sym.slack.interactions.arrivals import Arrival
from sym.slack.interactions.asking import ask
from sym.slack.interactions.desk import Desk


def open_home(desk: Desk, arrival: Arrival) -> None:
    """Show somebody what is theirs, and what waits for them."""
    event = arrival.body.get("event") or {}
    if event.get("tab", "home") == "home":
        known = (event.get("view") or {}).get("hash")
        desk.answer(arrival, lambda: _publish(desk, arrival, known))


def _publish(desk: Desk, arrival: Arrival, known: str | None) -> None:
    desk.homes.publish(arrival.team, arrival.person, known)


def begin(desk: Desk, arrival: Arrival) -> None:
    """Let somebody ask. App Home is no channel."""
    ask(desk, arrival)
