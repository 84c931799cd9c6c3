"""People and groups, as the app may see them."""

from __future__ import annotations

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sym.simulator.server import Person, Simulator


def test_every_kind_of_person(simulator: Simulator, client: WebClient, ada: Person) -> None:
    guest = simulator.add_person("Gil Moss", email="gil@other.test", is_guest=True)
    single = simulator.add_person("Sil", email=None, is_single_channel_guest=True)
    stranger = simulator.add_person("Sam Ito", email="sam@globex.test", team="T0GLOBEX")
    gone = simulator.add_person("Gone", email="gone@acme.test", is_deleted=True)
    shown = {person.name: client.users_info(user=person.id)["user"] for person in (ada, guest, single, stranger, gone)}
    assert shown["Ada Park"]["is_admin"] is True
    assert shown["Ada Park"]["profile"]["email"] == "ada@acme.test"
    assert (shown["Gil Moss"]["is_restricted"], shown["Gil Moss"]["is_ultra_restricted"]) == (True, False)
    assert (shown["Sil"]["is_restricted"], shown["Sil"]["is_ultra_restricted"]) == (True, True)
    assert (shown["Sam Ito"]["is_stranger"], shown["Sam Ito"]["team_id"]) == (True, "T0GLOBEX")
    assert shown["Gone"]["deleted"] is True
    assert client.users_info(user=simulator.installation.bot_user)["user"]["is_bot"] is True


def test_addresses_need_their_scope(simulator: Simulator, client: WebClient, ada: Person) -> None:
    simulator.install(simulator.team_id, scopes=("users:read",))
    assert "email" not in client.users_info(user=ada.id)["user"]["profile"]
    assert all("email" not in member["profile"] for member in client.users_list()["members"])


def test_looking_people_up(simulator: Simulator, client: WebClient, ada: Person) -> None:
    simulator.add_person("Gone", email="gone@acme.test", is_deleted=True)
    assert client.users_lookupByEmail(email="ADA@acme.test")["user"]["id"] == ada.id
    for unknown in ("nobody@acme.test", "gone@acme.test"):
        with pytest.raises(SlackApiError, match="users_not_found"):
            client.users_lookupByEmail(email=unknown)
    with pytest.raises(SlackApiError, match="user_not_found"):
        client.users_info(user="U0")


def test_groups(simulator: Simulator, client: WebClient, ada: Person, ben: Person) -> None:
    group = simulator.add_group("oncall", [ada, ben])
    (shown,) = client.usergroups_list(include_users=True)["usergroups"]
    assert (shown["id"], shown["handle"], shown["users"]) == (group.id, "oncall", [ada.id, ben.id])
    assert client.usergroups_users_list(usergroup=group.id)["users"] == [ada.id, ben.id]
    with pytest.raises(SlackApiError, match="no_such_subteam"):
        client.usergroups_users_list(usergroup="S0")


def test_the_workspace(simulator: Simulator, client: WebClient) -> None:
    assert client.team_info()["team"]["id"] == simulator.team_id
    with pytest.raises(SlackApiError, match="team_not_found"):
        client.team_info(team="T0")
