"""Posting, editing and linking messages."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sym.simulator.conversations import Conversation
from sym.simulator.server import Person, Simulator
from tests.runtime.simulator.conftest import actions, button, plain


def refused(act: Any, **arguments: Any) -> dict[str, Any]:
    with pytest.raises(SlackApiError) as refusal:
        act(**arguments)
    return dict(refusal.value.response.data)


def test_a_message_has_a_unique_ts_and_ids_for_its_blocks(client: WebClient, ops: Conversation, ada: Person) -> None:
    blocks = [{"type": "actions", "elements": [{**button("x"), "action_id": "x"}]}, {"type": "divider"}]
    first = client.chat_postMessage(channel=ops.id, text="one", blocks=blocks)
    second = client.chat_postMessage(channel="#ops", text="two")
    assert float(first["ts"]) < float(second["ts"])
    assert all(block["block_id"] for block in first["message"]["blocks"])
    assert [message.text for message in ada.messages("#ops")] == ["one", "two"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"text": ""}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"text": "x", "blocks": [{"type": "section"}]}, "invalid_blocks"),
        ({"text": "x", "blocks": "{"}, "invalid_blocks_format"),
        ({"text": "x", "blocks": {"type": "divider"}}, "invalid_blocks_format"),
        (
            {"text": "x", "blocks": [{"type": "section", "text": plain("x" * 3000)}] * 5},
            "msg_blocks_too_long",
        ),
        ({"text": "x", "metadata": {"event_type": "x"}}, "invalid_metadata_format"),
        ({"text": "x", "attachments": [{"nonsense": 1}]}, "invalid_attachments"),
        ({"text": "x", "channel": "C0"}, "channel_not_found"),
        ({"text": "x", "thread_ts": "1.000001"}, "thread_not_found"),
    ],
)
def test_what_cannot_be_posted(client: WebClient, ops: Conversation, arguments: dict[str, Any], code: str) -> None:
    answer = refused(client.api_call, api_method="chat.postMessage", json={"channel": ops.id, **arguments})
    assert answer["error"] == code
    assert ops.messages == []


def test_a_refusal_names_the_place(client: WebClient, ops: Conversation) -> None:
    answer = refused(client.chat_postMessage, channel=ops.id, text="x", blocks=[{"type": "divider"}, actions()])
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] no less than 1 items allowed [json-pointer:/blocks/1/elements]"
    ]


def test_where_the_app_may_post(simulator: Simulator, client: WebClient, ada: Person) -> None:
    public = simulator.add_channel("public")
    private = simulator.add_channel("private", is_private=True)
    archived = simulator.add_channel("archived", has_app=True, is_archived=True)
    assert client.chat_postMessage(channel=public.id, text="x")["ok"]
    assert refused(client.chat_postMessage, channel=private.id, text="x")["error"] == "channel_not_found"
    assert refused(client.chat_postMessage, channel=archived.id, text="x")["error"] == "is_archived"
    simulator.install(simulator.team_id, scopes=("chat:write",))
    assert refused(client.chat_postMessage, channel=public.id, text="x")["error"] == "not_in_channel"
    simulator.invite(private)
    assert client.chat_postMessage(channel=private.id, text="x")["ok"]


def test_a_message_to_a_person_goes_to_their_direct_message(
    simulator: Simulator, client: WebClient, ada: Person
) -> None:
    client.chat_postMessage(channel=ada.id, text="hello")
    assert [message.text for message in ada.messages("dm")] == ["hello"]
    assert refused(client.chat_postMessage, channel=simulator.installation.bot_user, text="x")["error"] == (
        "cannot_dm_bot"
    )


def test_a_message_is_edited_in_place(client: WebClient, ops: Conversation, ada: Person) -> None:
    posted = client.chat_postMessage(channel=ops.id, text="old", blocks=[actions(button("x"))])
    client.chat_update(channel=ops.id, ts=posted["ts"], text="new", blocks=[{"type": "divider"}])
    (message,) = ada.messages("#ops")
    assert (message.text, message.ts, [block["type"] for block in message.blocks]) == ("new", posted["ts"], ["divider"])
    assert message.as_slack()["edited"]["user"] == posted["message"]["user"]
    client.chat_update(channel=ops.id, ts=posted["ts"], text="newer")
    assert message.blocks, "blocks that are not mentioned stay"
    assert refused(client.chat_update, channel=ops.id, ts="1.000001", text="x")["error"] == "message_not_found"
    assert refused(client.api_call, api_method="chat.update", json={"channel": ops.id, "ts": posted["ts"]})[
        "error"
    ] == ("no_text")
    said = ada.say("mine", "#ops")
    assert refused(client.chat_update, channel=ops.id, ts=said.ts, text="x")["error"] == "cant_update_message"


def test_replies_stand_in_the_thread(client: WebClient, ops: Conversation, ada: Person) -> None:
    top = client.chat_postMessage(channel=ops.id, text="top")
    reply = client.chat_postMessage(channel=ops.id, text="reply", thread_ts=top["ts"])
    deeper = client.chat_postMessage(channel=ops.id, text="deeper", thread_ts=reply["ts"])
    assert reply["message"]["thread_ts"] == deeper["message"]["thread_ts"] == top["ts"]
    (message,) = ada.messages("#ops")
    assert [each.text for each in ada.messages("#ops", thread=message)] == ["reply", "deeper"]
    assert message.as_slack()["reply_count"] == 2


def test_an_ephemeral_message_is_seen_by_one(
    simulator: Simulator, client: WebClient, ops: Conversation, ada: Person, ben: Person
) -> None:
    shown = client.chat_postEphemeral(channel=ops.id, user=ada.id, text="psst")
    assert [message.text for message in ada.ephemerals()] == ["psst"]
    assert ada.messages("#ops") == ben.ephemerals() == []
    assert client.conversations_history(channel=ops.id)["messages"] == []
    assert refused(client.chat_update, channel=ops.id, ts=shown["message_ts"], text="x")["error"] == "message_not_found"
    assert refused(client.chat_postEphemeral, channel=ops.id, user=ben.id, text="x")["error"] == "user_not_in_channel"
    assert refused(client.chat_postEphemeral, channel=ops.id, user="U0", text="x")["error"] == "user_not_found"


def test_a_message_has_an_address(client: WebClient, ops: Conversation) -> None:
    ts = client.chat_postMessage(channel=ops.id, text="x")["ts"]
    link = client.chat_getPermalink(channel=ops.id, message_ts=ts)["permalink"]
    assert link == f"https://acme.slack.com/archives/{ops.id}/p{ts.replace('.', '')}"
    assert refused(client.chat_getPermalink, channel=ops.id, message_ts="1.000001")["error"] == "message_not_found"


def test_a_message_can_be_taken_away(client: WebClient, ops: Conversation, ada: Person) -> None:
    ts = client.chat_postMessage(channel=ops.id, text="x")["ts"]
    client.chat_delete(channel=ops.id, ts=ts)
    assert ada.messages("#ops") == []
    assert refused(client.chat_delete, channel=ops.id, ts=ts)["error"] == "message_not_found"
