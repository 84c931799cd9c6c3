"""One call of the Web API: who calls, with which arguments, and what the method may know."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sym.simulator.accounts import Account
from sym.simulator.apps import Installation, missing
from sym.simulator.conversations import Conversation
from sym.simulator.errors import ApiError
from sym.simulator.events import Events
from sym.simulator.slack import Slack
from sym.simulator.sockets import Sockets
from sym.simulator.workspace import Workspace

Answer = dict[str, Any]
_TRUE, _FALSE = (True, "true", "1", 1), (False, "false", "0", 0, "")


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call with a good token (or none, for ``oauth.v2.access`` and ``api.test``). ``installation`` is the app in the
    workspace of the token."""

    slack: Slack
    sockets: Sockets
    events: Events
    method: str
    arguments: Mapping[str, Any]
    basic: tuple[str, str] | None = None
    caller: Installation | None = None

    @property
    def installation(self) -> Installation:
        """The app in the workspace of the token."""
        assert self.caller is not None
        return self.caller

    @property
    def workspace(self) -> Workspace:
        """The workspace of the token."""
        return self.slack.workspaces[self.installation.team]

    @property
    def bot(self) -> str:
        """The id of the app's bot user."""
        return self.installation.bot_user

    # arguments

    def text(self, name: str, default: str | None = None) -> str:
        """An argument that is text. Raises ApiError (``invalid_arguments``) if it is missing and has no default."""
        value = self.arguments.get(name)
        if value is None or value == "":
            if default is None:
                raise ApiError("invalid_arguments", [f"[ERROR] missing required field: {name}"])
            return default
        if not isinstance(value, str | int | float):
            raise ApiError("invalid_arguments", [f"[ERROR] must be a string [json-pointer:/{name}]"])
        return str(value)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """An argument that is true or false."""
        value = self.arguments.get(name, default)
        if value not in (*_TRUE, *_FALSE):
            raise ApiError("invalid_arguments", [f"[ERROR] must be a boolean [json-pointer:/{name}]"])
        return value in _TRUE

    def number(self, name: str, default: int, most: int) -> int:
        """An argument that is a whole number from 1 to ``most``."""
        value = self.text(name, str(default))
        if not value.isdecimal() or not 0 < int(value) <= most:
            raise ApiError("invalid_limit" if name == "limit" else "invalid_arguments")
        return int(value)

    def words(self, name: str, default: str = "") -> list[str]:
        """An argument that is a list: with commas, or a JSON array."""
        value = self.arguments.get(name)
        if isinstance(value, list):
            return [str(each) for each in value]
        return [word.strip() for word in self.text(name, default).split(",") if word.strip()]

    # what it may and can reach

    def needs(self, *scopes: str) -> None:
        """Raises ApiError (``missing_scope``) unless the token has all of them."""
        granted = self.installation.scopes
        lacking = missing(scopes, granted)
        if lacking:
            raise ApiError("missing_scope", needed=",".join(lacking), provided=",".join(granted))

    def has(self, scope: str) -> bool:
        """Whether the token has this scope."""
        return scope in self.installation.scopes

    def account(self, name: str = "user") -> Account:
        """The person of an argument. Raises ApiError (``user_not_found``)."""
        account = self.workspace.accounts.get(self.text(name))
        if account is None:
            raise ApiError("user_not_found")
        return account

    def channel(self, name: str = "channel") -> Conversation:
        """The conversation of an argument, by id: public ones, and others that the bot is in. Raises ApiError
        (``channel_not_found``)."""
        conversation = self.workspace.conversations.get(self.text(name))
        if conversation is None or not self.can_find(conversation):
            raise ApiError("channel_not_found")
        return conversation

    def can_find(self, conversation: Conversation) -> bool:
        """Whether the bot may know that it exists."""
        return conversation.kind == "public_channel" or self.bot in conversation.members

    def page(self, items: Sequence[Any], default: int, most: int) -> tuple[list[Any], Answer]:
        """The part of ``items`` that ``cursor`` and ``limit`` ask for, and ``response_metadata`` with the next cursor.
        Raises ApiError (``invalid_cursor``, ``invalid_limit``)."""
        size = self.number("limit", default, most)
        start = _offset(self.text("cursor", ""), len(items))
        rest = start + size < len(items)
        following = base64.b64encode(f"next:{start + size}".encode()).decode() if rest else ""
        return list(items[start : start + size]), {"response_metadata": {"next_cursor": following}}


def _offset(cursor: str, count: int) -> int:
    if not cursor:
        return 0
    try:
        word, _, number = base64.b64decode(cursor, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise ApiError("invalid_cursor") from None
    if word != "next" or not number.isdecimal() or int(number) > count:
        raise ApiError("invalid_cursor")
    return int(number)


@dataclass(frozen=True)
class Method:
    """What answers a call. ``by`` is the token that it needs: the ``bot``'s, the ``app``-level one, or none."""

    answer: Callable[[Call], Answer]
    scopes: tuple[str, ...] = ()
    by: str = "bot"
