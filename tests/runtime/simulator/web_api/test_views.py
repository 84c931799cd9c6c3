"""Modals and home tabs: triggers, hashes, the stack, and what stays of what was filled in."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sym.simulator.apps import AppSettings
from sym.simulator.server import Person, Simulator
from tests.runtime.simulator.conftest import actions, button, modal, option, plain, text_input


def trigger(simulator: Simulator, person: Person) -> str:
    return simulator.slack.triggers.give(person.workspace.id, person.id)


def code(act: Any, **arguments: Any) -> str:
    with pytest.raises(SlackApiError) as refusal:
        act(**arguments)
    return str(refusal.value.response["error"])


def test_a_modal_opens_in_front_of_whoever_clicked(
    simulator: Simulator, client: WebClient, ada: Person, ben: Person
) -> None:
    view = client.views_open(trigger_id=trigger(simulator, ada), view=modal(private_metadata="mine"))["view"]
    assert [each.id for each in ada.views()] == [view["id"]]
    assert ben.views() == []
    assert (view["root_view_id"], view["previous_view_id"], view["private_metadata"]) == (view["id"], None, "mine")
    assert view["state"]["values"] == {"why": {"typed": {"type": "plain_text_input", "value": None}}}


def test_a_trigger_is_good_once_and_for_three_seconds(simulator: Simulator, client: WebClient, ada: Person) -> None:
    good = trigger(simulator, ada)
    assert code(client.views_open, trigger_id=good, view={"type": "modal"}) == "invalid_arguments"
    client.views_open(trigger_id=good, view=modal())
    assert code(client.views_open, trigger_id=good, view=modal()) == "exchanged_trigger_id"
    assert code(client.views_open, trigger_id="1.2.x", view=modal()) == "invalid_trigger_id"
    simulator.slack.triggers.seconds = 0
    assert code(client.views_open, trigger_id=trigger(simulator, ada), view=modal()) == "expired_trigger_id"


def test_a_wrong_view_is_refused_where_it_is_wrong(simulator: Simulator, client: WebClient, ada: Person) -> None:
    with pytest.raises(SlackApiError) as refusal:
        client.views_open(trigger_id=trigger(simulator, ada), view=modal(title=plain("x" * 25)))
    assert refusal.value.response["error"] == "invalid_arguments"
    assert refusal.value.response["response_metadata"]["messages"] == [
        "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]"
    ]


def test_three_modals_and_no_more(simulator: Simulator, client: WebClient, ada: Person) -> None:
    first = client.views_open(trigger_id=trigger(simulator, ada), view=modal())["view"]
    second = client.views_push(trigger_id=trigger(simulator, ada), view=modal())["view"]
    client.views_push(trigger_id=trigger(simulator, ada), view=modal())
    assert (second["root_view_id"], second["previous_view_id"]) == (first["id"], first["id"])
    assert code(client.views_push, trigger_id=trigger(simulator, ada), view=modal()) == "push_limit_reached"
    ada.close()
    assert len(ada.views()) == 2
    ada.close(whole_stack=True)
    assert ada.views() == []


def test_an_update_keeps_what_was_filled_in(simulator: Simulator, client: WebClient, ada: Person) -> None:
    colours = {"type": "static_select", "action_id": "s", "options": [option("red"), option("blue")]}
    select = {"type": "input", "block_id": "colour", "label": plain("Colour"), "element": colours}
    opened = client.views_open(trigger_id=trigger(simulator, ada), view=modal(text_input(), select))["view"]
    view = ada.view()
    ada.fill(view, "why", "because")
    ada.pick(view, "colour", "Blue")
    more = modal(select, text_input(), text_input("new", element={"initial_value": "x"}))
    client.views_update(view_id=opened["id"], hash=opened["hash"], view=more)
    assert view.state["why"]["typed"]["value"] == "because"
    assert view.state["colour"]["s"]["selected_option"]["value"] == "blue"
    assert view.state["new"]["typed"]["value"] == "x"
    only_red = {**select, "element": {**colours, "options": [option("red")]}}
    client.views_update(view_id=opened["id"], view=modal(only_red, text_input("why2")))
    assert view.state == {
        "colour": {"s": {"type": "static_select", "selected_option": None}},
        "why2": {"typed": {"type": "plain_text_input", "value": None}},
    }


def test_an_update_of_something_else_than_was_seen_is_refused(
    simulator: Simulator, client: WebClient, ada: Person
) -> None:
    opened = client.views_open(trigger_id=trigger(simulator, ada), view=modal(external_id="one"))["view"]
    client.views_update(external_id="one", view=modal(external_id="one"))
    assert code(client.views_update, view_id=opened["id"], hash=opened["hash"], view=modal()) == "hash_conflict"
    assert code(client.views_open, trigger_id=trigger(simulator, ada), view=modal(external_id="one")) == (
        "duplicate_external_id"
    )
    ada.close()
    assert code(client.views_update, view_id=opened["id"], view=modal()) == "not_found"


def test_a_home_tab_is_somebody_s_own(simulator: Simulator, client: WebClient, ada: Person, ben: Person) -> None:
    home = {"type": "home", "blocks": [actions(button("new"))]}
    first = client.views_publish(user_id=ada.id, view=home)["view"]
    second = client.views_publish(user_id=ada.id, view=home, hash=first["hash"])["view"]
    assert first["id"] == second["id"]
    assert ada.home() is not None
    assert ben.home() is None
    assert code(client.views_publish, user_id=ada.id, view=home, hash=first["hash"]) == "hash_conflict"
    assert code(client.views_publish, user_id=ada.id, view=modal()) == "invalid_arguments"
    assert code(client.views_publish, user_id="U0", view=home) == "invalid_arguments"


def test_an_app_without_a_home_tab_publishes_none() -> None:
    with Simulator(manifest=AppSettings(has_home=False)) as simulator:
        ada = simulator.add_person("Ada", email=None)
        client = WebClient(simulator.bot_token, base_url=simulator.api_url)
        assert (
            code(client.views_publish, user_id=ada.id, view={"type": "home", "blocks": [{"type": "divider"}]})
            == "not_enabled"
        )
