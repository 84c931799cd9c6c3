"""Lists that are searched by typing."""

from __future__ import annotations

from tests.runtime.slack.interactions.town import OPEN, REASON, Town

INCIDENT = {"name": "incident", "type": "string", "prefetch": True}
CODE = (
    OPEN
    + """
@prefetch(field_name="incident")
def get_incidents(event):
    return [FieldOption(value=f"inc-{n}", label=f"Incident {n}") for n in range(250)]
"""
)


def test_a_long_list_is_searched_and_what_was_found_is_in_the_request(slack: Town) -> None:
    slack.flow(code=CODE, fields=[INCIDENT, REASON])
    view = slack.form(slack.ben)
    block = slack.field(view, "incident")
    assert len(slack.ben.type_ahead(view, block, "")) == 100
    found = slack.ben.type_ahead(view, block, "cident 24")
    assert [option["text"]["text"] for option in found] == ["Incident 24", *(f"Incident 24{n}" for n in range(10))]
    assert slack.ben.type_ahead(view, block, "nothing of that name") == []
    slack.ben.pick(view, block, "Incident 247")
    slack.ben.fill(view, slack.field(view, "reason"), "An outage")
    assert slack.ben.submit(view) is None
    assert slack.status("requested").fields["incident"] == "inc-247"


def test_somebody_elses_form_suggests_nothing(slack: Town) -> None:
    slack.flow(code=CODE, fields=[INCIDENT, REASON])
    view, other = slack.form(slack.ben), slack.form(slack.cleo)
    other.document["private_metadata"] = view.document["private_metadata"]
    assert slack.cleo.type_ahead(other, slack.field(other, "incident"), "1") == []


def test_what_belongs_to_no_form_suggests_nothing(slack: Town) -> None:
    slack.flow(code=CODE, fields=[INCIDENT, REASON])
    view = slack.form(slack.ben)
    view.document["private_metadata"] = ""
    assert slack.ben.type_ahead(view, slack.field(view, "incident"), "1") == []
