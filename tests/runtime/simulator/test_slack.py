"""Several workspaces, people of other companies, and many people at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from slack_sdk import WebClient

from sym.simulator.errors import Impossible
from sym.simulator.server import Simulator
from tests.runtime.simulator.conftest import AppUnderTest, actions, button


def test_workspaces_know_nothing_of_each_other(simulator: Simulator, app: AppUnderTest) -> None:
    other = simulator.add_workspace("Globex", installed=True)
    zoe = simulator.add_person("Zoe Li", email="zoe@globex.test", team=other.id)
    assert not zoe.account.is_stranger
    assert zoe.command("/sym")
    assert app.taken[-1].fields["team_id"] == other.id
    there = WebClient(simulator.slack.installation(other.id).token, base_url=simulator.api_url)
    here = WebClient(simulator.bot_token, base_url=simulator.api_url)
    assert zoe.id in {member["id"] for member in there.users_list()["members"]}
    assert zoe.id not in {member["id"] for member in here.users_list()["members"]}


def test_a_workspace_without_the_app_has_no_command(simulator: Simulator, app: AppUnderTest) -> None:
    other = simulator.add_workspace("Globex")
    zoe = simulator.add_person("Zoe Li", email="zoe@globex.test", team=other.id)
    assert zoe.command("/sym", other.channel_named("general")).error == "unknown_command"
    with pytest.raises(Impossible, match="not installed"):
        zoe.shortcut()
    assert app.taken == []


def test_somebody_of_another_company_clicks_as_themselves(simulator: Simulator, app: AppUnderTest) -> None:
    sam = simulator.add_person("Sam Ito", email="sam@globex.test", team="T0GLOBEX")
    shared = simulator.add_channel("shared", members=[sam], has_app=True, is_shared=True)
    client = WebClient(simulator.bot_token, base_url=simulator.api_url)
    client.chat_postMessage(channel=shared.id, text="card", blocks=[actions(button("approve"))])
    assert sam.click(sam.messages(shared)[0], "approve")
    payload = app.taken[-1].payload
    assert payload["team"]["id"] == simulator.team_id, "where the app is"
    assert payload["user"]["team_id"] == "T0GLOBEX", "where the person is at home"


def test_guests_see_only_the_channels_they_are_in(simulator: Simulator) -> None:
    gil = simulator.add_person("Gil Moss", email=None, is_guest=True)
    assert gil.id not in simulator.channel("general").members
    with pytest.raises(Impossible, match="not in this conversation"):
        gil.messages("#general")


def test_twenty_people_press_one_button_at_once(simulator: Simulator, app: AppUnderTest) -> None:
    people = [simulator.add_person(f"Nr {n}", email=None, handle=f"nr{n}") for n in range(20)]
    simulator.settle()
    crowd = simulator.add_channel("crowd", members=people, has_app=True)
    client = WebClient(simulator.bot_token, base_url=simulator.api_url)
    posted = client.chat_postMessage(channel=crowd.id, text="card", blocks=[actions(button("approve"))])

    def answer(_: object) -> None:
        client.chat_update(channel=crowd.id, ts=posted["ts"], text="done")

    app.answer = answer
    (card,) = crowd.messages
    with ThreadPoolExecutor(20) as pool:
        assert all(pool.map(lambda person: person.click(card, "approve"), people))
    assert {taken.payload["user"]["id"] for taken in app.taken} == {person.id for person in people}
    assert len({taken.payload["trigger_id"] for taken in app.taken}) == 20
    assert card.text == "done"
