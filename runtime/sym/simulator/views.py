"""Modals and home tabs as they stand in front of somebody."""

from __future__ import annotations

import copy
import hashlib
from dataclasses import dataclass, field
from typing import Any

from sym.simulator.messages import texts
from sym.simulator.values import State, start

STACK_LIMIT = 3
_SHOWN = ("callback_id", "private_metadata", "external_id")


@dataclass(kw_only=True)
class OpenView:
    """A view of one person. ``document`` is what the app sent; ``state`` what the person has filled in; ``errors`` what
    is shown below blocks; ``is_busy`` while a submission waits for the app."""

    id: str
    team: str
    person: str
    app_id: str
    bot_id: str
    document: dict[str, Any]
    hash: str = ""
    state: State = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    is_busy: bool = False
    root_id: str = ""
    previous_id: str | None = None

    @property
    def kind(self) -> str:
        """``modal`` or ``home``."""
        return str(self.document["type"])

    @property
    def blocks(self) -> list[dict[str, Any]]:
        """Its blocks, with their ids."""
        blocks: list[dict[str, Any]] = self.document["blocks"]
        return blocks

    def show(self, document: dict[str, Any], moment: str) -> None:
        """Put ``document`` in place of what was there; what was filled in stays where it can."""
        self.document = document
        self.state = start(document["blocks"], self.state)
        self.errors = {}
        seconds = moment.partition(".")[0]
        self.hash = f"{seconds}.{hashlib.sha256(f'{self.id}{moment}'.encode()).hexdigest()[:8]}"

    def as_slack(self) -> dict[str, Any]:
        """The ``view`` object of Slack's methods and payloads."""
        document = self.document
        return {
            "id": self.id, "team_id": self.team, "type": self.kind, "blocks": copy.deepcopy(self.blocks),
            **{name: document.get(name) or "" for name in _SHOWN}, "state": {"values": copy.deepcopy(self.state)},
            "hash": self.hash, "title": document.get("title"), "clear_on_close": bool(document.get("clear_on_close")),
            "notify_on_close": bool(document.get("notify_on_close")), "close": document.get("close"),
            "submit": document.get("submit"), "previous_view_id": self.previous_id, "root_view_id": self.root_id,
            "app_id": self.app_id, "app_installed_team_id": self.team, "bot_id": self.bot_id,
        }  # fmt: skip

    def as_page(self) -> dict[str, Any]:
        """What the page shows of it."""
        seen = self.as_slack()
        names = (
            "id", "hash", "type", "callback_id", "title", "submit", "close", "blocks", "notify_on_close",
            "clear_on_close", "root_view_id", "previous_view_id",
        )  # fmt: skip
        shown = {name: seen[name] for name in names}
        return {**shown, "state": seen["state"]["values"], "errors": dict(self.errors), "is_busy": self.is_busy}

    def said(self) -> str:
        """All that can be read of it, a line each: title, blocks, buttons."""
        document = self.document
        return "\n".join(texts([document.get("title"), self.blocks, document.get("submit"), document.get("close")]))
