"""``chat.*``: posting and editing messages."""

from __future__ import annotations

from typing import Any

from sym.simulator import content
from sym.simulator.conversations import Conversation
from sym.simulator.errors import ApiError
from sym.simulator.messages import Message
from sym.simulator.web_api.calling import Answer, Call, Method


def _target(call: Call) -> Conversation:
    """Where to post: by id, by ``#name``, or a person's id for the direct message with them."""
    name = call.text("channel", "")
    if not name:
        raise ApiError("channel_not_found")
    workspace = call.workspace
    account = workspace.accounts.get(name)
    if account is not None:
        if account.is_bot or account.is_deleted:
            raise ApiError("cannot_dm_bot" if account.is_bot else "channel_not_found")
        return workspace.between([call.bot, account.id])
    conversation = workspace.conversations.get(name) or workspace.channel_named(name)
    if conversation is None or not call.can_find(conversation):
        raise ApiError("channel_not_found")
    return conversation


def _may_post(call: Call, conversation: Conversation) -> None:
    if conversation.is_archived:
        raise ApiError("is_archived")
    if call.bot not in conversation.members and not call.has("chat:write.public"):
        raise ApiError("not_in_channel")


def _thread(call: Call, conversation: Conversation) -> str | None:
    ts = call.text("thread_ts", "")
    if not ts:
        return None
    parent = conversation.find(ts)
    if parent is None:
        raise ApiError("thread_not_found" if _is_ts(ts) else "invalid_thread_ts")
    return parent.thread_ts if parent.is_reply else parent.ts


def _is_ts(text: str) -> bool:
    seconds, _, micros = text.partition(".")
    return seconds.isdecimal() and micros.isdecimal()


def _post_message(call: Call) -> Answer:
    conversation = _target(call)
    _may_post(call, conversation)
    said = content.read(call.arguments)
    message = call.workspace.post(
        conversation, call.bot, **said, thread_ts=_thread(call, conversation),
        bot_id=call.installation.bot_id, app_id=call.slack.app.id,
    )  # fmt: skip
    return {"channel": conversation.id, "ts": message.ts, "message": message.as_slack(with_metadata=True)}


def _own(call: Call, denied: str) -> Message:
    conversation = call.channel()
    message = conversation.find(call.text("ts"))
    if message is None:
        raise ApiError("message_not_found")
    if message.user != call.bot:
        raise ApiError(denied)
    return message


def _update(call: Call) -> Answer:
    message = _own(call, "cant_update_message")
    if call.workspace.conversations[message.channel].is_archived:
        raise ApiError("is_archived")
    said: dict[str, Any] = content.read(call.arguments)
    call.workspace.edit(message, said)
    return {"channel": message.channel, "ts": message.ts, "text": message.text, "message": message.as_slack()}


def _delete(call: Call) -> Answer:
    message = _own(call, "cant_delete_message")
    call.workspace.delete(message)
    return {"channel": message.channel, "ts": message.ts}


def _post_ephemeral(call: Call) -> Answer:
    conversation = _target(call)
    account = call.account()
    if conversation.is_archived:
        raise ApiError("is_archived")
    if call.bot not in conversation.members and not call.has("chat:write.public"):
        raise ApiError("not_in_channel")
    if account.id not in conversation.members:
        raise ApiError("user_not_in_channel")
    message = call.workspace.post(
        conversation, call.bot, **content.read(call.arguments), visible_to=account.id,
        thread_ts=_thread(call, conversation), bot_id=call.installation.bot_id, app_id=call.slack.app.id,
    )  # fmt: skip
    return {"message_ts": message.ts}


def _permalink(call: Call) -> Answer:
    conversation = call.channel()
    message = conversation.find(call.text("message_ts"))
    if message is None:
        raise ApiError("message_not_found")
    return {"channel": conversation.id, "permalink": permalink(call.workspace.domain, message)}


def permalink(domain: str, message: Message) -> str:
    """The address of a message."""
    address = f"https://{domain}.slack.com/archives/{message.channel}/p{message.ts.replace('.', '')}"
    return f"{address}?thread_ts={message.thread_ts}&cid={message.channel}" if message.is_reply else address


METHODS = {
    "chat.postMessage": Method(_post_message, ("chat:write",)),
    "chat.update": Method(_update, ("chat:write",)),
    "chat.delete": Method(_delete, ("chat:write",)),
    "chat.postEphemeral": Method(_post_ephemeral, ("chat:write",)),
    "chat.getPermalink": Method(_permalink),
}
