"""Messages: posted, edited in place, answered in threads, or shown to one person only."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

from sym.simulator.values import State

Document = dict[str, Any]


@dataclass(kw_only=True)
class Message:
    """One message. ``visible_to`` is who alone sees it (an ephemeral one); ``states`` is what each person has filled
    in of its inputs."""

    ts: str
    team: str
    channel: str
    user: str
    text: str = ""
    blocks: list[Document] = field(default_factory=list)
    attachments: list[Document] = field(default_factory=list)
    bot_id: str | None = None
    app_id: str | None = None
    edited_ts: str | None = None
    thread_ts: str | None = None
    metadata: Document | None = None
    visible_to: str | None = None
    client_msg_id: str | None = None
    subtype: str | None = None
    states: dict[str, State] = field(default_factory=dict)
    replies: list[Message] = field(default_factory=list)

    @property
    def is_reply(self) -> bool:
        """Whether it stands in a thread rather than in the channel."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    def as_slack(self, *, with_metadata: bool = False) -> Document:
        """The ``message`` object of Slack's methods and payloads."""
        message: Document = {"type": "message", "user": self.user, "ts": self.ts, "text": self.text, "team": self.team}
        if self.bot_id:
            message |= {"bot_id": self.bot_id, "app_id": self.app_id}
        optional = {
            "subtype": self.subtype, "blocks": self.blocks, "attachments": self.attachments,
            "client_msg_id": self.client_msg_id, "metadata": self.metadata if with_metadata else None,
        }  # fmt: skip
        message |= {name: copy.deepcopy(value) for name, value in optional.items() if value}
        if self.edited_ts:
            message["edited"] = {"user": self.user, "ts": self.edited_ts}
        return message | self._thread()

    def _thread(self) -> Document:
        if self.is_reply:
            return {"thread_ts": self.thread_ts}
        if not self.replies:
            return {}
        return {
            "thread_ts": self.ts, "reply_count": len(self.replies), "reply_users": self.reply_users(),
            "reply_users_count": len(self.reply_users()), "latest_reply": self.replies[-1].ts, "is_locked": False,
        }  # fmt: skip

    def reply_users(self) -> list[str]:
        """Who answered, each once, in the order of their first answer."""
        return list(dict.fromkeys(reply.user for reply in self.replies))

    def said(self) -> str:
        """All that can be read of it: its text if it has no blocks, else the texts of its blocks, a line each."""
        return "\n".join(texts(self.blocks)) if self.blocks else self.text


def texts(value: Any) -> list[str]:
    """Every text in blocks, in order, option texts and labels too."""
    if isinstance(value, list):
        return [line for each in value for line in texts(each)]
    if not isinstance(value, dict):
        return []
    own = [value["text"]] if isinstance(value.get("text"), str) else []
    return own + [line for each in value.values() for line in texts(each)]
