"""``conversations.history`` and ``conversations.replies``. Ephemeral messages are in neither."""

from __future__ import annotations

from collections.abc import Sequence

from sym.simulator.conversations import Conversation
from sym.simulator.errors import ApiError
from sym.simulator.messages import Message
from sym.simulator.web_api.calling import Answer, Call, Method

_HISTORY = {
    "public_channel": "channels:history", "private_channel": "groups:history", "im": "im:history",
    "mpim": "mpim:history",
}  # fmt: skip


def _readable(call: Call) -> Conversation:
    conversation = call.channel()
    call.needs(_HISTORY[conversation.kind])
    if call.bot not in conversation.members:
        raise ApiError("not_in_channel")
    return conversation


def _within(call: Call, messages: Sequence[Message]) -> list[Message]:
    oldest, latest = _moment(call, "oldest", "0"), _moment(call, "latest", "9999999999")
    inclusive = call.flag("inclusive")
    return [
        message
        for message in messages
        if oldest < float(message.ts) < latest or (inclusive and float(message.ts) in (oldest, latest))
    ]


def _moment(call: Call, name: str, default: str) -> float:
    try:
        return float(call.text(name, default))
    except ValueError:
        raise ApiError(f"invalid_ts_{name}") from None


def _history(call: Call) -> Answer:
    conversation = _readable(call)
    found, more = call.page(_within(call, conversation.messages)[::-1], 100, 999)
    return _shown(call, found, more)


def _replies(call: Call) -> Answer:
    conversation = _readable(call)
    message = conversation.find(call.text("ts"))
    if message is None:
        raise ApiError("thread_not_found")
    top = conversation.find(message.thread_ts) if message.is_reply and message.thread_ts else message
    assert top is not None
    found, more = call.page([top, *_within(call, top.replies)], 1000, 1000)
    return _shown(call, found, more)


def _shown(call: Call, found: Sequence[Message], more: Answer) -> Answer:
    with_metadata = call.flag("include_all_metadata")
    has_more = bool(more["response_metadata"]["next_cursor"])
    messages = [message.as_slack(with_metadata=with_metadata) for message in found]
    return {"messages": messages, "has_more": has_more, **(more if has_more else {})}


METHODS = {"conversations.history": Method(_history), "conversations.replies": Method(_replies)}
