"""Opening, listing and joining conversations, and what was said in them."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sym.simulator.conversations import Conversation
from sym.simulator.server import Person, Simulator


def code(act: Any, **arguments: Any) -> str:
    with pytest.raises(SlackApiError) as refusal:
        act(**arguments)
    return str(refusal.value.response["error"])


def test_direct_and_group_messages_are_opened_once(client: WebClient, ada: Person, ben: Person) -> None:
    direct = client.conversations_open(users=ada.id)["channel"]["id"]
    group = client.conversations_open(users=[ada.id, ben.id])["channel"]["id"]
    assert direct.startswith("D")
    assert group.startswith("G")
    assert client.conversations_open(users=[ada.id])["channel"]["id"] == direct
    assert client.conversations_open(users=f"{ben.id},{ada.id}")["channel"]["id"] == group
    assert client.conversations_open(channel=direct, return_im=True)["channel"]["user"] == ada.id


def test_who_cannot_be_written_to(simulator: Simulator, client: WebClient) -> None:
    many = [simulator.add_person(f"P{n}", email=None).id for n in range(9)]
    gone = simulator.add_person("Gone", email=None, is_deleted=True)
    assert code(client.conversations_open, users="U0") == "user_not_found"
    assert code(client.conversations_open, users=gone.id) == "user_disabled"
    assert code(client.conversations_open, users=simulator.installation.bot_user) == "cannot_dm_bot"
    assert code(client.conversations_open, users=many) == "too_many_users"
    assert code(client.conversations_open, users=[]) == "users_list_not_supplied"
    assert client.conversations_open(users=many[:8])["ok"]


def test_lists_show_what_the_app_may_know(simulator: Simulator, client: WebClient, ada: Person) -> None:
    simulator.add_channel("open")
    simulator.add_channel("old", is_archived=True)
    simulator.add_channel("hidden", is_private=True)
    simulator.add_channel("ours", is_private=True, has_app=True)
    assert names(client.conversations_list()) == ["general", "open", "old"]
    assert names(client.conversations_list(exclude_archived=True)) == ["general", "open"]
    assert names(client.conversations_list(types="public_channel,private_channel", limit=2)) == ["general", "open"]
    assert names(client.conversations_list(types="private_channel")) == ["ours"]
    assert names(client.users_conversations(types="public_channel,private_channel")) == ["ours"]
    assert names(client.users_conversations(user=ada.id)) == ["general"]
    assert code(client.conversations_list, types="cafeteria") == "invalid_types"


def names(answer: Any) -> list[str]:
    return [channel["name"] for channel in answer["channels"]]


def test_joining(simulator: Simulator, client: WebClient) -> None:
    public, archived = simulator.add_channel("public"), simulator.add_channel("archived", is_archived=True)
    private = simulator.add_channel("private", is_private=True, has_app=True)
    assert client.conversations_info(channel=public.id)["channel"]["is_member"] is False
    assert client.conversations_join(channel=public.id)["channel"]["is_member"] is True
    assert client.conversations_join(channel=public.id)["warning"] == "already_in_channel"
    assert client.conversations_members(channel=public.id)["members"] == [simulator.installation.bot_user]
    assert code(client.conversations_join, channel=archived.id) == "is_archived"
    assert code(client.conversations_join, channel=private.id) == "method_not_supported_for_channel_type"
    assert code(client.conversations_join, channel="C0") == "channel_not_found"


def test_history_is_newest_first_in_pages_with_blocks(client: WebClient, ops: Conversation) -> None:
    posted = [
        client.chat_postMessage(channel=ops.id, text=str(n), blocks=[{"type": "divider", "block_id": f"b{n}"}])["ts"]
        for n in range(3)
    ]
    client.chat_postMessage(channel=ops.id, text="reply", thread_ts=posted[0])
    page = client.conversations_history(channel=ops.id, limit=2)
    assert [message["text"] for message in page["messages"]] == ["2", "1"]
    assert page["messages"][0]["blocks"] == [{"type": "divider", "block_id": "b2"}]
    assert page["has_more"]
    cursor = page["response_metadata"]["next_cursor"]
    last = client.conversations_history(channel=ops.id, limit=2, cursor=cursor)
    assert [message["text"] for message in last["messages"]] == ["0"]
    assert last["messages"][0]["reply_count"] == 1
    since = client.conversations_history(channel=ops.id, oldest=posted[1])
    assert [message["text"] for message in since["messages"]] == ["2"]
    both = client.conversations_history(channel=ops.id, oldest=posted[1], latest=posted[1], inclusive=True)
    assert [message["text"] for message in both["messages"]] == ["1"]


def test_history_is_for_members(simulator: Simulator, client: WebClient) -> None:
    public, private = simulator.add_channel("public"), simulator.add_channel("private", is_private=True)
    assert code(client.conversations_history, channel=public.id) == "not_in_channel"
    assert code(client.conversations_history, channel=private.id) == "channel_not_found"


def test_metadata_is_there_if_asked_for(client: WebClient, ops: Conversation) -> None:
    metadata = {"event_type": "sym_card", "event_payload": {"id": "1"}}
    client.chat_postMessage(channel=ops.id, text="x", metadata=metadata)
    plainly = client.conversations_history(channel=ops.id)["messages"][0]
    assert "metadata" not in plainly
    assert client.conversations_history(channel=ops.id, include_all_metadata=True)["messages"][0]["metadata"] == (
        metadata
    )


def test_replies_begin_with_the_top(client: WebClient, ops: Conversation) -> None:
    top = client.chat_postMessage(channel=ops.id, text="top")["ts"]
    reply = client.chat_postMessage(channel=ops.id, text="reply", thread_ts=top)["ts"]
    for ts in (top, reply):
        found = client.conversations_replies(channel=ops.id, ts=ts)["messages"]
        assert [message["text"] for message in found] == ["top", "reply"]
    assert code(client.conversations_replies, channel=ops.id, ts="1.000001") == "thread_not_found"
