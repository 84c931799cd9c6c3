"""Block Kit's limits, whatever a document holds; and that the check of them would find what is wrong."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sym.engine.cards import STATES
from sym.engine.form import Form, FormField, OfferedFlow, Option
from sym.slack.blocks.card import request_card
from sym.slack.blocks.form import read_values, request_form
from sym.slack.blocks.home import home
from sym.slack.blocks.news import news
from sym.slack.blocks.reply import reply
from sym.slack.blocks.report import report
from sym.slack.blocks.selector import selector
from sym.slack.blocks.text import named
from tests.runtime.slack.blocks import documents
from tests.runtime.slack.blocks.test_form import CONTROLS
from tests.runtime.slack.blocks.test_home import Seen
from tests.runtime.slack.blocks.test_text import WRITTEN
from tests.slack_rules import loose_marks, problems_of_message, problems_of_view
from tests.vendor_specs import require_vendor_specs

VALUE = st.one_of(
    st.none(), st.booleans(), st.integers(), WRITTEN, st.lists(st.one_of(WRITTEN, st.integers()), max_size=40)
)
MOMENT = st.one_of(st.none(), st.datetimes().map(lambda at: at.isoformat()), WRITTEN)
PERSON = st.none() | st.fixed_dictionaries({"user_id": WRITTEN, "username": WRITTEN, "email": WRITTEN, "name": WRITTEN})
FIELD_TYPES = ("string", "int", "bool", "duration", "slack_user", "slack_user_list", "str_list", "int_list")
FIELD = st.fixed_dictionaries({"name": WRITTEN, "label": WRITTEN, "type": st.sampled_from(FIELD_TYPES), "value": VALUE})
RUN = st.fixed_dictionaries(
    {
        "id": st.uuids().map(str),
        "srn": WRITTEN,
        "flow": st.fixed_dictionaries({"name": WRITTEN, "label": WRITTEN}),
        "environment": WRITTEN,
        "requester": PERSON,
        "target": st.none() | st.fixed_dictionaries({"name": WRITTEN, "label": WRITTEN, "type": WRITTEN}),
        "duration": st.none() | st.integers(0, 10**9),
        "fields": st.lists(FIELD, max_size=8),
    }
)
DECISION = st.none() | st.fixed_dictionaries(
    {"action": st.sampled_from(["approve", "deny"]), "by": PERSON, "message": WRITTEN, "reason": WRITTEN, "at": MOMENT}
)
CONTENT = st.fixed_dictionaries(
    {
        "run": RUN,
        "state": st.sampled_from(STATES),
        "what": st.sampled_from(["approved", "granted", "refused", "event.failed", "else"]),
        "action": st.sampled_from(["approve", "else"]),
        "event": WRITTEN,
        "user": PERSON,
        "actions": st.lists(st.sampled_from(["approve", "deny", "revoke", "retry", "else"])),
        "asks_decision_message": st.booleans(),
        "decision": DECISION,
        **dict.fromkeys(("requested_at", "times_out_at", "decided_at", "ends_at", "retry_at"), MOMENT),
        **dict.fromkeys(("text", "hint", "instructions", "why", "forwarded_to"), st.none() | WRITTEN),
    }
)
OPTION = st.builds(Option, st.one_of(WRITTEN, st.integers(), st.booleans()), WRITTEN)
FORM_FIELD = st.builds(
    FormField,
    name=WRITTEN,
    type=st.sampled_from((*FIELD_TYPES, "target")),
    label=WRITTEN,
    required=st.booleans(),
    visible=st.booleans(),
    value=VALUE,
    options=st.lists(OPTION, max_size=5, unique_by=lambda option: str(option.value)).map(tuple),
    is_prefetched=st.booleans(),
    has_on_change=st.booleans(),
)
FLOW = st.builds(
    OfferedFlow, id=st.uuids().map(str), slug=WRITTEN, label=WRITTEN, environment=WRITTEN, environment_label=WRITTEN
)
FORM = st.builds(
    Form,
    id=st.uuids().map(str),
    flow=FLOW,
    fields=st.lists(FORM_FIELD, max_size=6, unique_by=lambda field: field.name).map(tuple),
    header=st.none() | WRITTEN,
    problem=st.none() | WRITTEN,
)
MANY = settings(max_examples=60, deadline=None)


@MANY
@given(CONTENT)
def test_whatever_a_document_holds_slack_takes_the_message_and_nobody_is_notified(content: dict[str, Any]) -> None:
    for message in (
        request_card(content, named, message_id="m-1"),
        news(content, named, message_id="m-1"),
        reply(content, named),
        report(content, named),
    ):
        assert problems_of_message(message) == []
        unmentioned = copy.deepcopy(message)
        assert loose_marks(unmentioned) == []


@MANY
@given(st.lists(CONTENT, max_size=4))
def test_whatever_documents_hold_slack_takes_the_home_tab(contents: list[dict[str, Any]]) -> None:
    view = home(Seen(waiting=tuple(contents), access=tuple(contents), requests=tuple(contents)))
    assert problems_of_view(view) == []
    assert loose_marks(view) == []


@MANY
@given(FORM)
def test_whatever_a_form_holds_slack_takes_the_view(form: Form) -> None:
    view = request_form(form, private_metadata="x")
    assert problems_of_view(view) == []
    # And nothing that comes back breaks anything.
    assert set(read_values({}, form)) == {field.name for field in form.fields}


@MANY
@given(st.lists(FLOW, max_size=5, unique_by=lambda flow: flow.id), WRITTEN)
def test_whatever_flows_are_called_slack_takes_the_selector(flows: list[OfferedFlow], greeting: str) -> None:
    view = selector(flows, greeting=greeting, private_metadata="x")
    assert problems_of_view(view) == []
    assert loose_marks(view) == []


MESSAGE = request_card(documents.card("requested"), documents.mention, message_id="m-1")
VIEW = request_form(
    Form(id="f", flow=OfferedFlow(id="f", slug="f", label="F", environment="e", environment_label="E"),
         fields=(CONTROLS["duration"][0], CONTROLS["string"][0])), private_metadata="",
)  # fmt: skip


def _block(payload: dict[str, Any], kind: str) -> dict[str, Any]:
    found: dict[str, Any] = next(block for block in payload["blocks"] if block["type"] == kind)
    return found


@pytest.mark.parametrize(
    "spoil",
    [
        lambda message: message.update(text=" "),
        lambda message: message.update(blocks=[]),
        lambda message: message.update(blocks=[{"type": "divider"}] * 51),
        lambda message: _block(message, "section").pop("text"),
        lambda message: _block(message, "section").update(colour="red"),
        lambda message: _block(message, "section")["text"].update(text="x" * 3001),
        lambda message: _block(message, "section")["text"].update(type="markdown"),
        lambda message: _block(message, "actions").update(elements=[]),
        lambda message: _block(message, "actions").update(block_id="sym:m-1"),
        lambda message: _block(message, "actions")["elements"][0].update(action_id="sym_deny"),
        lambda message: _block(message, "actions")["elements"][0].update(style="warning"),
        lambda message: _block(message, "input").pop("label"),
    ],
)
def test_a_message_slack_would_refuse_is_found(spoil: Any) -> None:
    require_vendor_specs()
    message = copy.deepcopy(MESSAGE)
    assert problems_of_message(message) == []
    spoil(message)
    assert problems_of_message(message) != []


def _options(view: dict[str, Any]) -> list[dict[str, Any]]:
    options: list[dict[str, Any]] = _block(view, "input")["element"]["options"]
    return options


@pytest.mark.parametrize(
    "spoil",
    [
        lambda view: view.pop("submit"),
        lambda view: view["title"].update(text="x" * 25),
        lambda view: view.update(private_metadata="x" * 3001),
        lambda view: view.update(colour="red"),
        lambda view: view.update(blocks=[{"type": "divider"}] * 101),
        lambda view: _options(view).clear(),
        lambda view: _options(view)[0].update(value="x" * 151),
        lambda view: _options(view)[0]["text"].update(text="x" * 76),
        lambda view: _options(view).extend([_options(view)[0]] * 100),
        lambda view: _block(view, "input")["element"].update(initial_option={**_options(view)[0], "value": "other"}),
    ],
)
def test_a_view_slack_would_refuse_is_found(spoil: Any) -> None:
    require_vendor_specs()
    view = copy.deepcopy(VIEW)
    assert problems_of_view(view) == []
    spoil(view)
    assert problems_of_view(view) != []


@pytest.mark.parametrize(
    "text",
    ["<!channel>", "<!here|here>", "<https://evil.example|good.example>", "a < b", "&am", "<@U1", "<mailto:a@b>"],
)
def test_text_that_could_mark_something_is_found(text: str) -> None:
    assert loose_marks({"text": text}) == [text]


@pytest.mark.parametrize("text", ["<@U1A>", "<https://a.example>", "a &lt; b &amp; c", "> quoted\n> twice"])
def test_text_that_marks_what_it_may_is_not(text: str) -> None:
    assert loose_marks({"text": text}) == []
