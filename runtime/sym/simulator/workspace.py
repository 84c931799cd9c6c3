"""One workspace: its people, conversations, messages and views, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sym.simulator.accounts import Account
from sym.simulator.blocks import with_ids
from sym.simulator.changes import Changes
from sym.simulator.clock import Clock, Stamps
from sym.simulator.conversations import Conversation, Kind
from sym.simulator.ids import Ids
from sym.simulator.messages import Message
from sym.simulator.values import start
from sym.simulator.views import OpenView

T = TypeVar("T")


@dataclass(kw_only=True)
class UserGroup:
    """A user group: its people in the order they were added."""

    id: str
    handle: str
    name: str
    users: list[str]


@dataclass(kw_only=True)
class Workspace:
    """Not thread-safe: whoever calls holds the simulator's lock. Everything that changes is told to ``changes``."""

    id: str
    name: str
    domain: str
    ids: Ids
    clock: Clock
    changes: Changes
    accounts: dict[str, Account] = field(default_factory=dict)
    conversations: dict[str, Conversation] = field(default_factory=dict)
    groups: dict[str, UserGroup] = field(default_factory=dict)
    views: dict[str, OpenView] = field(default_factory=dict)
    stacks: dict[str, list[str]] = field(default_factory=dict)
    homes: dict[str, str] = field(default_factory=dict)
    stamps: Stamps = field(default_factory=Stamps)

    # people

    def add_account(self, *, handle: str, name: str, home_team: str | None = None, **more: Any) -> Account:
        """Somebody new; members and guests who may see all of it are put into #general, if there is one."""
        account = Account(
            id=self.ids.next("U"), team=self.id, home_team=home_team or self.id, handle=self._free(handle), name=name,
            updated=self.seconds(), **more,
        )  # fmt: skip
        self.accounts[account.id] = account
        if not (account.is_bot or account.is_guest or account.is_single_channel_guest or account.is_stranger):
            for channel in self.conversations.values():
                if channel.is_general:
                    channel.members.append(account.id)
        self.changes.add("person.changed", team=self.id, person=None)
        return account

    def _free(self, handle: str) -> str:
        taken = {account.handle for account in self.accounts.values()}
        numbered = (f"{handle}{number}" for number in range(2, 10_000))
        return handle if handle not in taken else next(name for name in numbered if name not in taken)

    # conversations

    def add_conversation(self, kind: Kind, members: Iterable[str], name: str = "", **more: Any) -> Conversation:
        """A new channel, direct or group message."""
        prefix = {"public_channel": "C", "private_channel": "C", "im": "D", "mpim": "G"}[kind]
        conversation = Conversation(
            id=self.ids.next(prefix), team=self.id, kind=kind, name=name, created=self.seconds(),
            members=list(dict.fromkeys(members)), **more,
        )  # fmt: skip
        self.conversations[conversation.id] = conversation
        self.changes.add("channel.changed", team=self.id, channel=conversation.id)
        return conversation

    def channel_named(self, name: str) -> Conversation | None:
        """The public or private channel of this name, with or without ``#``."""
        wanted = name.removeprefix("#")
        channels = (each for each in self.conversations.values() if each.is_channel)
        return next((channel for channel in channels if channel.name == wanted), None)

    def between(self, members: Iterable[str]) -> Conversation:
        """The direct or group message of exactly these, made if there is none yet."""
        wanted = list(dict.fromkeys(members))
        for conversation in self.conversations.values():
            if not conversation.is_channel and set(conversation.members) == set(wanted):
                return conversation
        kind: Kind = "im" if len(wanted) <= 2 else "mpim"
        handles = "--".join(self.accounts[member].handle for member in wanted)
        return self.add_conversation(kind, wanted, f"mpdm-{handles}-1" if kind == "mpim" else "")

    # messages

    def post(self, conversation: Conversation, user: str, **content: Any) -> Message:
        """A message of ``user``; ``visible_to`` makes it ephemeral, ``thread_ts`` a reply."""
        content["blocks"] = with_ids(content.get("blocks") or [], self.ids.next)
        message = Message(ts=self.stamp(), team=self.id, channel=conversation.id, user=user, **content)
        if message.visible_to:
            conversation.ephemerals.append(message)
            self._tell(message, "posted")
            return message
        parent = conversation.find(message.thread_ts) if message.is_reply and message.thread_ts else None
        (parent.replies if parent else conversation.messages).append(message)
        conversation.read[user] = message.ts
        self._tell(message, "posted")
        return message

    def edit(self, message: Message, content: dict[str, Any]) -> None:
        """Put ``content`` (some of text, blocks, attachments, metadata) in place of what the message said."""
        if "blocks" in content:
            content = {**content, "blocks": with_ids(content["blocks"] or [], self.ids.next)}
        for name, value in content.items():
            setattr(message, name, value)
        message.edited_ts = self.stamp()
        for person, state in message.states.items():
            message.states[person] = start(message.blocks, state)
        self._tell(message, "edited")

    def delete(self, message: Message) -> None:
        """Take the message away."""
        conversation = self.conversations[message.channel]
        parent = conversation.find(message.thread_ts) if message.is_reply and message.thread_ts else None
        kept = parent.replies if parent else conversation.messages
        (conversation.ephemerals if message.visible_to else kept).remove(message)
        self._tell(message, "deleted")

    def _tell(self, message: Message, what: str) -> None:
        kind = f"ephemeral.{what}" if message.visible_to else f"message.{what}"
        self.changes.add(
            kind, team=self.id, person=message.visible_to, channel=message.channel, ts=message.ts,
            thread_ts=message.thread_ts,
        )  # fmt: skip

    # moments

    def stamp(self) -> str:
        """A new ``ts``."""
        return self.stamps.next(self.now())

    def now(self) -> datetime:
        """The present moment."""
        return self.clock()

    def seconds(self) -> int:
        """The present moment in whole seconds."""
        return int(self.now().timestamp())

    def find_account(self, matches: Callable[[Account], bool]) -> Account | None:
        """The first account that ``matches``."""
        return next((account for account in self.accounts.values() if matches(account)), None)

    def wait_for(self, predicate: Callable[[], T], seconds: float = 5.0) -> T:
        """What ``predicate`` answers as soon as it is true. The lock must not be held. Raises TimeoutError."""
        return self.changes.wait_for(predicate, seconds)
