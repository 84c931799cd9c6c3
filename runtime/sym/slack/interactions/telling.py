"""Saying something to one person alone, where they are, or where they can be found."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from slack_sdk import WebClient

    from sym.slack.interactions.arrivals import Arrival

log = logging.getLogger(__name__)
Message = Mapping[str, Any]
"""``{"text": …, "blocks": […]}``"""


def tell(client: WebClient, arrival: Arrival, message: Message) -> bool:
    """Say ``message`` to who sent ``arrival``: where they were, seen by nobody else; else in the conversation the app
    has with them. False when that cannot be done either, which is logged.

    Slack takes what goes to the response URL also where the app is no member, so that is tried first.
    """
    ways: tuple[Callable[[], None], ...] = (
        lambda: _answer(arrival, message),
        lambda: _post_ephemeral(client, arrival, message),
        lambda: _write(client, arrival, message),
    )
    for way in ways:
        if _works(way):
            return True
    log.warning("somebody in Slack could not be told what became of what they did")
    return False


class _NoWay(Exception):
    """There is no such way."""


def _works(way: Callable[[], None]) -> bool:
    from slack_sdk.errors import SlackClientError

    try:
        way()
    except (_NoWay, SlackClientError, OSError):
        return False
    return True


def _answer(arrival: Arrival, message: Message) -> None:
    from slack_sdk.webhook import WebhookClient

    if not arrival.response_url:
        raise _NoWay
    # Without replace_original the answer to a click would take the card's place.
    answer = WebhookClient(arrival.response_url, timeout=10).send(
        text=message["text"], blocks=message.get("blocks"), response_type="ephemeral", replace_original=False
    )
    if answer.status_code != 200:
        raise _NoWay


def _post_ephemeral(client: WebClient, arrival: Arrival, message: Message) -> None:
    if not arrival.channel:
        raise _NoWay
    client.chat_postEphemeral(channel=arrival.channel, user=arrival.person, **message)


def _write(client: WebClient, arrival: Arrival, message: Message) -> None:
    opened: Any = client.conversations_open(users=[arrival.person])
    client.chat_postMessage(channel=opened["channel"]["id"], unfurl_links=False, unfurl_media=False, **message)
