"""What people do in Slack, and what comes of it."""

from __future__ import annotations

from typing import Any

from slack_bolt import App


def register(app: App, services: Any) -> None:
    """Add the listeners to ``app``."""
