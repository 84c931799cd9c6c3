"""Channels, direct and group messages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from sym.simulator.messages import Message

Kind = Literal["public_channel", "private_channel", "im", "mpim"]


@dataclass(kw_only=True)
class Conversation:
    """One conversation: who is in it and what was said. ``is_shared`` is a channel shared with another company."""

    id: str
    team: str
    kind: Kind
    name: str = ""
    topic: str = ""
    creator: str = ""
    created: int = 0
    members: list[str] = field(default_factory=list)
    is_archived: bool = False
    is_shared: bool = False
    is_general: bool = False
    messages: list[Message] = field(default_factory=list)
    ephemerals: list[Message] = field(default_factory=list)
    read: dict[str, str] = field(default_factory=dict)

    @property
    def is_channel(self) -> bool:
        """A channel with a name, public or private."""
        return self.kind in ("public_channel", "private_channel")

    def everything(self) -> Iterator[Message]:
        """All its messages and replies, not the ephemeral ones."""
        for message in self.messages:
            yield message
            yield from message.replies

    def find(self, ts: str) -> Message | None:
        """The message or reply of this ``ts``; ephemeral ones are not found."""
        return next((message for message in self.everything() if message.ts == ts), None)

    def find_seen(self, ts: str, person: str) -> Message | None:
        """The message of this ``ts`` if ``person`` sees it, ephemeral or not."""
        shown = (message for message in self.ephemerals if message.ts == ts and message.visible_to == person)
        return self.find(ts) or next(shown, None)

    def others(self, person: str) -> list[str]:
        """Everybody in it but ``person``."""
        return [member for member in self.members if member != person]

    def as_slack(self, viewer: str, *, with_members: bool = False) -> dict[str, Any]:
        """The ``channel`` object of Slack's methods, as ``viewer`` (the bot's user) sees it."""
        shown: dict[str, Any] = {
            "id": self.id, "created": self.created, "is_archived": self.is_archived, "context_team_id": self.team,
            "is_im": self.kind == "im", "is_mpim": self.kind == "mpim", "is_org_shared": False,
        }  # fmt: skip
        if self.kind == "im":
            return {**shown, "user": next(iter(self.others(viewer)), viewer), "is_user_deleted": False, "is_open": True}
        return (
            shown
            | {
                "name": self.name, "name_normalized": self.name, "is_channel": self.kind == "public_channel",
                "is_group": self.kind == "private_channel", "is_private": self.kind != "public_channel",
                "is_general": self.is_general, "is_shared": self.is_shared, "is_ext_shared": self.is_shared,
                "is_member": viewer in self.members, "creator": self.creator,
                "topic": {"value": self.topic, "creator": "", "last_set": 0},
                "purpose": {"value": "", "creator": "", "last_set": 0}, "previous_names": [],
            }
            | ({"num_members": len(self.members)} if with_members else {})
        )  # fmt: skip
