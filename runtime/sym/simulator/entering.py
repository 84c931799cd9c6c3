"""How people begin: commands, shortcuts, the home tab, and plain messages."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from sym.simulator import payloads
from sym.simulator.accounts import Account
from sym.simulator.conversations import Conversation
from sym.simulator.delivery import Delivery
from sym.simulator.errors import ApiError, Impossible, Unhappy
from sym.simulator.events import Events
from sym.simulator.messages import Message
from sym.simulator.parcels import Parcel, Undelivered
from sym.simulator.responses import Responses
from sym.simulator.slack import Slack
from sym.simulator.workspace import Workspace


class Entering:
    """What people do outside of blocks."""

    def __init__(self, slack: Slack, delivery: Delivery, responses: Responses, events: Events) -> None:
        self._slack, self._delivery, self._responses, self._events = slack, delivery, responses, events

    def command(self, person: str, channel: str, text: str) -> None:
        """Type a slash command. Raises Unhappy (``unknown_command``, ``restricted_action``, ``operation_timeout``,
        ``dispatch_failed``), Impossible."""
        name, _, rest = text.strip().partition(" ")
        with self._slack.lock:
            workspace, account = self._slack.actor(person)
            conversation = self._slack.visible(workspace, account, channel)
            known = {command.command for command in self._slack.app.settings.commands}
            if name not in known or workspace.id not in self._slack.app.installations:
                raise Unhappy("unknown_command", f"{name} is not a valid command.")
            self._may_begin(account, name)
            fields = payloads.command(self._slack.app, workspace, account, conversation)
            fields |= {
                "command": name, "text": rest.strip(),
                "response_url": self._responses.give(workspace.id, conversation.id, person),
                "trigger_id": self._slack.triggers.give(workspace.id, person),
            }  # fmt: skip
        answer = self._send(Parcel(kind="slash_commands", what=name, team=workspace.id, payload=fields), name)
        self._reply(workspace, conversation, account, answer)

    def _may_begin(self, account: Account, what: str) -> None:
        if account.is_stranger or account.is_single_channel_guest:
            raise Unhappy("restricted_action", f"{what} is not available to you in this workspace.")

    def _send(self, parcel: Parcel, name: str) -> Any:
        try:
            return self._delivery.deliver(parcel)
        except Undelivered as error:
            raise Unhappy(error.code, f'{name} failed with the error "{error.code}"') from None

    def _reply(self, workspace: Workspace, conversation: Conversation, account: Account, answer: Any) -> None:
        if not answer:
            return
        body = answer if isinstance(answer, dict) else {"text": str(answer)}
        try:
            with self._slack.lock:
                self._responses.say(workspace.id, conversation.id, account.id, body)
        except ApiError as error:
            self._slack.journal.add(
                "delivery", "slash command's answer", error.code, at=self._slack.now(), team=workspace.id,
                details=error.messages,
            )  # fmt: skip
            raise Unhappy(error.code, f'The command failed with the error "{error.code}"') from None

    def shortcut(self, person: str, callback_id: str) -> None:
        """Start a global shortcut. Raises Unhappy, Impossible."""
        with self._slack.lock:
            workspace, account = self._slack.actor(person)
            if callback_id not in {shortcut.callback_id for shortcut in self._slack.app.settings.shortcuts}:
                raise Impossible(f"there is no shortcut {callback_id!r}")
            self._slack.installation(workspace.id)
            self._may_begin(account, "This shortcut")
            payload = payloads.envelope("shortcut", self._slack.app, workspace, account)
            payload |= {
                "action_ts": workspace.stamp(), "callback_id": callback_id,
                "trigger_id": self._slack.triggers.give(workspace.id, person),
            }  # fmt: skip
        self._send(Parcel(kind="interactive", what="shortcut", team=workspace.id, payload=payload), "The shortcut")

    def open_home(self, person: str) -> None:
        """Look at the app's home tab: the app is told in the background. Raises Impossible."""
        with self._slack.lock:
            workspace, account = self._slack.actor(person)
            installation = self._slack.installation(workspace.id)
            if account.is_stranger or not self._slack.app.settings.has_home:
                raise Impossible("there is no home tab for this person")
            direct = workspace.between([installation.bot_user, person])
            there = workspace.views.get(workspace.homes.get(person, ""))
            about: dict[str, Any] = {"user": person, "channel": direct.id, "tab": "home"}
            if there:
                about["view"] = there.as_slack()
        self._events.tell(workspace, "app_home_opened", **about)

    def message(self, person: str, channel: str, text: str, thread_ts: str | None = None) -> Message:
        """Write a plain message; Slack escapes ``& < >`` in it.

        Raises Unhappy (``restricted_action``, ``is_archived``), Impossible."""
        with self._slack.lock:
            workspace, account = self._slack.actor(person)
            conversation = self._slack.visible(workspace, account, channel)
            if not text.strip() or conversation.is_archived:
                raise Unhappy("is_archived" if conversation.is_archived else "no_text", "Nothing was sent.")
            if person not in conversation.members:
                self._join(workspace, conversation, person)
            if thread_ts and conversation.find(thread_ts) is None:
                raise Impossible("there is no such thread", status=404)
            message = workspace.post(conversation, person, text=escape(text, quote=False), thread_ts=thread_ts)
        self._tell_of(workspace, conversation, message)
        return message

    def _join(self, workspace: Workspace, conversation: Conversation, person: str) -> None:
        conversation.members.append(person)
        workspace.changes.add("channel.changed", team=workspace.id, channel=conversation.id)
        self._events.joined(workspace, conversation.id, person)

    def _tell_of(self, workspace: Workspace, conversation: Conversation, message: Message) -> None:
        installation = self._slack.app.installations.get(workspace.id)
        if installation is None or installation.bot_user not in conversation.members:
            return
        kind = {"im": "im", "mpim": "mpim", "private_channel": "groups"}.get(conversation.kind, "channels")
        said = {name: value for name, value in message.as_slack().items() if name != "type"}
        channel_type = {"groups": "group", "channels": "channel"}.get(kind, kind)
        self._events.tell(
            workspace, "message", subscription=f"message.{kind}", channel=conversation.id, channel_type=channel_type,
            **said,
        )  # fmt: skip

    def conversation(self, person: str, people: Sequence[str]) -> Conversation:
        """The direct or group message with ``people``, made if need be. Raises Impossible."""
        with self._slack.lock:
            workspace, _ = self._slack.actor(person)
            strangers = [other for other in people if other not in workspace.accounts]
            if strangers or not people:
                raise Impossible(f"there is nobody with the id {strangers[0]!r}" if strangers else "with whom?")
            return workspace.between([person, *people])

    def set_deleted(self, person: str, other: str, *, is_deleted: bool) -> None:
        """Deactivate somebody of one's workspace, or let them in again, as its admins do; the app is told. Raises
        Impossible."""
        with self._slack.lock:
            workspace, _ = self._slack.actor(person)
            account = workspace.accounts.get(other)
            if account is None or account.is_bot or other == person:
                raise Impossible(f"{other!r} is nobody else of this workspace")
            account.is_deleted, account.updated = is_deleted, workspace.seconds()
        self._slack.changes.add("person.changed", team=workspace.id, person=None)
        self._events.user_change(workspace, account)

    def mark(self, person: str, channel: str, ts: str) -> None:
        """Read a conversation up to ``ts``. Raises Impossible."""
        with self._slack.lock:
            workspace, account = self._slack.actor(person)
            conversation = self._slack.visible(workspace, account, channel)
            conversation.read[person] = max(conversation.read.get(person, ""), ts)
            self._slack.changes.add("channel.read", team=workspace.id, person=person, channel=channel)
