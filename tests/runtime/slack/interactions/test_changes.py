"""Forms that change while they are filled in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sym.engine.form import Form
from sym.simulator.faults import Fault
from sym.slack.blocks import ids
from sym.store.users import User
from tests.runtime.slack.interactions.town import REASON, Town

KIND = {
    "name": "kind", "type": "string", "allowed_values": ["read", "write", "none"],
    "on_change": """
def on_change_kind(username, form):
    chosen = form.fields["kind"].value
    form.fields["ticket"].visible = chosen == "write"
    form.fields["ticket"].required = chosen == "write"
    form.fields["note"].value = "for " + username if chosen == "read" else chosen
    if chosen == "none":
        raise ValueError("there is no such kind")
    return form
""",
}  # fmt: skip
TICKET = {"name": "ticket", "type": "string", "visible": False, "required": False}
NOTE = {"name": "note", "type": "string", "required": False}
SLOW = {
    "name": "slow", "type": "string", "allowed_values": [f"v{number}" for number in range(10)],
    "on_change": """
import time

def on_change_slow(username, form):
    time.sleep(0.3)
    form.fields["note"].value = "after " + form.fields["slow"].value
    return form
""",
}  # fmt: skip


def names(slack: Town, view: object) -> list[str]:
    blocks = view.blocks  # type: ignore[attr-defined]
    return [name for block in blocks if (name := ids.field_of(block.get("block_id")))]


def test_a_field_appears_and_goes_as_another_one_says(slack: Town) -> None:
    slack.flow(fields=[KIND, TICKET, NOTE, REASON])
    view = slack.form(slack.ben)
    assert names(slack, view) == ["kind", "note", "reason"]
    slack.ben.fill(view, slack.field(view, "reason"), "Typed before")
    slack.ben.pick(view, slack.field(view, "kind"), "write")
    slack.ben.wait_for(lambda: "ticket" in names(slack, view))
    assert view.state[slack.field(view, "reason")][ids.FIELD]["value"] == "Typed before"
    assert view.state[slack.field(view, "note")][ids.FIELD]["value"] == "write"
    errors = slack.ben.submit(view)
    assert errors is not None
    assert list(errors) == [slack.field(view, "ticket")]
    slack.ben.pick(view, slack.field(view, "kind"), "read")
    slack.ben.wait_for(lambda: "ticket" not in names(slack, view))
    assert slack.ben.submit(view) is None
    run = slack.status("requested")
    assert run.fields == {"kind": "read", "note": "for ben@acme.example", "reason": "Typed before"}


def test_when_the_flows_code_fails_the_form_stays_and_says_so(slack: Town) -> None:
    slack.flow(fields=[KIND, TICKET, NOTE, REASON])
    view = slack.form(slack.ben)
    slack.ben.fill(view, slack.field(view, "reason"), "Typed before")
    slack.ben.pick(view, slack.field(view, "kind"), "none")
    slack.ben.wait_for(lambda: "could not be changed" in str(view.blocks))
    assert view.state[slack.field(view, "reason")][ids.FIELD]["value"] == "Typed before"
    assert "there is no such kind" not in str(view.blocks)


def test_of_many_quick_changes_the_newest_holds(slack: Town) -> None:
    slack.flow(fields=[SLOW, NOTE, REASON])
    view = slack.form(slack.ben)
    block = slack.field(view, "slow")
    before = len(slack.simulator.calls("views.update"))
    for number in range(10):
        slack.ben.pick(view, block, f"v{number}")
    slack.ben.wait_for(lambda: view.state[slack.field(view, "note")][ids.FIELD]["value"] == "after v9", 15)
    shown = len(slack.simulator.calls("views.update")) - before
    assert shown <= 2, "what is out of date is not shown"
    assert view.state[block][ids.FIELD]["selected_option"]["value"] == "v9"


def test_changes_of_two_fields_both_count(slack: Town) -> None:
    slack.flow(fields=[SLOW, KIND, TICKET, NOTE, REASON])
    view = slack.form(slack.ben)
    slack.ben.pick(view, slack.field(view, "kind"), "write")
    slack.ben.pick(view, slack.field(view, "slow"), "v1")
    slack.ben.wait_for(lambda: view.state[slack.field(view, "note")][ids.FIELD]["value"] == "after v1", 15)
    assert "ticket" in names(slack, view)


def test_a_form_that_was_closed_meanwhile_is_nobodys_concern(slack: Town) -> None:
    slack.flow(fields=[SLOW, NOTE, REASON])
    view = slack.form(slack.ben)
    slack.ben.pick(view, slack.field(view, "slow"), "v1")
    slack.ben.close(view)
    slack.ben.wait_for(lambda: "not_found" in slack.simulator.calls("views.update"), 15)
    assert slack.ben.ephemerals() == []
    assert slack.ben.messages("dm") == []


def test_where_another_server_was_faster_what_holds_by_now_is_shown(slack: Town) -> None:
    slack.flow(fields=[KIND, TICKET, NOTE, REASON])
    view = slack.form(slack.ben)
    forms = slack.servers[0].runtime.forms
    change = forms.change

    def overtaken(form_id: str, user: User, field: str, values: dict[str, Any], *, now: datetime) -> Form:
        mine = change(form_id, user, field, values, now=now)
        change(form_id, user, "kind", {**values, "kind": "write"}, now=now)
        slack.simulator.next_calls("views.update", [Fault.refused("hash_conflict")])
        return mine

    forms.change = overtaken  # type: ignore[method-assign, assignment]
    slack.ben.pick(view, slack.field(view, "kind"), "read")
    slack.ben.wait_for(lambda: "ticket" in names(slack, view))
    assert view.state[slack.field(view, "note")][ids.FIELD]["value"] == "write"
