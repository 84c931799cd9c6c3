"""Commands, shortcuts, the home tab, and the events the app is told of."""

from __future__ import annotations

import time
from typing import Any

import pytest
from slack_sdk import WebClient

from sym.simulator.conversations import Conversation
from sym.simulator.errors import Impossible
from sym.simulator.server import Person, Simulator, Timing
from tests.runtime.simulator.conftest import AppUnderTest, Taken


def test_a_command_is_sent_signed_with_slack_s_fields(
    simulator: Simulator, app: AppUnderTest, ada: Person, ops: Conversation
) -> None:
    assert ada.command("/sym req prod", ops)
    (taken,) = app.taken
    fields = taken.fields
    assert (fields["command"], fields["text"], fields["user_id"]) == ("/sym", "req prod", ada.id)
    assert (fields["channel_id"], fields["channel_name"]) == (ops.id, "ops")
    assert (fields["team_id"], fields["is_enterprise_install"]) == (simulator.team_id, "false")
    assert fields["trigger_id"]
    assert fields["response_url"].startswith(simulator.url)


@pytest.mark.parametrize("answer", [{"text": "hi"}, {"response_type": "ephemeral", "blocks": [{"type": "divider"}]}])
def test_the_answer_to_a_command_is_seen_by_its_author(
    app: AppUnderTest, ada: Person, ben: Person, answer: dict[str, Any]
) -> None:
    app.answer = lambda taken: answer
    assert ada.command("/sym")
    assert len(ada.ephemerals("#general")) == 1
    assert ben.ephemerals() == []
    app.answer = lambda taken: {"text": "all", "response_type": "in_channel"}
    ada.command("/sym")
    assert [message.text for message in ben.messages("#general")] == ["all"]


def test_a_response_url_answers_later_and_five_times(simulator: Simulator, app: AppUnderTest, ada: Person) -> None:
    from slack_sdk.webhook import WebhookClient

    ada.command("/sym")
    webhook = WebhookClient(app.taken[-1].fields["response_url"])
    for number in range(5):
        assert webhook.send(text=str(number)).status_code == 200
    assert webhook.send(text="x").status_code == 404
    assert [message.text for message in ada.ephemerals()] == list("01234")
    assert WebhookClient(f"{simulator.url}/respond/unknown").send(text="x").status_code == 404


def test_a_command_that_is_not_answered(simulator: Simulator, app: AppUnderTest, ada: Person) -> None:
    app.answer = lambda taken: 500
    assert ada.command("/sym").message == '/sym failed with the error "dispatch_failed"'
    simulator.delivery.ack_seconds = 0.05
    app.answer = lambda taken: time.sleep(0.3)
    assert ada.command("/sym").message == '/sym failed with the error "operation_timeout"'
    assert ada.command("/other").error == "unknown_command"
    simulator.connect(None)
    assert ada.command("/sym").error == "dispatch_failed"
    simulator.down()
    simulator.connect(app.url)
    assert ada.command("/sym").error == "dispatch_failed"


def test_who_may_not_begin(simulator: Simulator, app: AppUnderTest) -> None:
    single = simulator.add_person("Sil", email=None, is_single_channel_guest=True)
    stranger = simulator.add_person("Sam", email=None, team="T0GLOBEX")
    guest = simulator.add_person("Gil", email=None, is_guest=True)
    shared = simulator.add_channel("shared", members=[single, stranger, guest])
    for person in (single, stranger):
        assert person.command("/sym", shared).error == "restricted_action"
        assert person.shortcut().error == "restricted_action"
    assert guest.command("/sym", shared)
    gone = simulator.add_person("Gone", email=None)
    simulator.change_person(gone, is_deleted=True)
    with pytest.raises(Impossible, match="deactivated"):
        gone.command("/sym", shared)


def test_a_shortcut_has_a_trigger_and_no_channel(simulator: Simulator, app: AppUnderTest, ada: Person) -> None:
    assert ada.shortcut()
    payload = app.taken[-1].payload
    assert (payload["type"], payload["callback_id"], payload["user"]["id"]) == ("shortcut", "sym_request", ada.id)
    assert "channel" not in payload
    with pytest.raises(Impossible, match="no shortcut"):
        ada.shortcut("other")


