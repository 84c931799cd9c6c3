"""Slack: where requests go, messages, and who is where."""
# ruff: noqa: PLC0414 - the aliases mark what this module re-exports

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, cast

from sym.sdk._stubs import stubbed
from sym.sdk.exceptions.slack import SlackError as SlackError
from sym.sdk.integrations import _call
from sym.sdk.request_destination import RequestDestination as RequestDestination
from sym.sdk.request_destination import RequestDestinationFallback as RequestDestinationFallback
from sym.sdk.request_destination import SlackChannelID as SlackChannelID
from sym.sdk.request_destination import SlackChannelName as SlackChannelName
from sym.sdk.request_destination import SlackUser as SlackUser
from sym.sdk.request_destination import SlackUserGroup as SlackUserGroup
from sym.sdk.user import User

_CHANNEL_ID = re.compile(r"[CDG][A-Z0-9]+")
# A display name may be in capitals too: an id has a digit, or the length of one.
_USER_ID = re.compile(r"[UW](?=[A-Z0-9]*[0-9])[A-Z0-9]+|[UW][A-Z0-9]{8,}")
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(\|[^>]*)?>")


@stubbed
def user(identifier: str | User, allow_self: bool = False, timeout: int | None = None) -> SlackUser:
    """Return one person as a destination.

    Args:
        identifier: a Slack id, a mention, an e-mail address, a display name, or a user.
        allow_self: whether they may decide their own requests.
        timeout: seconds to wait for them.

    Raises:
        SlackError: there is no such person.
        NoHost: Slack has to be asked, and no flow is running this code. Ids and mentions need no asking.
    """
    return SlackUser(user_id=_id_of(identifier), allow_self=allow_self, timeout=timeout)


def channel(name: str, allow_self: bool = False, timeout: int | None = None) -> SlackChannelID | SlackChannelName:
    """Return a channel as a destination; whether it exists shows when something is sent there.

    Args:
        name: its name, with or without ``#``, or its id.
        allow_self: whether requesters may decide their own requests there.
        timeout: seconds to wait for a decision.

    Raises:
        SlackError: there is no name, as for the source channel of a request made outside of any.
    """
    if not isinstance(name, str) or not name.strip():
        raise SlackError("CHANNEL_NOT_FOUND", "slack.channel needs the name or the id of a channel, and got none.")
    if _CHANNEL_ID.fullmatch(name.strip()):
        return SlackChannelID(channel_id=name, allow_self=allow_self, timeout=timeout)
    return SlackChannelName(channel_name=name, allow_self=allow_self, timeout=timeout)


@stubbed
def group(
    users: Sequence[str | User | SlackUser], allow_self: bool = False, timeout: int | None = None
) -> SlackUserGroup:
    """Return up to seven people as one destination: a message all of them are in.

    Args:
        users: each as for ``user``, or made by it.
        allow_self: whether they may decide their own requests.
        timeout: seconds to wait for them.

    Raises:
        ValidationError: nobody, or more than seven.
        SlackError: one of them does not exist, or what is passed is no list.
    """
    given = _call.several(users)
    if given is None:
        raise SlackError("USER_NOT_FOUND", "slack.group needs a list of people; slack.user is for one.")
    members = [member if isinstance(member, SlackUser) else SlackUser(user_id=_id_of(member)) for member in given]
    return SlackUserGroup(users=members, allow_self=allow_self, timeout=timeout)


def fallback(
    *destinations: RequestDestination | None,
    continue_on_delivery_failure: bool | None = True,
    continue_on_timeout: bool | None = False,
) -> RequestDestinationFallback:
    """Return destinations to try in order. ``None`` among them is skipped.

    Args:
        destinations: the first is tried first.
        continue_on_delivery_failure: go on when the request could not be sent.
        continue_on_timeout: go on when nobody decided in time.

    Raises:
        SlackError: there is no destination.
    """
    known = [destination for destination in destinations if destination is not None]
    if not known:
        raise SlackError("MISSING_DESTINATION", "slack.fallback needs destinations, and got none.")
    return RequestDestinationFallback(
        destinations=known,
        continue_on_delivery_failure=bool(continue_on_delivery_failure),
        continue_on_timeout=bool(continue_on_timeout),
    )


@stubbed
def mention(identifier: str | User) -> str:
    """Return the markup Slack shows as the person's name; ``identifier`` and errors as for ``user``."""
    return f"<@{_id_of(identifier)}>"


@stubbed
def send_message(destination: User | RequestDestination, message: str) -> None:
    """Send a message to a person, a group or a channel. Raises ``SlackError``."""
    _call.ask("slack", "send_message", destination=destination, message=message)


@stubbed
def send_thread_message(message: str) -> None:
    """Reply to the message of the current request. Raises ``SlackError`` if there is no such message in Slack."""
    _call.ask("slack", "send_thread_message", message=message)


@stubbed
def get_user_info(user: User) -> dict[str, Any]:
    """Return what Slack's ``users.info`` says of the user. Raises ``SlackError``."""
    return cast("dict[str, Any]", _call.ask("slack", "get_user_info", user=user))


@stubbed
def list_users(active_only: bool = True) -> list[dict[str, Any]]:
    """Return the members Slack's ``users.list`` lists, without deactivated ones if ``active_only``."""
    return cast("list[dict[str, Any]]", _call.ask("slack", "list_users", active_only=active_only))


@stubbed
def is_user_in_group(user: User, *, group_id: str) -> bool:
    """Say whether the user is in the Slack user group with this id. Raises ``SlackError``."""
    return bool(_call.ask("slack", "is_user_in_group", user=user, group_id=group_id))


@stubbed
def users_in_channel(channel: SlackChannelID | SlackChannelName | str) -> list[User]:
    """Return who is in a channel, guests and people from connected workspaces included. Slow for large channels.

    Args:
        channel: the destination, its id, or its name beginning with ``#``.

    Raises:
        SlackError: there is no such channel, or Slack failed.
    """
    if isinstance(channel, str) and not (channel.startswith("#") or _CHANNEL_ID.fullmatch(channel)):
        raise SlackError("CHANNEL_NOT_FOUND", f"{channel!r} is no channel: write its name as '#name', or its id.")
    return _call.users(_call.ask("slack", "users_in_channel", channel=channel))


def _id_of(identifier: str | User) -> str:
    if isinstance(identifier, User):
        known = identifier.identity("slack")
        if known is not None:
            return known.user_id
    elif not isinstance(identifier, str) or not identifier.strip():
        raise SlackError("USER_NOT_FOUND", "A Slack id, an e-mail address, a name or a user is needed; got none.")
    elif found := _MENTION.fullmatch(identifier.strip()):
        return found[1]
    elif _USER_ID.fullmatch(identifier.strip()):
        return identifier.strip()
    return str(_call.ask("slack", "find_user_id", identifier=identifier))
