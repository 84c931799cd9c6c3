"""Whatever goes wrong: Slack is answered, the person hears something, and the log holds nothing of what they wrote."""

from __future__ import annotations

import logging
import re
import threading
from typing import Any

import pytest

from sym.errors import Retryable
from sym.slack.blocks import ids
from sym.slack.interactions.desk import LANES
from tests.runtime.slack.interactions.town import Town

SECRET = "hunter2, as somebody wrote"


def broken(*_: Any, **__: Any) -> Any:
    raise RuntimeError(SECRET)


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG, "sym")
    return caplog


def test_a_click_that_fails_is_told_with_a_number_that_is_in_the_log(
    slack: Town, monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture
) -> None:
    slack.flow(include_decision_message=True)
    slack.ask(slack.ben)
    with monkeypatch.context() as patched:
        patched.setattr(slack.servers[0].runtime.inbound, "act", broken)
        assert slack.cleo.click(slack.card(), ids.APPROVE, {ids.DECISION_MESSAGE: SECRET})
        slack.heard(slack.cleo, "That did not work", "#requests")
    said = slack.cleo.ephemerals()[0]
    number = re.search(r"`([0-9a-f]{8})`", said.text)
    assert number is not None
    line = next(record.getMessage() for record in log.records if number[1] in record.getMessage())
    assert "RuntimeError" in line
    assert "test_desk.py" in line
    assert SECRET not in log.text
    assert slack.run().status == "requested"
    assert slack.ada.click(slack.card(), ids.APPROVE)
    slack.status("approved")


def test_a_click_that_met_another_one_in_the_store_is_written_all_the_same(
    slack: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    slack.flow()
    slack.ask(slack.ben)
    inbound, met = slack.servers[0].runtime.inbound, []
    act = inbound.act

    def meets(*given: Any, **more: Any) -> Any:
        if not met:
            met.append(1)
            raise Retryable("Two transactions needed the same rows.")
        return act(*given, **more)

    monkeypatch.setattr(inbound, "act", meets)
    assert slack.cleo.click(slack.card(), ids.APPROVE)
    slack.status("approved")
    assert slack.cleo.ephemerals() == []


def test_a_form_that_cannot_be_made_says_so_in_its_place(
    slack: Town, monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture
) -> None:
    slack.flow()
    monkeypatch.setattr(slack.servers[0].runtime.forms, "open", broken)
    assert slack.ben.command("/sym req ssh", "#ops")
    shown = str(slack.modal(slack.ben, ids.FAILED).blocks)
    assert "Quote" in shown
    assert SECRET not in shown + log.text


def test_a_submission_that_fails_keeps_what_was_filled_in(
    slack: Town, monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture
) -> None:
    slack.flow()
    view = slack.form(slack.ben)
    slack.ben.fill(view, slack.field(view, "reason"), SECRET)
    with monkeypatch.context() as patched:
        patched.setattr(slack.servers[0].runtime.forms, "submit", broken)
        errors = slack.ben.submit(view)
    assert errors is not None
    assert "Try again in a minute" in errors[slack.field(view, "reason")]
    assert SECRET not in log.text
    assert slack.ben.submit(view) is None


def test_nothing_of_a_whole_request_is_logged_but_what_became_of_it(slack: Town, log: pytest.LogCaptureFixture) -> None:
    slack.flow(include_decision_message=True)
    slack.ask(slack.ben, SECRET)
    assert slack.cleo.click(slack.card(), ids.APPROVE, {ids.DECISION_MESSAGE: SECRET})
    slack.status("approved")
    for secret in (SECRET, slack.simulator.bot_token, slack.simulator.signing_secret):
        assert secret not in log.text


def test_one_slow_flow_keeps_nobody_from_another(slack: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    slack.flow("slow")
    slack.flow("ssh")
    forms, gate = slack.servers[0].runtime.forms, threading.Event()
    opened = forms.open
    monkeypatch.setattr(forms, "open", lambda user, flow, **more: (
        flow == "slow" and gate.wait(60), opened(user, flow, **more)
    )[1])  # fmt: skip
    people = [slack.person(f"P{number}") for number in range(LANES + 2)]
    try:
        for person in people:
            slack.simulator.invite(slack.ops, person)
            assert person.command("/sym req slow", "#ops")
        slack.form(slack.ben)
        assert {person.view().document["callback_id"] for person in people} == {ids.LOADING}
    finally:
        gate.set()
    for person in people:
        slack.modal(person, ids.REQUEST_FORM)
