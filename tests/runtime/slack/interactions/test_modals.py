"""A modal shows what holds, whatever happens to it meanwhile."""

from __future__ import annotations

import pytest
from slack_sdk.errors import SlackApiError

from sym.simulator.faults import Fault
from sym.slack.blocks import ids
from sym.slack.blocks.form import TITLE, failed
from sym.slack.interactions.modals import Modal
from tests.runtime.slack.interactions.town import Town


def modal(slack: Town, place: dict[str, str], known: str | None = None) -> Modal:
    return Modal(slack.servers[0].services.workspaces.client(slack.simulator.team_id), place, known)


def test_of_two_who_show_something_the_one_who_comes_second_asks_what_holds(slack: Town) -> None:
    slack.flow()
    view = slack.form(slack.ben)
    first = modal(slack, {"view_id": view.id}, view.hash)
    second = modal(slack, {"view_id": view.id}, view.hash)
    first.show(lambda: failed(TITLE, "The first"))
    asked = []
    second.show(lambda: asked.append(1) or failed(TITLE, f"The second, asked {len(asked)} times"))  # type: ignore[func-returns-value]
    assert "The second, asked 2 times" in str(view.blocks)


def test_a_modal_that_was_closed_is_left_alone(slack: Town) -> None:
    slack.flow()
    view = slack.form(slack.ben)
    slack.ben.close(view)
    modal(slack, {"view_id": view.id}).show(lambda: failed(TITLE, "Too late"))
    assert slack.simulator.calls("views.update")[-1] == "not_found"


def test_what_slack_refuses_otherwise_is_an_error(slack: Town) -> None:
    slack.flow()
    view = slack.form(slack.ben)
    slack.simulator.next_calls("views.update", [Fault.refused("fatal_error")])
    with pytest.raises(SlackApiError):
        modal(slack, {"view_id": view.id}).show(lambda: failed(TITLE, "Never"))


def test_a_form_is_shown_although_slack_asks_to_wait(slack: Town) -> None:
    slack.flow()
    slack.simulator.next_calls("views.update", [Fault.rate_limited(1)])
    assert slack.form(slack.ben).document["callback_id"] == ids.REQUEST_FORM
