"""Where requests are sent. Make destinations with :mod:`sym.sdk.integrations.slack`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Self, cast

from sym.sdk._model import Model, field


def _stripped(name: str) -> Callable[[str], str]:
    def strip(value: str) -> str:
        value = value.strip()
        if not value:
            raise ValueError(f"{name} must be non-empty")
        return value

    return strip


def _channel_id(value: str) -> str:
    value = _stripped("channel_id")(value)
    if value[0] not in "CDG":
        raise ValueError("channel_id is not a valid Slack Channel ID: one starts with C, D or G")
    return value


def _user_id(value: str) -> str:
    value = _stripped("user_id")(value)
    if value[0] not in "UW":
        raise ValueError("user_id is not a valid Slack User ID: one starts with U or W")
    return value


def _group(users: list[SlackUser]) -> list[SlackUser]:
    if not all(isinstance(user, SlackUser) for user in users):
        raise ValueError("users must all be Slack users")
    if len(users) < 1:
        raise ValueError("ensure this value has at least 1 items")
    if len(users) > 7:
        raise ValueError("ensure this value has at most 7 items: Slack allows no more people in a group message")
    return users


class RequestDestination(Model):
    """Somewhere a request can be sent.

    Attributes:
        allow_self: whether requesters may decide their own requests there.
        timeout: seconds to wait for a decision before moving on; ``None`` waits for ever.

    Dictionaries become the subclass their keys tell of (``channel_name``, ``channel_id``, ``user_id`` or ``users``),
    whichever class they are parsed as.
    """

    allow_self: bool = False
    timeout: int | None = None

    @classmethod
    def parse_obj(cls, obj: Any) -> Self:
        """Make the destination a dictionary describes. An instance of this class is returned as it is.

        Raises:
            ValueError: it describes none; the text starts with "Failed to parse RequestDestination data:".
        """
        try:
            # Cast: the keys decide about the class, not the class that was asked.
            return cast("Self", cls._from(obj))
        except (ValueError, TypeError) as error:
            raise ValueError(f"Failed to parse RequestDestination data: {error}") from error

    @classmethod
    def parse_raw(cls, raw: str | bytes) -> Self:
        """Make the destination JSON text describes; otherwise as ``parse_obj``."""
        try:
            obj = json.loads(raw)
        except (ValueError, TypeError) as error:
            raise ValueError(f"Failed to parse RequestDestination data: {error}") from error
        return cls.parse_obj(obj)

    @classmethod
    def __sym_coerce__(cls, value: Any) -> Any:
        """Accept ``value`` for a field of this type; unlike other models, an instance stays the very same object."""
        return cls.parse_obj(value)

    @classmethod
    def _from(cls, obj: Any) -> RequestDestination:
        if isinstance(obj, cls):
            return obj
        if isinstance(obj, Mapping):
            for key, kind in _BY_KEY.items():
                if key in obj:
                    return kind(**obj)
            # How destinations were stored long ago.
            if {"lookup_type", "allow_self"} < obj.keys():
                return cls(**obj)
        raise ValueError("Unknown type of RequestDestination")


class SlackRequestDestination(RequestDestination):
    """Somewhere in Slack."""


class SlackChannelID(SlackRequestDestination):
    """A Slack channel by its id.

    Attributes:
        channel_id: starts with C, D or G.
    """

    channel_id: str = field(after=_channel_id)

    def __str__(self) -> str:
        return f"SlackChannelID '{self.channel_id}'"


class SlackChannelName(SlackRequestDestination):
    """A Slack channel by its name.

    Attributes:
        channel_name: with or without ``#``, and kept that way.
    """

    channel_name: str = field(after=_stripped("channel_name"))

    def __str__(self) -> str:
        return f"SlackChannelName '{self.channel_name}'"


class SlackUser(SlackRequestDestination):
    """One person in Slack.

    Attributes:
        user_id: starts with U or W.
    """

    user_id: str = field(after=_user_id)

    def mention(self) -> str:
        """Return the markup Slack shows as the person's name."""
        return f"<@{self.user_id}>"

    def __str__(self) -> str:
        return f"SlackUser '{self.user_id}'"


class SlackUserGroup(SlackRequestDestination):
    """Several people in one Slack message.

    Attributes:
        users: one to seven; the group's ``allow_self`` counts, not theirs.
    """

    users: list[SlackUser] = field(after=_group)

    def __str__(self) -> str:
        return f"SlackUserGroup '{[user.user_id for user in self.users]}'"


_BY_KEY: dict[str, type[RequestDestination]] = {
    "channel_name": SlackChannelName,
    "channel_id": SlackChannelID,
    "user_id": SlackUser,
    "users": SlackUserGroup,
}


class RequestDestinationFallback(Model):
    """Destinations to try in order.

    Attributes:
        destinations: the first is tried first.
        continue_on_delivery_failure: go on when the request could not be sent.
        continue_on_timeout: go on when nobody decided in time.
    """

    destinations: list[RequestDestination]
    continue_on_delivery_failure: bool = True
    continue_on_timeout: bool = False


class RequestForwardContext(Model):
    """Where a request that moves on comes from and goes to.

    Attributes:
        all_request_destinations: all there are, in order.
        current_destination_index: where it is now.
        next_destination_index: where it goes; ``None`` if that was the last.
    """

    all_request_destinations: list[RequestDestination]
    current_destination_index: int
    next_destination_index: int | None = None
