"""Clicks, picks, keystrokes and typeahead."""

from __future__ import annotations

import time
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient

from sym.simulator.conversations import Conversation
from sym.simulator.errors import Impossible, Unhappy
from sym.simulator.server import Person, Simulator
from tests.runtime.simulator.conftest import AppUnderTest, actions, button, modal, option, plain, text_input


def opened(simulator: Simulator, client: WebClient, person: Person, *blocks: dict[str, Any], **more: Any) -> Any:
    trigger = simulator.slack.triggers.give(person.workspace.id, person.id)
    client.views_open(trigger_id=trigger, view=modal(*blocks, **more))
    return person.views()[-1]


def test_a_click_says_who_where_and_what(
    simulator: Simulator, app: AppUnderTest, client: WebClient, ada: Person, ops: Conversation
) -> None:
    blocks = [text_input(optional=True), actions(button("approve", "run-1"), button("deny"))]
    posted = client.chat_postMessage(channel=ops.id, text="card", blocks=blocks)
    (card,) = ada.messages("#ops")
    assert ada.click(card, "approve", {"why": "fine"})
    payload = app.taken[-1].payload
    assert (payload["type"], payload["user"]["id"], payload["team"]["id"]) == (
        "block_actions", ada.id, simulator.team_id,
    )  # fmt: skip
    assert payload["container"] == {
        "type": "message", "message_ts": posted["ts"], "channel_id": ops.id, "is_ephemeral": False,
    }  # fmt: skip
    assert payload["message"]["blocks"] == posted["message"]["blocks"]
    assert payload["state"]["values"]["why"]["typed"] == {"type": "plain_text_input", "value": "fine"}
    (action,) = payload["actions"]
    assert (action["action_id"], action["block_id"], action["value"]) == ("approve", "row", "run-1")
    assert action["action_ts"]
    assert payload["trigger_id"]


def test_what_one_person_types_into_a_message_nobody_else_has(
    simulator: Simulator, app: AppUnderTest, client: WebClient, ada: Person, ben: Person, ops: Conversation
) -> None:
    simulator.invite(ops, ben)
    client.chat_postMessage(channel=ops.id, text="card", blocks=[text_input(), actions(button("approve"))])
    (card,) = ada.messages("#ops")
    ada.fill(card, "why", "ada's")
    ben.click(card, "approve")
    assert app.taken[-1].payload["state"]["values"]["why"]["typed"]["value"] is None


def test_a_response_url_replaces_deletes_or_adds(
    app: AppUnderTest, client: WebClient, ada: Person, ops: Conversation
) -> None:
    client.chat_postMessage(channel=ops.id, text="card", blocks=[actions(button("x"))])
    (card,) = ada.messages("#ops")
    ada.click(card, "x")
    webhook = WebhookClient(app.taken[-1].payload["response_url"])
    webhook.send(text="only you")
    assert [message.text for message in ada.ephemerals("#ops")] == ["only you"]
    webhook.send(text="done", replace_original=True)
    assert (card.text, card.blocks) == ("done", [])
    webhook.send_dict({"delete_original": True})
    assert ada.messages("#ops") == []


def test_a_button_of_an_ephemeral_message(
    app: AppUnderTest, client: WebClient, ada: Person, ben: Person, ops: Conversation
) -> None:
    client.chat_postEphemeral(channel=ops.id, user=ada.id, text="psst", blocks=[actions(button("x"))])
    (shown,) = ada.ephemerals()
    assert ada.click(shown, "x")
    payload = app.taken[-1].payload
    assert payload["container"]["is_ephemeral"] is True
    assert "message" not in payload
    with pytest.raises(Impossible, match="no longer there"):
        ben.click(shown, "x")


def test_what_is_not_there_cannot_be_clicked(
    app: AppUnderTest, client: WebClient, ada: Person, ops: Conversation
) -> None:
    client.chat_postMessage(channel=ops.id, text="card", blocks=[actions(button("x"), button("y"))])
    (card,) = ada.messages("#ops")
    with pytest.raises(Impossible, match="names 0 things"):
        ada.click(card, "z")
    with pytest.raises(Impossible, match="names 2 things"):
        ada.click(card, "row")


def test_a_click_that_is_not_acknowledged_in_time(
    simulator: Simulator, app: AppUnderTest, client: WebClient, ada: Person, ops: Conversation
) -> None:
    client.chat_postMessage(channel=ops.id, text="card", blocks=[actions(button("x"))])
    simulator.delivery.ack_seconds = 0.05
    app.answer = lambda taken: time.sleep(0.3)
    assert ada.click(ada.messages("#ops")[0], "x").error == "operation_timeout"


