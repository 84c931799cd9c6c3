"""``Person``: somebody in the simulated Slack, as tests act and look."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sym.simulator import stacks, values
from sym.simulator.accounts import Account
from sym.simulator.acting import Acting
from sym.simulator.conversations import Conversation
from sym.simulator.errors import Impossible, Unhappy
from sym.simulator.messages import Message
from sym.simulator.slack import sees
from sym.simulator.views import OpenView
from sym.simulator.workspace import Workspace

T = TypeVar("T")
There = Message | OpenView


@dataclass(frozen=True)
class Reply:
    """What came of an act: whether the app took it in time, and else the code and the text that the person sees."""

    ok: bool
    error: str | None = None
    message: str | None = None

    def __bool__(self) -> bool:
        return self.ok


class Person:
    """Does what people can do with Slack's client, and sees what they would see. Messages and views are live: what the
    app changes later shows in them."""

    def __init__(self, acting: Acting, workspace: Workspace, account: Account) -> None:
        self._acting, self.workspace, self.account = acting, workspace, account

    @property
    def id(self) -> str:
        """The Slack id."""
        return self.account.id

    @property
    def email(self) -> str | None:
        """The e-mail address, None if there is none."""
        return self.account.email

    @property
    def name(self) -> str:
        """The whole name."""
        return self.account.name

    # beginning

    def command(self, text: str, channel: str | Conversation | None = None) -> Reply:
        """Type a slash command in a channel (#general, or else the direct message with the app, if None)."""
        there = self._channel(channel if channel is not None else self._somewhere())
        return _tried(lambda: self._acting.entering.command(self.id, there.id, text))

    def _somewhere(self) -> str | Conversation:
        general = self.workspace.channel_named("general")
        return general if general is not None and self.id in general.members else "dm"

    def shortcut(self, callback_id: str | None = None) -> Reply:
        """Start a global shortcut, the app's first if None."""
        name = callback_id or self._acting.slack.app.settings.shortcuts[0].callback_id
        return _tried(lambda: self._acting.entering.shortcut(self.id, name))

    def open_home(self, seconds: float = 5.0) -> OpenView:
        """Look at the app's home tab; what the app published in answer. Raises TimeoutError if it published nothing."""
        before = self.home()
        was = before.hash if before else None
        self._acting.entering.open_home(self.id)
        return self.wait_for(lambda: home if (home := self.home()) and home.hash != was else None, seconds)

    def say(self, text: str, channel: str | Conversation = "dm", *, thread: Message | None = None) -> Message:
        """Write a plain message."""
        ts = thread.ts if thread else None
        return self._acting.entering.message(self.id, self._channel(channel).id, text, ts)

    # looking

    def _channel(self, channel: str | Conversation) -> Conversation:
        """A channel by itself, id or name; ``dm`` is the direct message with the app."""
        with self._acting.slack.lock:
            if channel == "dm":
                bot = self._acting.slack.installation(self.workspace.id).bot_user
                return self.workspace.between([bot, self.id])
            name = channel.id if isinstance(channel, Conversation) else channel
            found = self.workspace.conversations.get(name) or self.workspace.channel_named(name)
            if found is None:
                raise Impossible(f"there is no channel {name!r}", status=404)
            return found

    def messages(self, channel: str | Conversation = "dm", *, thread: Message | None = None) -> list[Message]:
        """What stands in a channel (or in the thread of one of its messages), oldest first, without ephemeral ones.
        ``dm`` is the direct message with the app. Raises Impossible if this person may not look."""
        there = self._channel(channel)
        with self._acting.slack.lock:
            if not sees(self.account, there):
                raise Impossible(f"{self.name} is not in this conversation", status=403)
            return list(thread.replies if thread else there.messages)

    def ephemerals(self, channel: str | Conversation | None = None) -> list[Message]:
        """What only this person sees, oldest first, in one channel or anywhere."""
        with self._acting.slack.lock:
            there = [self._channel(channel)] if channel else list(self.workspace.conversations.values())
            shown = [each for conversation in there for each in conversation.ephemerals]
            return sorted((each for each in shown if each.visible_to == self.id), key=lambda each: each.ts)

    def views(self) -> list[OpenView]:
        """The open modals, the one in front last."""
        with self._acting.slack.lock:
            return stacks.open_stack(self.workspace, self.id)

    def view(self, seconds: float = 5.0) -> OpenView:
        """The modal in front, waited for. Raises TimeoutError."""
        return self.wait_for(lambda: next(reversed(self.views()), None), seconds)

    def home(self) -> OpenView | None:
        """The app's home tab as it stands, None if there is none yet."""
        with self._acting.slack.lock:
            return self.workspace.views.get(self.workspace.homes.get(self.id, ""))

    def wait_for(self, predicate: Callable[[], T | None], seconds: float = 5.0) -> T:
        """What ``predicate`` answers as soon as it is true. Raises TimeoutError."""
        answer = self._acting.slack.changes.wait_for(predicate, seconds)
        assert answer
        return answer

    def wait_for_message(
        self, channel: str | Conversation = "dm", matches: Callable[[Message], bool] = bool, seconds: float = 5.0
    ) -> Message:
        """The newest message of a channel that ``matches``, waited for. Raises TimeoutError."""
        there = self._channel(channel)

        def newest() -> Message | None:
            return next((each for each in reversed(self.messages(there)) if matches(each)), None)

        return self.wait_for(newest, seconds)

    # acting in messages and views

    def click(self, there: There, action_id: str, values: Mapping[str, Any] | None = None) -> Reply:
        """Press a button of a message, modal or home tab, after filling in ``values`` (by block_id or action_id).
        ``action_id`` may be ``block_id/action_id`` where there are several. Raises Impossible."""
        for field, value in (values or {}).items():
            self.fill(there, field, value)
        return self._interact(there, action_id, None)

    def fill(self, there: There, field: str, value: Any, *, entered: bool = False) -> Reply:
        """Type or pick a value (of options their ``value``) in an element, by its block_id, action_id or both with a
        slash. Raises Impossible for what cannot be picked."""
        return self._interact(there, field, value, entered=entered)

    def pick(self, there: There, field: str, *labels: str) -> Reply:
        """Pick options by what they say; external selects must have offered them to :meth:`type_ahead`. Raises
        Impossible."""
        ids = _ids(there, field)
        _, element = _element(there, ids)
        offered = self._acting.slack.offered.get((self.workspace.id, self.id, _name(there), *ids), [])
        by_label = {option["text"]["text"]: option["value"] for option in (*values.options(element), *offered)}
        if unknown := [label for label in labels if label not in by_label]:
            raise Impossible(f"{unknown[0]!r} is not offered, only: {', '.join(by_label) or 'nothing'}")
        picked: Any = [by_label[label] for label in labels]
        many = element["type"] != "overflow" and values.is_many(element["type"])
        return self._interact(there, field, picked if many else picked[0])

    def _interact(self, there: There, field: str, value: Any, *, entered: bool = False) -> Reply:
        ids = _ids(there, field)
        return _tried(
            lambda: self._acting.interacting.interact(self.id, _where(there), ids, value, entered=entered)
        )  # fmt: skip

    def type_ahead(self, there: There, field: str, typed: str) -> list[dict[str, Any]]:
        """The options offered for what was typed. Raises Unhappy if the app offers none in time or nonsense."""
        offered = self._acting.interacting.type_ahead(self.id, _where(there), _ids(there, field), typed)
        return values.options(offered)

    def submit(self, view: OpenView | None = None) -> dict[str, str] | None:
        """Submit a modal (the one in front); the errors by block, None if there are none. Raises Unhappy if the app
        did not answer in time or answered nonsense."""
        try:
            self._acting.submitting.submit(self.id, (view or self.view()).id)
        except Unhappy as error:
            if error.code != "validation_errors":
                raise
            return error.errors
        return None

    def close(self, view: OpenView | None = None, *, whole_stack: bool = False) -> None:
        """Close a modal (the one in front)."""
        self._acting.submitting.close(self.id, (view or self.view()).id, whole_stack=whole_stack)


def _tried(act: Callable[[], Any]) -> Reply:
    try:
        act()
    except Unhappy as error:
        return Reply(False, error.code, str(error))
    return Reply(True)


def _name(there: There) -> str:
    return there.id if isinstance(there, OpenView) else there.ts


def _where(there: There) -> dict[str, str]:
    return {"view": there.id} if isinstance(there, OpenView) else {"channel": there.channel, "ts": there.ts}


def _ids(there: There, field: str) -> tuple[str, str]:
    pairs = [(block["block_id"], element["action_id"]) for block, element in values.elements(there.blocks)]
    found = [pair for pair in pairs if field in (*pair, "/".join(pair))]
    if len(found) != 1:
        names = ", ".join("/".join(pair) for pair in pairs) or "nothing"
        raise Impossible(f"{field!r} names {len(found)} things here; there are: {names}")
    return found[0]


def _element(there: There, ids: tuple[str, str]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    found = values.find(there.blocks, *ids)
    assert found is not None
    return found
