"""App Home is shown anew, and never older than it was."""

from __future__ import annotations

import logging

import pytest

from sym.simulator.faults import Fault
from tests.runtime.slack.interactions.town import Town


def test_a_page_that_somebody_has_changed_meanwhile_is_made_anew(slack: Town) -> None:
    slack.flow()
    home = slack.ben.open_home()
    shown = home.hash
    slack.simulator.next_calls("views.publish", [Fault.refused("hash_conflict")])
    slack.ask(slack.ben)
    homes = slack.servers[0].slack._desk.homes
    assert homes.publish(slack.simulator.team_id, slack.ben.id, shown) is not None
    assert "Your requests (1)" in str(slack.ben.home().blocks)  # type: ignore[union-attr]


def test_a_page_that_cannot_be_shown_is_a_line_in_the_log(slack: Town, caplog: pytest.LogCaptureFixture) -> None:
    homes = slack.servers[0].slack._desk.homes
    slack.simulator.next_calls("views.publish", [Fault.refused("fatal_error")])
    with caplog.at_level(logging.WARNING):
        assert homes.publish(slack.simulator.team_id, slack.ben.id) is None
        assert homes.publish(slack.simulator.team_id, "U0NOBODY") is None
    assert "App Home could not be shown: fatal_error" in caplog.text


def test_what_changes_often_is_shown_a_few_times(slack: Town) -> None:
    slack.flow()
    slack.ben.open_home()
    before = len(slack.simulator.calls("views.publish"))
    homes = slack.servers[0].slack._desk.homes
    for _ in range(50):
        homes.changed(slack.simulator.team_id, [slack.ben.id])
    slack.wait_for(lambda: len(slack.simulator.calls("views.publish")) >= before + 2)
    slack.wait_for(lambda: not homes._due)
    assert len(slack.simulator.calls("views.publish")) == before + 2