@pytest.mark.parametrize(
    ("element", "given", "value"),
    [
        ({"type": "static_select", "options": [option("a"), option("b")]}, "b", {"selected_option": option("b")}),
        ({"type": "radio_buttons", "options": [option("a")]}, "a", {"selected_option": option("a")}),
        ({"type": "checkboxes", "options": [option("a"), option("b")]}, ["b"], {"selected_options": [option("b")]}),
        ({"type": "multi_static_select", "options": [option("a")]}, ["a"], {"selected_options": [option("a")]}),
        ({"type": "overflow", "options": [option("a")]}, "a", {"selected_option": option("a")}),
        ({"type": "datepicker"}, "2026-03-14", {"selected_date": "2026-03-14"}),
        ({"type": "timepicker"}, "15:09", {"selected_time": "15:09"}),
        ({"type": "datetimepicker"}, 1773500966, {"selected_date_time": 1773500966}),
    ],
)
def test_what_is_picked_in_a_message_is_told_at_once(
    app: AppUnderTest, client: WebClient, ada: Person, ops: Conversation, element: Any, given: Any, value: Any
) -> None:
    blocks = [actions({**element, "action_id": "it"})]
    client.api_call("chat.postMessage", json={"channel": ops.id, "text": "x", "blocks": blocks})
    (message,) = ada.messages("#ops")
    assert ada.fill(message, "it", given)
    payload = app.taken[-1].payload
    (action,) = payload["actions"]
    assert {name: action[name] for name in value} == value
    kept = payload["state"]["values"]
    assert kept == ({} if element["type"] == "overflow" else {"row": {"it": {"type": element["type"], **value}}})


def test_people_and_channels_are_picked_from_those_there_are(
    simulator: Simulator, app: AppUnderTest, client: WebClient, ada: Person, ops: Conversation
) -> None:
    pickers = [{"type": "users_select", "action_id": "who"}, {"type": "multi_channels_select", "action_id": "where"}]
    client.chat_postMessage(channel=ops.id, text="x", blocks=[actions(*pickers)])
    (message,) = ada.messages("#ops")
    ada.fill(message, "who", ada.id)
    assert app.taken[-1].payload["actions"][0]["selected_user"] == ada.id
    ada.fill(message, "where", [ops.id])
    assert app.taken[-1].payload["actions"][0]["selected_channels"] == [ops.id]
    assert [each["text"]["text"] for each in ada.type_ahead(message, "who", "park")] == ["Ada Park"]
    with pytest.raises(Impossible, match="cannot be picked"):
        ada.fill(message, "who", "U0")


@pytest.mark.parametrize(
    ("block", "typed", "entered", "told"),
    [
        ({}, "a", True, 0),
        ({"dispatch_action": True}, "a", False, 0),
        ({"dispatch_action": True}, "a", True, 1),
        (
            {
                "dispatch_action": True,
                "element": {"dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]}},
            },
            "a", False, 1,
        ),
    ],
)  # fmt: skip
def test_typing_is_told_as_the_block_asks_for(
    simulator: Simulator, app: AppUnderTest, client: WebClient, ada: Person,
    block: dict[str, Any], typed: str, entered: bool, told: int,
) -> None:  # fmt: skip
    view = opened(simulator, client, ada, text_input(**block))
    app.taken.clear()
    ada.fill(view, "why", typed, entered=entered)
    assert len(app.taken) == told
    assert view.state["why"]["typed"]["value"] == "a"
    if told:
        payload = app.taken[0].payload
        assert payload["container"] == {"type": "view", "view_id": view.id}
        assert payload["view"]["state"]["values"]["why"]["typed"]["value"] == "a"
        assert payload["actions"][0]["value"] == "a"


def external(**more: Any) -> dict[str, Any]:
    element = {"type": "external_select", "action_id": "s", "min_query_length": 2, **more}
    return {"type": "input", "block_id": "target", "label": plain("Target"), "element": element}


def test_an_external_select_asks_the_app_and_takes_only_what_it_offered(
    simulator: Simulator, app: AppUnderTest, client: WebClient, ada: Person
) -> None:
    view = opened(simulator, client, ada, external())
    app.taken.clear()
    app.answer = lambda taken: {"options": [option("prod", "Production"), option("stage", "Staging")]}
    assert ada.type_ahead(view, "target", "p") == []
    assert app.taken == []
    assert [each["value"] for each in ada.type_ahead(view, "target", "pr")] == ["prod", "stage"]
    payload = app.taken[-1].payload
    assert (payload["type"], payload["value"], payload["block_id"]) == ("block_suggestion", "pr", "target")
    assert payload["view"]["id"] == view.id
    ada.pick(view, "target", "Staging")
    assert view.state["target"]["s"]["selected_option"] == option("stage", "Staging")
    with pytest.raises(Impossible, match="not among the options"):
        ada.fill(view, "target", "other")


@pytest.mark.parametrize("answer", [{"options": [{"text": "x"}]}, {"options": [option("x")] * 101}, {}, "x", None])
def test_options_that_slack_would_not_show(
    simulator: Simulator, app: AppUnderTest, client: WebClient, ada: Person, answer: Any
) -> None:
    view = opened(simulator, client, ada, external(min_query_length=0))
    app.answer = lambda taken: answer
    with pytest.raises(Unhappy, match="loading options failed"):
        ada.type_ahead(view, "target", "")