def events(app: AppUnderTest, kind: str) -> list[Taken]:
    return [each for each in app.events if each.payload["event"]["type"] == kind]


def test_opening_the_home_tab_tells_the_app(
    simulator: Simulator, app: AppUnderTest, client: WebClient, ada: Person
) -> None:
    def publish(taken: Taken) -> None:
        if taken.payload.get("event", {}).get("type") == "app_home_opened":
            client.views_publish(user_id=ada.id, view={"type": "home", "blocks": [{"type": "divider"}]})

    app.answer = publish
    assert [block["type"] for block in ada.open_home().blocks] == ["divider"]
    (taken,) = events(app, "app_home_opened")
    assert (taken.payload["type"], taken.payload["event"]["user"]) == ("event_callback", ada.id)
    assert taken.payload["authorizations"][0]["user_id"] == simulator.installation.bot_user
    app.answer = lambda taken: None
    with pytest.raises(TimeoutError):
        ada.open_home(seconds=0.2)


def test_an_event_that_is_not_taken_is_sent_again_three_times(
    simulator: Simulator, app: AppUnderTest, ada: Person
) -> None:
    simulator.settle()
    app.answer = lambda taken: 500
    simulator.change_person(ada, is_deleted=True)
    simulator.settle()
    taken = events(app, "user_change")
    assert [each.headers.get("x-slack-retry-num") for each in taken] == [None, "1", "2", "3"]
    assert {each.headers.get("x-slack-retry-reason") for each in taken} == {None, "http_error"}
    assert len({each.payload["event_id"] for each in taken}) == 1
    assert taken[0].payload["event"]["user"]["deleted"] is True


def test_what_the_app_is_told_of(simulator: Simulator, app: AppUnderTest, ada: Person, ops: Conversation) -> None:
    ben = simulator.add_person("Ben", email="ben@acme.test")
    simulator.invite(ops, ben)
    simulator.archive(ops)
    simulator.uninstall()
    simulator.settle()
    kinds = {each.payload["event"]["type"] for each in app.events}
    assert kinds >= {"team_join", "member_joined_channel", "channel_archive", "app_uninstalled", "tokens_revoked"}


def test_a_replay_is_the_same_thing_newly_signed(simulator: Simulator, app: AppUnderTest, ada: Person) -> None:
    ada.command("/sym")
    simulator.send_again()
    first, second = app.taken[-2:]
    assert first.body == second.body


def test_plain_messages(simulator: Simulator, ada: Person, ben: Person, ops: Conversation) -> None:
    top = ada.say("hello <all>", "#ops")
    assert top.text == "hello &lt;all&gt;"
    ben.say("reply", "#ops", thread=top)
    assert ben.id in ops.members, "who writes in a public channel joins it"
    assert [message.text for message in ada.messages("#ops", thread=top)] == ["reply"]
    private = simulator.add_channel("private", is_private=True, members=[ada])
    with pytest.raises(Impossible, match="not in this conversation"):
        ben.messages(private)


def test_a_request_url_is_verified_by_its_challenge(simulator: Simulator, app: AppUnderTest) -> None:
    app.answer = lambda taken: {"challenge": taken.payload["challenge"]}
    assert simulator.verifies(app.url)
    app.answer = lambda taken: {"challenge": "other"}
    assert not simulator.verifies(app.url)


def test_after_another_start_people_are_the_same_and_what_they_do_is_new() -> None:
    seen = []
    for _ in range(2):
        simulator = Simulator(timing=Timing(retry_waits=()))
        ada = simulator.add_person("Ada", email="ada@acme.example")
        simulator.connect("http://127.0.0.1:9/")
        assert not ada.command("/sym")
        with pytest.raises(TimeoutError):
            ada.open_home(0.01)
        simulator.settle()
        command, opened = simulator.delivery.sent
        seen.append((ada.id, command.payload["trigger_id"], opened.payload["event_id"]))
        simulator.delivery.stop()
    (person, trigger, event), again = seen
    assert again[0] == person
    assert trigger != again[1]
    assert event != again[2]
