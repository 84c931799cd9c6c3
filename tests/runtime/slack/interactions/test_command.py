"""The slash command: what follows it, and where that leads."""

from __future__ import annotations

import pytest

from sym.slack.blocks import ids
from tests.runtime.slack.interactions.town import Town


def test_a_request_is_picked_filled_in_and_handed_in(slack: Town) -> None:
    slack.flow("ssh")
    slack.flow("vpn")
    assert slack.ben.command("/sym", "#ops")
    view = slack.modal(slack.ben, ids.SELECTOR)
    slack.ben.pick(view, ids.FLOW_PICK, "Ssh")
    assert slack.ben.submit(view) is None
    form = slack.modal(slack.ben, ids.REQUEST_FORM)
    slack.ben.fill(form, slack.field(form, "reason"), "An outage")
    assert slack.ben.submit(form) is None
    assert slack.ben.views() == []
    slack.heard(slack.ben, "was submitted", "#ops")
    run = slack.status("requested")
    assert (run.flow_slug, run.source, run.fields) == ("ssh", "slack", {"reason": "An outage"})
    assert run.requester_id == slack.user_id(slack.ben)
    (event,) = slack.events("request")
    assert (event.channel_type, event.channel_identifier) == ("slack", slack.ops.id)
    assert "An outage" in str(slack.card().blocks)


@pytest.mark.parametrize("command", ["/sym req ssh", "/sym request SSH", "/sym req ssh local", '/sym req "Ssh"'])
def test_a_flow_that_is_named_has_its_form_shown_at_once(slack: Town, command: str) -> None:
    slack.flow("ssh")
    slack.flow("vpn")
    view = slack.form(slack.ben, command)
    assert "*Ssh*" in str(view.blocks)


@pytest.mark.parametrize("command", ["/sym", "/sym req", "/sym req nonsense", "/sym req ssh elsewhere"])
def test_without_a_flow_of_that_name_there_is_the_list(slack: Town, command: str) -> None:
    slack.flow("ssh")
    slack.flow("vpn")
    assert slack.ben.command(command, "#ops")
    slack.modal(slack.ben, ids.SELECTOR)


def test_of_flows_with_one_label_that_of_the_environment_is_meant(slack: Town) -> None:
    slack.flow("prod-ssh", environment="prod")
    slack.flow("dev-ssh", environment="dev")
    view = slack.form(slack.ben, "/sym req dev-ssh dev")
    assert "*Dev-Ssh*" in str(view.blocks)
    slack.ben.close(view)
    assert slack.ben.command("/sym req dev-ssh prod", "#ops")
    slack.modal(slack.ben, ids.SELECTOR)


def test_where_there_is_one_flow_only_nobody_has_to_pick_it(slack: Town) -> None:
    slack.flow("ssh")
    slack.flow("api-only", allowed_sources=["api"])
    view = slack.form(slack.ben, "/sym")
    assert "*Ssh*" in str(view.blocks)


def test_where_there_is_none_that_is_said(slack: Town) -> None:
    assert slack.ben.command("/sym", "#ops")
    assert "nothing you can ask for" in str(slack.modal(slack.ben, ids.FAILED).blocks)


def test_the_flows_are_listed_to_whoever_asks_alone(slack: Town) -> None:
    slack.flow("ssh")
    slack.flow("api-only", allowed_sources=["api"])
    assert slack.ben.command("/sym list", "#ops")
    said = slack.heard(slack.ben, "You can ask for", "#ops")
    assert "/sym req ssh" in said
    assert "api-only" not in said
    assert slack.cleo.ephemerals() == []
    assert slack.ben.messages("#ops") == []


@pytest.mark.parametrize("command", ["/sym help", "/sym what is this"])
def test_anything_else_is_answered_with_what_there_is(slack: Town, command: str) -> None:
    assert slack.ben.command(command, "#ops")
    assert "/sym whoami" in slack.heard(slack.ben, "/sym list", "#ops")


@pytest.mark.parametrize("command", ["/sym", "/sym req ssh"])
def test_a_guest_is_told_why_there_is_no_form(slack: Town, command: str) -> None:
    slack.flow("ssh")
    assert slack.gil.command(command, "#ops")
    slack.heard(slack.gil, "Guests cannot ask for access", "#ops")
    assert slack.gil.views() == []
    assert slack.simulator.calls("views.open") == []


def test_a_form_that_slack_did_not_wait_for_is_asked_for_again(slack: Town) -> None:
    slack.flow("ssh")
    slack.simulator.slack.triggers.seconds = 0
    assert slack.ben.command("/sym req ssh", "#ops")
    assert "Try again" in slack.heard(slack.ben, "Slack did not wait", "#ops")
    assert slack.ben.views() == []


def test_what_the_flow_says_to_somebody_takes_the_forms_place(slack: Town) -> None:
    slack.flow("ssh", """
        @hook
        def on_prompt(event):
            return ApprovalTemplate.ignore(message="Not on Sundays.")
    """)  # fmt: skip
    assert slack.ben.command("/sym req ssh", "#ops")
    assert "Not on Sundays" in str(slack.modal(slack.ben, ids.FAILED).blocks)
