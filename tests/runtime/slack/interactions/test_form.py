"""A form that is handed in."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sym.engine.form_rows import LIFETIME
from sym.errors import Unavailable
from sym.slack.blocks import ids
from sym.store.recovery import enter_recovery
from tests.runtime.slack.interactions.town import OPEN, REASON, Town, real_time

NUMBER = {"name": "count", "type": "int", "label": "How many"}
IGNORES = """
@hook
def on_request(event):
    return ApprovalTemplate.ignore(message="Not on Fridays.")
"""
DURATION = {"name": "duration", "type": "duration", "allowed_values": ["30m", "1h"]}


def test_what_is_wrong_is_said_at_its_field_and_can_be_put_right(slack: Town) -> None:
    slack.flow(fields=[REASON, NUMBER])
    view = slack.form(slack.ben)
    slack.ben.fill(view, slack.field(view, "reason"), "An outage")
    slack.ben.fill(view, slack.field(view, "count"), "a few")
    errors = slack.ben.submit(view)
    assert errors is not None
    assert list(errors) == [slack.field(view, "count")]
    assert "whole number" in errors[slack.field(view, "count")]
    assert slack.runs() == []
    slack.ben.fill(view, slack.field(view, "count"), "3")
    assert slack.ben.submit(view) is None
    assert slack.status("requested").fields == {"reason": "An outage", "count": 3}


def test_access_is_asked_for_with_its_target_and_its_duration(slack: Town) -> None:
    slack.flow(access=True, fields=[REASON, DURATION])
    view = slack.form(slack.ben)
    slack.ben.pick(view, slack.field(view, "target_id"), "Readers")
    slack.ben.fill(view, slack.field(view, "reason"), "An outage")
    slack.ben.pick(view, slack.field(view, "duration"), "1 hour")
    assert slack.ben.submit(view) is None
    run = slack.status("requested")
    assert (run.target_id, run.duration) == (slack.ids["readers"], 3600)


def test_people_who_were_chosen_are_in_the_request(slack: Town) -> None:
    slack.flow(fields=[REASON, {"name": "witness", "type": "slack_user"}])
    run = slack.ask(slack.ben, witness=slack.cleo.id)
    assert run.fields["witness"]["user_id"] == slack.cleo.id


def test_a_submission_that_is_played_again_does_nothing(slack: Town) -> None:
    slack.flow()
    slack.ask(slack.ben)
    slack.simulator.send_again(next(each for each in slack.simulator.delivery.sent if each.what == "view_submission"))
    assert len(slack.runs()) == 1
    slack.heard(slack.ben, "was submitted", "#ops")


def test_the_requester_hears_where_their_request_went(slack: Town) -> None:
    slack.flow()
    slack.ask(slack.ben)
    slack.heard(slack.ben, "was submitted to #requests. You get a message when it is decided.", "#ops")


def test_a_request_that_the_flow_turns_down_is_not_called_submitted(slack: Town) -> None:
    slack.flow(code=f"{OPEN}{IGNORES}")
    view = slack.form(slack.ben)
    slack.ben.fill(view, slack.field(view, "reason"), "An outage")
    assert slack.ben.submit(view) is None
    slack.status("ignored")
    slack.ben.wait_for_message("dm", lambda message: "Not on Fridays." in message.text)
    assert not [each for each in slack.ben.ephemerals() if "was submitted" in each.text]


def test_a_form_that_is_handed_in_twice_makes_one_request(slack: Town) -> None:
    slack.flow()
    slack.ask(slack.ben)
    parcel = next(each for each in slack.simulator.delivery.sent if each.what == "view_submission")
    payload = {**parcel.payload, "trigger_id": "another"}
    slack.simulator.delivery.deliver(type(parcel)(**{**vars(parcel), "payload": payload}))
    slack.heard(slack.ben, "was submitted", "#ops")
    assert len(slack.runs()) == 1


def test_a_form_that_has_expired_says_so(slack: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    slack.flow()
    view = slack.form(slack.ben)
    slack.ben.fill(view, slack.field(view, "reason"), "An outage")
    server = slack.servers[0]
    later = real_time() + LIFETIME + timedelta(seconds=1)
    object.__setattr__(server.services, "clock", lambda: later)
    slack.ben.submit(view)
    slack.modal(slack.ben, ids.FAILED)
    assert slack.runs() == []


def test_somebody_elses_form_cannot_be_handed_in(slack: Town) -> None:
    slack.flow()
    view = slack.form(slack.ben)
    mine = slack.form(slack.cleo)
    mine.document["private_metadata"] = view.document["private_metadata"]
    slack.cleo.fill(mine, slack.field(mine, "reason"), "In his name")
    slack.cleo.submit(mine)
    slack.modal(slack.cleo, ids.FAILED)
    assert slack.runs() == []


def test_while_grants_are_stopped_the_form_stays_and_says_why(slack: Town) -> None:
    slack.flow()
    view = slack.form(slack.ben)
    slack.ben.fill(view, slack.field(view, "reason"), "An outage")
    with slack.store.transaction() as conn:
        enter_recovery(conn, "ledger", "it trails", now=real_time())
    errors = slack.ben.submit(view)
    assert errors is not None
    assert "Nothing is granted" in errors[slack.field(view, "reason")]
    assert slack.runs() == []


def test_what_cannot_be_handed_in_just_now_is_not_lost(slack: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise Unavailable("The store at postgresql://db.internal cannot be used.")

    slack.flow()
    view = slack.form(slack.ben)
    slack.ben.fill(view, slack.field(view, "reason"), "An outage")
    with monkeypatch.context() as broken:
        broken.setattr(slack.servers[0].runtime.forms, "submit", fail)
        errors = slack.ben.submit(view)
    assert errors is not None
    assert "Try again in a minute" in errors[slack.field(view, "reason")]
    assert "db.internal" not in errors[slack.field(view, "reason")]
    assert slack.ben.submit(view) is None
    slack.status("requested")


def test_a_form_without_fields_whose_flow_was_changed_says_what_is_wrong_in_its_place(slack: Town) -> None:
    slack.flow(fields=[])
    view = slack.form(slack.ben)
    slack.flow(fields=[], code=OPEN + "\n# changed\n")
    slack.ben.submit(view)
    assert "changed since" in str(slack.modal(slack.ben, ids.FAILED).blocks)
