"""The global shortcut."""

from __future__ import annotations

from sym.slack.blocks import ids
from tests.runtime.slack.interactions.town import Town


def test_a_request_that_begins_with_it_has_no_channel(slack: Town) -> None:
    slack.flow("ssh")
    assert slack.ben.shortcut()
    view = slack.modal(slack.ben, ids.REQUEST_FORM)
    slack.ben.fill(view, slack.field(view, "reason"), "An outage")
    assert slack.ben.submit(view) is None
    slack.ben.wait_for_message("dm", lambda message: "was submitted" in message.text)
    slack.wait_for(slack.runs)
    (event,) = slack.events("request")
    assert (event.channel_type, event.channel_identifier) == ("slack", None)


def test_a_guest_is_told_that_they_cannot_ask(slack: Town) -> None:
    slack.flow("ssh")
    assert slack.gil.shortcut()
    slack.gil.wait_for_message("dm", lambda message: "Guests cannot ask" in message.text)
    assert slack.gil.views() == []
