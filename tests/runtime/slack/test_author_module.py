"""What authors' code asks of Slack: through the module they import, in the simulated workspace."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from sym.engine.views import user_view
from sym.sdk import User
from sym.sdk._host import bind
from sym.sdk._person import KnownUser
from sym.sdk.exceptions.slack import SlackError
from sym.sdk.integrations import slack
from sym.simulator.faults import Fault
from sym.store.users import find_user
from tests.runtime.slack.office import Office, routed


class Host:
    """The end of the host port that authors' code calls, as far as it is Slack's."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.run_id: str | None = None

    def call(self, module: str, function: str, arguments: dict[str, Any]) -> Any:
        assert module == "slack"
        office = self._office
        return office.outbound.ask(function, arguments, external_id=office.slack.team_id, run_id=self.run_id)


@pytest.fixture
def host(office: Office) -> Iterator[Host]:
    office.told.flow(routed("slack.channel('#ops')"))
    made = Host(office)
    with bind(made):  # type: ignore[arg-type]
        yield made


def known(office: Office, name: str) -> User:
    """Somebody as authors' code gets them."""
    with office.told.store.reading() as conn:
        return KnownUser(user_view(conn, office.told.users[name]))


def test_messages_go_to_channels_people_and_groups(office: Office, host: Host) -> None:
    office.channel("#ops")
    slack.send_message(slack.channel("#ops"), "to the channel")
    slack.send_message(known(office, "bob"), "to bob")
    slack.send_message(slack.user("bob@acme.example"), "to bob again")
    slack.send_message(slack.group([known(office, "bob"), slack.user("@eve")]), "to both")
    assert [message.text for message in office.posted("#ops")] == ["to the channel"]
    assert [message.text for message in office.direct("bob")] == ["to bob", "to bob again"]
    assert [message.text for message in office.direct("bob", "eve")] == ["to both"]


@pytest.mark.parametrize(
    ("channel", "code"),
    [("#nowhere", "Slack:CHANNEL_NOT_FOUND"), ("C0NOWHERE", "Slack:CHANNEL_NOT_FOUND"), ("#old", "Slack:IS_ARCHIVED")],
)
def test_a_channel_that_cannot_be_written_to_raises_slacks_own_word(
    office: Office, host: Host, channel: str, code: str
) -> None:
    office.channel("#old", is_archived=True)
    with pytest.raises(SlackError) as caught:
        slack.send_message(slack.channel(channel), "hello")
    assert caught.value.error_code == code
    assert caught.value.retryable is False


def test_a_message_needs_a_text_that_slack_takes(office: Office, host: Host) -> None:
    office.channel("#ops")
    with pytest.raises(SlackError, match="empty") as caught:
        slack.send_message(slack.channel("#ops"), " ")
    assert caught.value.error_code == "Slack:NO_TEXT"


def test_a_thread_message_answers_the_newest_card_of_the_run(office: Office, host: Host) -> None:
    office.channel("#ops")
    office.channel("#second")
    office.told.flow(routed("slack.channel('#ops')", "slack.channel('#second')", timeout=60))
    host.run_id = office.told.requested()
    slack.send_thread_message("first")
    office.told.later(seconds=61)
    slack.send_thread_message("second")
    assert [(message.text, message.is_reply) for message in office.posted("#ops")][1:] == [("first", True)]
    assert [(message.text, message.is_reply) for message in office.posted("#second")][1:] == [("second", True)]


@pytest.mark.parametrize("has_run", [True, False])
def test_without_a_card_in_slack_there_is_no_thread(office: Office, host: Host, has_run: bool) -> None:
    host.run_id = office.told.requested() if has_run else None
    with pytest.raises(SlackError) as caught:
        slack.send_thread_message("hello")
    assert caught.value.error_code == "Slack:NO_MESSAGE"


def test_what_slack_says_of_a_user(office: Office, host: Host) -> None:
    info = slack.get_user_info(known(office, "bob"))
    assert info["id"] == info["user"]["id"] == office.ids["bob"]
    assert info["profile"]["email"] == "bob@acme.example"
    with pytest.raises(SlackError, match="not known in the Slack workspace") as caught:
        slack.get_user_info(KnownUser({"id": str(uuid.uuid4()), "username": "dora"}))
    assert caught.value.error_code == "Slack:USER_NOT_FOUND"


def test_members_are_listed_page_by_page_without_who_is_deactivated(office: Office, host: Host) -> None:
    for number in range(205):
        office.slack.add_person(f"Person {number}", email=f"p{number}@acme.example", handle=f"p{number}")
    office.slack.change_person(office.persons["eve"], is_deleted=True)
    active, everybody = slack.list_users(), slack.list_users(active_only=False)
    assert len(everybody) - len(active) == 1
    assert len(everybody) > 205
    assert office.ids["eve"] not in {member["id"] for member in active}


def test_who_is_in_a_user_group(office: Office, host: Host) -> None:
    group = office.slack.add_group("oncall", [office.persons["bob"]])
    assert slack.is_user_in_group(known(office, "bob"), group_id=group.id)
    assert not slack.is_user_in_group(known(office, "eve"), group_id=group.id)
    with pytest.raises(SlackError) as caught:
        slack.is_user_in_group(known(office, "bob"), group_id="S0NOTHING")
    assert caught.value.error_code == "Slack:NO_SUCH_SUBTEAM"


