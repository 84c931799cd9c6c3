"""A workspace's people, as the engine compares them: all of them, or an error."""

from __future__ import annotations

from unittest import mock

import pytest

from sym.errors import Unavailable
from sym.simulator.faults import Fault
from sym.slack import directory
from sym.slack.directory import SlackDirectory, directories, has_say
from sym.slack.profile import SlackPerson
from sym.slack.workspaces import Workspaces
from tests.runtime.slack.office import Office


@pytest.fixture
def members(office: Office, monkeypatch: pytest.MonkeyPatch) -> SlackDirectory:
    """Acme's, three a page."""
    monkeypatch.setattr(directory, "PAGE", 3)
    (found,) = directories(office.workspaces)
    return found


def test_everybody_is_listed_page_by_page(office: Office, members: SlackDirectory) -> None:
    office.slack.change_person(office.persons["ada"], is_deleted=True)
    found = {person.id: person for person in members.people()}
    assert (members.service, members.service_id) == ("slack", office.slack.team_id)
    assert found.keys() == set(office.ids.values())  # no bots
    assert not found[office.ids["ada"]].is_open
    assert found[office.ids["bob"]].is_open
    assert found[office.ids["bob"]].email == "bob@acme.example"
    assert all(person.has_say for person in found.values())
    assert office.calls("users.list") == 2


@pytest.mark.parametrize("fault", [Fault.refused("fatal_error"), Fault.refused("missing_scope")])
def test_a_page_that_fails_is_no_listing(office: Office, members: SlackDirectory, fault: Fault) -> None:
    office.slack.next_calls("users.list", [None, fault])
    with pytest.raises(Unavailable, match="does not list its people"):
        members.people()


def test_a_connection_that_breaks_is_no_listing(office: Office, members: SlackDirectory) -> None:
    office.slack.down()
    with pytest.raises(Unavailable, match="cannot be reached"):
        members.people()


def test_slack_is_waited_for_when_it_asks_for_that(office: Office, members: SlackDirectory) -> None:
    office.slack.next_calls("users.list", [Fault.rate_limited(1)])
    assert len(members.people()) == 4
    assert office.slack.calls("users.list") == ["fault: rate_limited", "ok", "ok"]


def test_a_list_without_the_app_itself_is_not_whole(
    office: Office, members: SlackDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = office.workspace.accounts.pop(office.bot)
    with pytest.raises(Unavailable, match="not whole"):
        members.people()
    office.workspace.accounts[office.bot] = bot
    monkeypatch.setattr(directory, "MOST_PAGES", 1)
    with pytest.raises(Unavailable, match="no end"):
        members.people()


def test_what_is_said_of_somebody_of_another_company_counts_only_for_them(
    office: Office, members: SlackDirectory
) -> None:
    sam = office.slack.add_person("Sam", email="bob@acme.example", team="T0GLOBEX")
    (found,) = [person for person in members.people() if person.id == sam.id]
    assert (found.email, found.has_say) == (None, True)


@pytest.mark.parametrize(("home", "expected"), [("T1", True), ("", True), ("T2", False), ("T0ELSE", True)])
def test_the_home_has_the_say_if_it_is_linked(home: str, expected: bool) -> None:
    linked = mock.Mock(spec=Workspaces, find=lambda team: object() if team in ("T1", "T2") else None)
    person = SlackPerson(id="U1", home_team_id=home, email=None, first_name=None, last_name=None, is_guest=False,
                         is_foreign=False, is_bot=False, is_deleted=True)  # fmt: skip
    assert has_say(linked, "T1", person) is expected


def test_one_person_is_asked_for(office: Office, members: SlackDirectory) -> None:
    found = members.person(office.ids["ada"])
    assert found is not None
    assert found.is_open
    assert members.person("U0NOBODY") is None
    office.slack.next_calls("users.info", [Fault.refused("fatal_error")])
    with pytest.raises(Unavailable):
        members.person(office.ids["ada"])
