"""Posting in Slack, so that nothing is said twice and every failure is understood.

A post is never repeated by the client. One whose answer was lost may have been taken: before it is posted again it is
looked for, by the block id of its first block (:mod:`sym.slack.delivering_lost`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sym.slack.delivering_channels import Channels
from sym.slack.delivering_failures import GONE, code_of, understood
from sym.slack.delivering_lost import find_posted

if TYPE_CHECKING:
    from slack_sdk import WebClient

    from sym.slack.people import People
    from sym.slack.workspaces import Workspaces

log = logging.getLogger(__name__)
Message = Mapping[str, Any]
"""``{"text", "blocks"}``, as :mod:`sym.slack.blocks` makes them."""
# An ephemeral message cannot be shown there; a direct one can.
_NOT_THERE = ("channel_not_found", "not_in_channel", "user_not_in_channel", "is_archived", "invalid_channel")


@dataclass(frozen=True, kw_only=True)
class Place:
    """A conversation, and a thread in it. ``words`` say where it is, within a sentence."""

    team: str
    channel: str
    words: str
    thread_ts: str | None = None


class Courier:
    """Takes messages to conversations. Safe to share between threads. Every method raises Undeliverable or
    Unreachable."""

    def __init__(self, workspaces: Workspaces, people: People, clock: Callable[[], datetime]) -> None:
        self._workspaces = workspaces
        self.channels = Channels(people, clock)

    def client(self, team: str) -> WebClient:
        """A client that repeats nothing: neither what may have been taken, nor by sleeping while others wait."""
        with understood("the workspace"):
            client = self._workspaces.client(team, retries=False)
        client.retry_handlers[:] = []
        return client

    def place_of(self, team: str, destination: Mapping[str, Any]) -> Place:
        """The conversation a destination is."""
        channel = self.channels.find(self.client(team), team, destination)
        return Place(team=team, channel=channel, words=words_of(destination))

    def post(self, place: Place, message: Message) -> str:
        """Post a message, and give its ``ts``."""
        from slack_sdk.errors import SlackApiError

        client = self.client(place.team)
        with understood(place.words):
            try:
                return self._post(client, place, message, place.thread_ts)
            except SlackApiError as error:
                code = code_of(error)
                if code in ("channel_not_found", "is_archived"):
                    self.channels.forget(place.team, place.channel)
                if code in GONE and place.thread_ts is not None:
                    # People deleted what began the thread.
                    return self._post(client, place, message, None)
                if code != "not_in_channel" or not _joins(client, place.channel):
                    raise
            return self._post(client, place, message, place.thread_ts)

    def _post(self, client: WebClient, place: Place, message: Message, thread_ts: str | None) -> str:
        said = client.chat_postMessage(channel=place.channel, text=message["text"], blocks=message.get("blocks"),
                                       thread_ts=thread_ts, unfurl_links=False, unfurl_media=False)  # fmt: skip
        return str(said["ts"])

    def find(self, place: Place, message_id: str, since: datetime | None) -> str | None:
        """The ``ts`` of a message that may have been posted, None if it was not."""
        client = self.client(place.team)
        with understood(place.words):
            found = find_posted(client, place.channel, message_id, since=since, thread_ts=place.thread_ts)
        if found is not None:
            log.info("the message %s had been posted, although no answer came", message_id)
        return found

    def change(self, place: Place, ts: str, message: Message) -> bool:
        """Make a posted message say something else; False if people have deleted it: it is not posted again."""
        from slack_sdk.errors import SlackApiError

        with understood(place.words):
            try:
                self.client(place.team).chat_update(
                    channel=place.channel, ts=ts, text=message["text"], blocks=message["blocks"]
                )
            except SlackApiError as error:
                if code_of(error) not in GONE:
                    raise
                return False
        return True

    def whisper(self, place: Place, slack_user: str, message: Message) -> bool:
        """Show a message to one person of a conversation only; False if that cannot be done there. Nobody can tell
        whether it was seen, so that one whose answer is lost may appear twice."""
        from slack_sdk.errors import SlackApiError

        with understood(place.words):
            try:
                self.client(place.team).chat_postEphemeral(
                    channel=place.channel, user=slack_user, text=message["text"], blocks=message["blocks"]
                )
            except SlackApiError as error:
                if code_of(error) not in _NOT_THERE:
                    raise
                return False
        return True


def words_of(destination: Mapping[str, Any]) -> str:
    """A destination in words, as they stand within a sentence."""
    if destination["kind"] == "slack_channel":
        name = str(destination.get("name") or destination.get("id")).strip()
        return f"the channel {name}"
    return "the group" if destination["kind"] == "slack_group" else "the person"


def _joins(client: WebClient, channel: str) -> bool:
    """Whether the app could join the channel: it can join public ones."""
    from slack_sdk.errors import SlackApiError

    try:
        client.conversations_join(channel=channel)
    except SlackApiError:
        return False
    return True
