"""Every kind of field: filled in, in the run, and on the card."""

from __future__ import annotations

from typing import Any

import pytest

from sym.slack.blocks import ids
from tests.runtime.slack.interactions.town import OPEN, Town

FIELDS: list[dict[str, Any]] = [
    {"name": "reason", "type": "string", "label": "Reason"},
    {"name": "size", "type": "string", "label": "Size", "allowed_values": ["small", "large"]},
    {"name": "host", "type": "string", "label": "Host", "prefetch": True},
    {"name": "count", "type": "int", "label": "Count"},
    {"name": "port", "type": "int", "label": "Port", "allowed_values": ["22", "443"]},
    {"name": "urgent", "type": "bool", "label": "Urgent"},
    {"name": "tags", "type": "str_list", "label": "Tags", "allowed_values": ["red", "green", "blue"]},
    {"name": "shards", "type": "int_list", "label": "Shards", "allowed_values": ["1", "2", "3"]},
    {"name": "duration", "type": "duration", "label": "For", "allowed_values": ["30m", "1h"]},
    {"name": "witness", "type": "slack_user", "label": "Witness"},
    {"name": "team", "type": "slack_user_list", "label": "Team"},
    {"name": "note", "type": "string", "label": "Note", "required": False},
    {"name": "secret", "type": "string", "label": "Secret", "required": False, "visible": False, "default": "kept"},
]  # fmt: skip
HOSTS = (
    OPEN
    + """
@prefetch(field_name="host")
def get_hosts(event):
    return [FieldOption(value=f"h{number}", label=f"Host number {number}") for number in range(300)]
"""
)


@pytest.fixture
def asked(slack: Town) -> Any:
    """The run of a request with all of them."""
    slack.flow(code=HOSTS, access=True, fields=FIELDS, additional_header_text="Read *the rules* first.",
               include_decision_message=True)  # fmt: skip
    ben, view = slack.ben, slack.form(slack.ben)
    assert "Read *the rules* first." in str(view.blocks)
    assert [name for block in view.blocks if (name := ids.field_of(block.get("block_id")))] == [
        "target_id", *(field["name"] for field in FIELDS if field["name"] != "secret")
    ]  # fmt: skip

    def at(name: str) -> str:
        return slack.field(view, name)

    ben.pick(view, at("target_id"), "Admins")
    ben.fill(view, at("reason"), "An outage of <everything> & more")
    ben.pick(view, at("size"), "large")
    (found,) = ben.type_ahead(view, at("host"), "number 299")
    assert found["text"]["text"] == "Host number 299"
    ben.pick(view, at("host"), "Host number 299")
    ben.fill(view, at("count"), "3")
    ben.pick(view, at("port"), "443")
    ben.pick(view, at("urgent"), "Yes")
    ben.pick(view, at("tags"), "red", "blue")
    ben.pick(view, at("shards"), "1", "3")
    ben.pick(view, at("duration"), "1 hour")
    ben.fill(view, at("witness"), slack.cleo.id)
    ben.fill(view, at("team"), [slack.ada.id, slack.cleo.id])
    assert ben.submit(view) is None
    return slack.status("requested")


def test_they_are_in_the_run_as_the_flow_expects_them(slack: Town, asked: Any) -> None:
    fields = dict(asked.fields)
    assert fields.pop("witness")["user_id"] == slack.cleo.id
    assert [person["user_id"] for person in fields.pop("team")] == [slack.ada.id, slack.cleo.id]
    assert (asked.duration, asked.target_id) == (3600, slack.ids["admins"])
    wanted = {"reason": "An outage of <everything> & more", "size": "large", "host": "h299", "count": 3, "port": 443,
              "urgent": True, "tags": ["red", "blue"], "shards": [1, 3]}  # fmt: skip
    assert {name: fields[name] for name in wanted} == wanted
    assert fields.get("note") is None


def test_they_are_on_the_card_with_who_said_what_when_it_is_decided(slack: Town, asked: Any) -> None:
    card = slack.card()
    shown = str(card.blocks)
    for text in ("Admins", "An outage of &lt;everything&gt; &amp; more", "large", "443", "red, blue", "1, 3", "1 hour",
                 f"<@{slack.cleo.id}>", f"<@{slack.ada.id}>"):  # fmt: skip
        assert text in shown, text
    assert "kept" not in shown
    assert slack.cleo.click(card, ids.APPROVE, {ids.DECISION_MESSAGE: "Until the *fix* is out"})
    slack.status("escalated")
    slack.ada.wait_for(lambda: "Until the" in str(card.blocks) and ids.REVOKE in str(card.blocks), 30)
    assert slack.events("approve")[0].fields["decision_message"] == "Until the *fix* is out"
    assert asked.id == slack.run().id
