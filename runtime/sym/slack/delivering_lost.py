"""Finding a message that may have been posted, although no answer came: by the block id it was given."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sym.slack.blocks.ids import message_block
from sym.slack.delivering_failures import code_of

if TYPE_CHECKING:
    from slack_sdk import WebClient

log = logging.getLogger(__name__)
_PAGE = 200
_MOST_PAGES = 15
# Slack's clock and ours may differ by so much.
_SKEW = timedelta(minutes=10)


def find_posted(
    client: WebClient, channel: str, message_id: str, *, since: datetime | None, thread_ts: str | None = None
) -> str | None:
    """The ``ts`` of the message, None if it is not among the 3000 that follow ``since``. Raises what the client
    raises."""
    from slack_sdk.errors import SlackApiError

    wanted = message_block(message_id)
    try:
        return next(
            (str(item["ts"]) for item in _written(client, channel, since, thread_ts) if _is(item, wanted)), None
        )
    except SlackApiError as error:
        if code_of(error) == "missing_scope":
            # Rather twice than never.
            log.warning("the app may not read %s, so a message may appear twice there: install it again", channel)
            return None
        if code_of(error) == "thread_not_found":
            return None
        if code_of(error) != "not_in_channel":
            raise
    # The app may write to public channels it is not in, but not read them.
    client.conversations_join(channel=channel)
    return next((str(item["ts"]) for item in _written(client, channel, since, thread_ts) if _is(item, wanted)), None)


def _is(item: dict[str, Any], block_id: str) -> bool:
    return any(block.get("block_id") == block_id for block in item.get("blocks") or ())


def _written(
    client: WebClient, channel: str, since: datetime | None, thread_ts: str | None
) -> Iterator[dict[str, Any]]:
    """What was written since then, page by page."""
    oldest = f"{(since - _SKEW).timestamp():.6f}" if since else None
    cursor = None
    for _ in range(_MOST_PAGES):
        if thread_ts is not None:
            said = client.conversations_replies(
                channel=channel, ts=thread_ts, limit=_PAGE, oldest=oldest, cursor=cursor
            )
        else:
            said = client.conversations_history(channel=channel, limit=_PAGE, oldest=oldest, cursor=cursor)
        yield from said.get("messages") or ()
        cursor = (said.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return
    log.warning("more than %s messages follow in %s; the lost one was not among them", _PAGE * _MOST_PAGES, channel)
