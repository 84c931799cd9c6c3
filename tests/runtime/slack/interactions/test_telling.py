"""One person is told something, where they are or where they can be found."""

from __future__ import annotations

import logging

import pytest

from sym.simulator.faults import Fault
from sym.slack.interactions.arrivals import Arrival
from sym.slack.interactions.telling import tell
from tests.runtime.slack.interactions.town import Town

WORDS = {"text": "For your eyes"}


def arrival(slack: Town, channel: str | None = None, response_url: str | None = None) -> Arrival:
    return Arrival(team=slack.simulator.team_id, person=slack.ben.id, body={}, ack=None, channel=channel,
                   response_url=response_url)  # fmt: skip


def told(slack: Town, heard: Arrival) -> bool:
    return tell(slack.servers[0].services.workspaces.client(slack.simulator.team_id), heard, WORDS)


def test_where_they_are_nobody_else_sees_it(slack: Town) -> None:
    assert told(slack, arrival(slack, slack.ops.id))
    assert slack.heard(slack.ben, "For your eyes", "#ops")
    assert slack.cleo.ephemerals() == []
    assert slack.ben.messages("#ops") == []


def test_in_a_channel_the_app_is_not_in_the_answer_to_a_command_is_heard(slack: Town) -> None:
    slack.flow()
    away = slack.simulator.add_channel("#away", members=[slack.ben], is_private=True)
    assert slack.ben.command("/sym help", "#away")
    slack.heard(slack.ben, "/sym whoami", "#away")
    assert told(slack, arrival(slack, away.id))
    slack.ben.wait_for_message("dm", lambda message: message.text == "For your eyes")


def test_an_answer_that_may_not_be_given_there_any_more_is_given_elsewhere(slack: Town) -> None:
    gone = f"{slack.simulator.url}/respond/nothing"
    assert told(slack, arrival(slack, slack.ops.id, gone))
    slack.heard(slack.ben, "For your eyes", "#ops")
    assert told(slack, arrival(slack, None, gone))
    slack.ben.wait_for_message("dm", lambda message: message.text == "For your eyes")


def test_what_cannot_be_told_anywhere_is_a_line_in_the_log(slack: Town, caplog: pytest.LogCaptureFixture) -> None:
    slack.simulator.next_calls("conversations.open", [Fault.refused("user_not_found")])
    with caplog.at_level(logging.WARNING):
        assert not told(slack, arrival(slack))
    assert "could not be told" in caplog.text
    assert "For your eyes" not in caplog.text
