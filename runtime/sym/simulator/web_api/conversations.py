"""``conversations.*`` but for what is said in them, and ``users.conversations``."""

from __future__ import annotations

from collections.abc import Iterable

from sym.simulator.conversations import Conversation
from sym.simulator.errors import ApiError
from sym.simulator.web_api.calling import Answer, Call, Method

MOST_IN_GROUP = 8
_READ = {"public_channel": "channels:read", "private_channel": "groups:read", "im": "im:read", "mpim": "mpim:read"}


def _open(call: Call) -> Answer:
    if call.arguments.get("channel"):
        call.needs("im:write")
        conversation = call.channel()
        return _opened(call, conversation)
    wanted = list(dict.fromkeys(call.words("users")))
    if not wanted:
        raise ApiError("users_list_not_supplied")
    call.needs("im:write" if len(wanted) == 1 else "mpim:write")
    if len(wanted) > MOST_IN_GROUP:
        raise ApiError("too_many_users")
    for name in wanted:
        _can_be_told(call, name)
    return _opened(call, call.workspace.between([call.bot, *wanted]))


def _can_be_told(call: Call, name: str) -> None:
    account = call.workspace.accounts.get(name)
    if account is None:
        raise ApiError("user_not_found")
    if account.is_bot:
        raise ApiError("cannot_dm_bot")
    if account.is_deleted:
        raise ApiError("user_disabled")


def _opened(call: Call, conversation: Conversation) -> Answer:
    shown = conversation.as_slack(call.bot) if call.flag("return_im") else {"id": conversation.id}
    return {"no_op": False, "already_open": False, "channel": shown}


def _of_types(call: Call, conversations: Iterable[Conversation]) -> list[Conversation]:
    wanted = call.words("types", "public_channel")
    if unknown := [kind for kind in wanted if kind not in _READ]:
        raise ApiError("invalid_types", [f"[ERROR] unknown type: {unknown[0]}"])
    call.needs(*(_READ[kind] for kind in wanted))
    leave_out = call.flag("exclude_archived")
    found = (each for each in conversations if each.kind in wanted and call.can_find(each))
    return [each for each in found if not (leave_out and each.is_archived)]


def _list(call: Call) -> Answer:
    found, more = call.page(_of_types(call, call.workspace.conversations.values()), 100, 1000)
    return {"channels": [each.as_slack(call.bot, with_members=True) for each in found], **more}


def _of_user(call: Call) -> Answer:
    person = call.account().id if call.arguments.get("user") else call.bot
    theirs = (each for each in call.workspace.conversations.values() if person in each.members)
    found, more = call.page(_of_types(call, theirs), 100, 999)
    return {"channels": [each.as_slack(call.bot) for each in found], **more}


def _info(call: Call) -> Answer:
    conversation = call.channel()
    call.needs(_READ[conversation.kind])
    with_members = call.flag("include_num_members")
    return {"channel": conversation.as_slack(call.bot, with_members=with_members)}


def _members(call: Call) -> Answer:
    conversation = call.channel()
    call.needs(_READ[conversation.kind])
    found, more = call.page(conversation.members, 100, 1000)
    return {"members": found, **more}


def _join(call: Call) -> Answer:
    conversation = call.channel()
    if conversation.kind != "public_channel":
        raise ApiError("method_not_supported_for_channel_type")
    if conversation.is_archived:
        raise ApiError("is_archived")
    if call.bot in conversation.members:
        shown = conversation.as_slack(call.bot)
        return {
            "channel": shown,
            "warning": "already_in_channel",
            "response_metadata": {"warnings": ["already_in_channel"]},
        }
    conversation.members.append(call.bot)
    call.slack.changes.add("channel.changed", team=call.workspace.id, channel=conversation.id)
    call.events.joined(call.workspace, conversation.id, call.bot)
    return {"channel": conversation.as_slack(call.bot)}


METHODS = {
    "conversations.open": Method(_open),
    "conversations.list": Method(_list),
    "users.conversations": Method(_of_user),
    "conversations.info": Method(_info),
    "conversations.members": Method(_members),
    "conversations.join": Method(_join, ("channels:join",)),
}
