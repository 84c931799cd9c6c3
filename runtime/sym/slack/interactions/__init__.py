"""What people do in Slack, and what comes of it."""

from __future__ import annotations

from typing import Any

from slack_bolt import App


class Desk:
    """Nobody sits at it yet."""

    def stop(self) -> None:
        """Nothing is in hand."""


def register(app: App, services: Any) -> Desk:  # noqa: ARG001
    """Add the listeners to ``app``. What is given is to be stopped with the rest."""
    return Desk()
