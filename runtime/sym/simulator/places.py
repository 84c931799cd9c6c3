"""Where somebody acts: in a message, a modal or a home tab, with what they have filled in there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sym.simulator import payloads, values
from sym.simulator.accounts import Account
from sym.simulator.conversations import Conversation
from sym.simulator.errors import Impossible
from sym.simulator.messages import Message
from sym.simulator.slack import Slack
from sym.simulator.values import State
from sym.simulator.views import OpenView
from sym.simulator.workspace import Workspace

Where = Mapping[str, Any]
"""``{"channel": …, "ts": …}`` or ``{"view": …}``."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """A message (with its conversation) or a view, before one person."""

    workspace: Workspace
    account: Account
    message: Message | None = None
    conversation: Conversation | None = None
    view: OpenView | None = None

    @property
    def blocks(self) -> list[dict[str, Any]]:
        """What stands there."""
        return self.view.blocks if self.view else self.message.blocks if self.message else []

    @property
    def state(self) -> State:
        """What the person has filled in there; changes to it stay."""
        if self.view:
            return self.view.state
        assert self.message is not None
        if self.account.id not in self.message.states:
            self.message.states[self.account.id] = values.start(self.message.blocks)
        return self.message.states[self.account.id]

    def element(self, block_id: str, action_id: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """The block and the element of these ids. Raises Impossible."""
        found = values.find(self.blocks, block_id, action_id)
        if found is None:
            there = [f"{block['block_id']}/{element['action_id']}" for block, element in values.elements(self.blocks)]
            raise Impossible(f"there is no {block_id}/{action_id} here, only: {', '.join(there) or 'nothing'}")
        return found

    def in_payload(self) -> dict[str, Any]:
        """How a payload says where it happened."""
        if self.view:
            return payloads.in_view(self.view)
        assert self.message is not None
        assert self.conversation is not None
        return payloads.in_message(self.message, self.conversation, self.state)

    def changed(self) -> None:
        """Tell that something was filled in."""
        name = self.view.id if self.view else None
        channel, ts = (self.message.channel, self.message.ts) if self.message else (None, None)
        self.workspace.changes.add(
            "state.changed", team=self.workspace.id, person=self.account.id, view=name, channel=channel, ts=ts
        )

    def key(self, block_id: str, action_id: str) -> tuple[str, ...]:
        """Names the element before this person, over all workspaces."""
        there = self.view.id if self.view else self.message.ts if self.message else ""
        return (self.workspace.id, self.account.id, there, block_id, action_id)


def find(slack: Slack, person: str, where: Where) -> Place:
    """The place ``where`` says. Raises Impossible: not there (404), or not this person's (403)."""
    workspace, account = slack.actor(person)
    if "view" in where:
        view = workspace.views.get(str(where["view"]))
        if view is None:
            raise Impossible("this view is no longer there", status=404)
        if view.person != person:
            raise Impossible("this view is somebody else's", status=403)
        return Place(workspace=workspace, account=account, view=view)
    conversation = slack.visible(workspace, account, str(where.get("channel")))
    message = conversation.find_seen(str(where.get("ts")), person)
    if message is None:
        raise Impossible("this message is no longer there", status=404)
    return Place(workspace=workspace, account=account, conversation=conversation, message=message)