@pytest.mark.parametrize("named", ["#ops", "id", "destination"])
def test_who_is_in_a_channel(office: Office, host: Host, named: str) -> None:
    office.slack.add_person("Newcomer", email="new@acme.example")
    office.persons["new"] = office.slack.person("Newcomer")
    ops = office.channel("#ops", members=("bob", "new"), is_private=True)
    channel: Any = {"id": ops, "destination": slack.channel("ops")}.get(named, named)
    users = slack.users_in_channel(channel)
    assert {user.email for user in users} == {"bob@acme.example", "new@acme.example"}
    assert {user.identity("slack", office.slack.team_id).user_id for user in users} == {  # type: ignore[union-attr]
        office.ids["bob"], office.persons["new"].id,
    }  # fmt: skip
    with office.told.store.reading() as conn:
        newcomer = find_user(conn, email="new@acme.example")
    assert newcomer is not None
    assert newcomer.role == "guest"


def test_an_empty_channel_has_nobody_and_an_unknown_one_is_an_error(office: Office, host: Host) -> None:
    office.channel("#ops", members=())
    assert slack.users_in_channel("#ops") == []
    with pytest.raises(SlackError) as caught:
        slack.users_in_channel("#nowhere")
    assert caught.value.error_code == "Slack:CHANNEL_NOT_FOUND"


def test_people_are_found_by_address_handle_and_name(office: Office, host: Host) -> None:
    office.slack.add_person("Grace Hopper", email="grace@acme.example", handle="amazing")
    grace = office.slack.person("Grace Hopper").id
    for identifier in ("grace@acme.example", "@amazing", "amazing", "Grace Hopper", "grace hopper", f"<@{grace}>"):
        assert slack.user(identifier).user_id == grace
    assert slack.user(known(office, "bob")).user_id == office.ids["bob"]
    assert slack.mention("@bob") == f"<@{office.ids['bob']}>"


@pytest.mark.parametrize(
    ("identifier", "code"),
    [("nobody@acme.example", "USER_NOT_FOUND"), ("@nobody", "USER_NOT_FOUND"), ("Sam", "USER_AMBIGUOUS")],
)
def test_somebody_who_is_nobody_or_several_is_an_error(office: Office, host: Host, identifier: str, code: str) -> None:
    for number in range(2):
        office.slack.add_person("Sam", email=f"sam{number}@acme.example", handle=f"s{number}")
    with pytest.raises(SlackError) as caught:
        slack.user(identifier)
    assert caught.value.error_code == f"Slack:{code}"


@pytest.mark.parametrize(
    ("fault", "code"),
    [(Fault.rate_limited(30), "RATELIMITED"), (Fault.refused("fatal_error"), "FATAL_ERROR"),
     (Fault.connection_lost(), "UNREACHABLE")],
)  # fmt: skip
def test_what_may_pass_is_retryable(office: Office, host: Host, fault: Fault, code: str) -> None:
    office.channel("#ops")
    office.faults.next_calls("chat.postMessage", [fault])
    with pytest.raises(SlackError) as caught:
        slack.send_message(slack.channel("#ops"), "hello")
    assert (caught.value.error_code, caught.value.retryable) == (f"Slack:{code}", True)
    assert office.slack.bot_token not in str(caught.value)


def test_what_is_not_known_is_not_served(office: Office, host: Host) -> None:
    with pytest.raises(SlackError) as caught:
        host.call("slack", "delete_everything", {})
    assert caught.value.error_code == "Slack:NOT_SERVED"


def test_a_workspace_that_is_not_linked_is_not_connected(office: Office) -> None:
    arguments = {"destination": {"channel_name": "#ops"}, "message": "hello"}
    with pytest.raises(SlackError) as caught:
        office.outbound.ask("send_message", arguments, external_id="T0ELSEWHERE", run_id=None)
    assert caught.value.error_code == "Slack:NOT_CONNECTED"


def test_without_a_workspace_the_only_one_is_asked(office: Office) -> None:
    office.channel("#ops")
    arguments = {"destination": {"channel_name": "#ops"}, "message": "hello"}
    office.outbound.ask("send_message", arguments, external_id="", run_id=None)
    assert [message.text for message in office.posted("#ops")] == ["hello"]


@pytest.mark.parametrize("destination", [None, 7, {}, {"name": "ops"}])
def test_a_destination_that_is_none_is_an_error(office: Office, destination: Any) -> None:
    with pytest.raises(SlackError) as caught:
        office.outbound.ask(
            "send_message", {"destination": destination, "message": "x"}, external_id=office.slack.team_id, run_id=None
        )
    assert caught.value.error_code == "Slack:MISSING_DESTINATION"


def test_what_is_written_by_authors_is_shown_as_they_wrote_it(office: Office, host: Host) -> None:
    office.channel("#ops")
    slack.send_message(slack.channel("#ops"), f"*{slack.mention('@bob')}*: look")
    (message,) = office.posted("#ops")
    assert (message.text, message.blocks) == (f"*<@{office.ids['bob']}>*: look", [])
