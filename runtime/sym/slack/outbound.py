"""People are told something in Slack."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sym.engine.outbound import Unbound
from sym.slack.people import People
from sym.slack.workspaces import Workspaces
from sym.store.database import Store


class SlackOutbound(Unbound):
    """Nobody yet."""

    def __init__(self, workspaces: Workspaces, people: People, store: Store, clock: Callable[[], datetime]) -> None:
        self._parts = (workspaces, people, store, clock)
