"""What a request's state is called: an icon and a word, for every state of a card."""

from __future__ import annotations

from collections.abc import Mapping

_STATES: Mapping[str, tuple[str, str]] = {
    "requested": ("⏳", "Waiting for a decision"),
    "forwarded": ("⏩", "Timed out, sent on to others"),
    "expired": ("⌛", "Expired"),
    "denied": ("⛔", "Denied"),
    "approved": ("✅", "Approved"),
    "granting": ("🔄", "Approved, being granted"),
    "granted": ("🔓", "Access granted"),
    "ending": ("🔄", "Access being ended"),
    "ended": ("🔒", "Access ended"),
    "errored": ("⚠️", "Failed"),
    "ignored": ("🚫", "Not taken on"),
}


GONE = "Nobody is left who could decide on it."
"""Why a request was sent on to admins."""


def icon(state: str) -> str:
    """The icon of one of the states of :data:`sym.engine.cards.STATES`."""
    return _STATES.get(state, ("❔", state))[0]


def word(state: str) -> str:
    """The state in words, for people."""
    return _STATES.get(state, ("❔", state))[1]
