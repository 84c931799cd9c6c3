"""Events: what the app is told without having been asked."""

from __future__ import annotations

from typing import Any

from sym.simulator import payloads
from sym.simulator.accounts import Account
from sym.simulator.delivery import Delivery
from sym.simulator.parcels import Parcel
from sym.simulator.slack import Slack
from sym.simulator.workspace import Workspace


class Events:
    """Sends an event if the app has subscribed to it and can be reached, in the background."""

    def __init__(self, slack: Slack, delivery: Delivery) -> None:
        self._slack, self._delivery = slack, delivery

    def tell(self, workspace: Workspace, kind: str, *, subscription: str | None = None, **about: Any) -> None:
        """Tell the app of an event of type ``kind``; ``subscription`` where the manifest calls it otherwise."""
        with self._slack.lock:
            app = self._slack.app
            if self._delivery.by is None:
                return
            was_there = kind in ("app_uninstalled", "tokens_revoked")
            if (subscription or kind) not in app.settings.events:
                return
            if not was_there and workspace.id not in app.installations:
                return
            inner = {"type": kind, **about, "event_ts": workspace.stamp()}
            payload = payloads.event(app, workspace, inner, self._slack.ids.next("Ev", inner["event_ts"]))
        self._delivery.deliver_later(Parcel(kind="events_api", what=kind, team=workspace.id, payload=payload))

    def user_change(self, workspace: Workspace, account: Account, kind: str = "user_change") -> None:
        """Somebody changed, or is new (``team_join``)."""
        with self._slack.lock:
            may_see = "users:read.email" in self._slack.app.settings.scopes
            user = account.as_slack(with_email=may_see)
        self.tell(workspace, kind, user=user, cache_ts=account.updated)

    def joined(self, workspace: Workspace, channel: str, person: str) -> None:
        """Somebody, or the app itself, is now in a channel."""
        conversation = workspace.conversations[channel]
        kind = "C" if conversation.kind == "public_channel" else "G"
        self.tell(
            workspace, "member_joined_channel", user=person, channel=channel, channel_type=kind, team=workspace.id
        )
