"""What has arrived from Slack, as listeners take it: who sent it, from where, and how they can be answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """One interaction. ``team`` is the workspace it belongs to, ``person`` the Slack id of who sent it.

    ``channel`` is where they were, None outside of channels. ``trigger`` opens one view, within three seconds;
    ``response_url`` answers where they were, five times within half an hour. ``ack`` is Bolt's.
    """

    team: str
    person: str
    body: Document
    ack: Any
    channel: str | None = None
    trigger: str | None = None
    response_url: str | None = None

    def acknowledge(self, **answer: Any) -> None:
        """Answer Slack itself, unless that was done: nothing, or what it is to do with the view."""
        if self.ack.response is None:
            self.ack(**answer)

    @property
    def action(self) -> Document:
        """The one action of a click, {} if it is none."""
        actions = self.body.get("actions")
        return actions[0] if actions else {}

    @property
    def view(self) -> Document:
        """The view it happened in, {} if it was none."""
        return self.body.get("view") or {}

    @property
    def filled_in(self) -> dict[str, Any]:
        """What stands in the fields of the view."""
        found: dict[str, Any] = (self.view.get("state") or {}).get("values") or {}
        return found


def read_arrival(ack: Any, body: Document, context: Document) -> Arrival | None:
    """What Bolt hands to a listener; None when it does not say who sent it."""
    team, person = context.get("team_id"), context.get("actor_user_id") or context.get("user_id")
    if not isinstance(team, str) or not isinstance(person, str):
        return None
    channel = context.get("channel_id")
    return Arrival(
        team=team,
        person=person,
        body=body,
        ack=ack,
        channel=channel if isinstance(channel, str) else None,
        trigger=body.get("trigger_id"),
        response_url=context.get("response_url") or None,
    )
