"""The modal of a request's form: a control for every type, and back from what people filled in to values."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from sym.engine.form import Form, FormField, OfferedFlow, Option
from sym.resources.flow import FIELD_TYPES
from sym.slack.blocks import ids
from sym.slack.blocks.form import errors_by_block, failed, loading, read_values, request_form, suggestions
from tests.slack_rules import loose_marks, problems_of_view, texts
from tests.vendor_specs import require_vendor_specs

Golden = Callable[[str, Any], None]
FLOW = OfferedFlow(
    id="f-1", slug="prod_db", label="Production database", environment="prod", environment_label="Production"
)
COLOURS = (Option("red", "Red"), Option("blue", "Blue"))
TARGETS = (Option("t-1", "Orders"), Option("t-2", "Users"))
NUMBERS = (Option(1, "One"), Option(2, "Two"))
MANY = tuple(Option(f"v{n}", f"Value {n}") for n in range(150))
DURATIONS = (Option(600, "10 minutes"), Option(3600, "1 hour"))
# Every control there is: the field, what Slack sends of it when it is filled in, and the value that means.
CONTROLS: dict[str, tuple[FormField, dict[str, Any], Any]] = {
    "target": (
        FormField(name="target_id", type="target", label="Target", options=TARGETS),
        {"type": "static_select", "selected_option": {"value": "t-2"}}, "t-2",
    ),
    "target_of_many": (
        FormField(name="target_id", type="target", label="Target", options=MANY, value="v149"),
        {"type": "external_select", "selected_option": {"value": "v120"}}, "v120",
    ),
    "duration": (
        FormField(name="duration", type="duration", label="For how long?", options=DURATIONS, value=600),
        {"type": "static_select", "selected_option": {"value": "3600"}}, 3600,
    ),
    "string": (
        FormField(name="ticket", type="string", label="Ticket", value="OPS-1"),
        {"type": "plain_text_input", "value": "OPS-2"}, "OPS-2",
    ),
    "string_reason": (
        FormField(name="reason", type="string", label="Why?"), {"type": "plain_text_input", "value": "a\nb"}, "a\nb",
    ),
    "string_choices": (
        FormField(name="colour", type="string", label="Colour", options=COLOURS, required=False, value="blue"),
        {"type": "static_select", "selected_option": {"value": "red"}}, "red",
    ),
    "string_prefetched": (
        FormField(name="repo", type="string", label="Repository", options=COLOURS, is_prefetched=True, value="red"),
        {"type": "external_select", "selected_option": {"value": "blue"}}, "blue",
    ),
    "string_on_change": (
        FormField(name="account", type="string", label="Account", has_on_change=True),
        {"type": "plain_text_input", "value": "12"}, "12",
    ),
    "int": (
        FormField(name="count", type="int", label="How many?", value=3, required=False),
        {"type": "number_input", "value": "-7"}, -7,
    ),
    "int_choices": (
        FormField(name="count", type="int", label="How many?", options=NUMBERS, has_on_change=True),
        {"type": "static_select", "selected_option": {"value": "2"}}, 2,
    ),
    "bool": (
        FormField(name="urgent", type="bool", label="Is it urgent?", value=False),
        {"type": "radio_buttons", "selected_option": {"value": "true"}}, True,
    ),
    "str_list": (
        FormField(name="colours", type="str_list", label="Colours", options=COLOURS, value=["red"]),
        {"type": "multi_static_select", "selected_options": [{"value": "blue"}, {"value": "red"}]}, ["blue", "red"],
    ),
    "str_list_prefetched": (
        FormField(name="repos", type="str_list", label="Repositories", is_prefetched=True, value=["not-offered"]),
        {"type": "multi_external_select", "selected_options": [{"value": "x"}, {"value": "not-offered"}]},
        ["x", "not-offered"],
    ),
    "str_list_free": (
        FormField(name="hosts", type="str_list", label="Hosts", value=["a", "b"]),
        {"type": "plain_text_input", "value": "c\n\n d "}, ["c", "d"],
    ),
    "int_list": (
        FormField(name="counts", type="int_list", label="Counts", options=NUMBERS),
        {"type": "multi_static_select", "selected_options": [{"value": "1"}]}, [1],
    ),
    "int_list_free": (
        FormField(name="ports", type="int_list", label="Ports"),
        {"type": "plain_text_input", "value": "80\nhttp"}, [80, "http"],
    ),
    "slack_user": (
        FormField(name="backup", type="slack_user", label="Who stands in?", value="U0BOB"),
        {"type": "users_select", "selected_user": "U0ALICE"}, "U0ALICE",
    ),
    "slack_user_list": (
        FormField(name="team", type="slack_user_list", label="Who else?", required=False, value=["U0BOB"]),
        {"type": "multi_users_select", "selected_users": ["U0ALICE"]}, ["U0ALICE"],
    ),
}  # fmt: skip


def form(*fields: FormField, **details: Any) -> Form:
    return Form(id="form-1", flow=FLOW, fields=fields, **details)


def view(form: Form, **changed: Any) -> dict[str, Any]:
    made = request_form(form, private_metadata='{"form":"form-1"}', **changed)
    assert problems_of_view(made) == []
    return made


def inputs_of(made: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found = {ids.field_of(block["block_id"]): block for block in made["blocks"] if block["type"] == "input"}
    return {str(name): block for name, block in found.items()}


def filled(made: dict[str, Any], **states: dict[str, Any]) -> dict[str, Any]:
    """A view as Slack sends it, with the fields named filled in and all others as they were shown."""
    values = {}
    for name, block in inputs_of(made).items():
        values[block["block_id"]] = {ids.FIELD: states.get(name) or untouched(block["element"])}
    return {**made, "state": {"values": values}}


def untouched(element: dict[str, Any]) -> dict[str, Any]:
    kind = element["type"]
    if kind == "multi_users_select":
        return {"type": kind, "selected_users": element.get("initial_users", [])}
    if kind == "users_select":
        return {"type": kind, "selected_user": element.get("initial_user")}
    if kind.startswith("multi_"):
        return {"type": kind, "selected_options": element.get("initial_options", [])}
    if kind.endswith("_select") or kind == "radio_buttons":
        return {"type": kind, "selected_option": element.get("initial_option")}
    return {"type": kind, "value": element.get("initial_value")}


def values_in(made: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = made["state"]["values"]
    return values


@pytest.mark.parametrize("name", CONTROLS)
def test_a_control_is_what_it_was_when_somebody_looked_at_it(name: str, golden: Golden) -> None:
    require_vendor_specs()
    field = CONTROLS[name][0]
    made = view(form(field))
    golden(f"field_{name}", inputs_of(made)[field.name])


def test_there_is_a_control_for_every_type_and_a_file_for_every_control(
    no_golden_but: Callable[[str, set[str]], None],
) -> None:
    assert {field.type for field, _, _ in CONTROLS.values()} == {*FIELD_TYPES, "target"}
    no_golden_but("field_", set(CONTROLS))


@pytest.mark.parametrize("name", CONTROLS)
def test_what_is_filled_in_is_read_as_the_fields_type(name: str) -> None:
    field, state, value = CONTROLS[name]
    shown = form(field)
    made = filled(view(shown), **{field.name: state})
    assert inputs_of(made)[field.name]["element"]["type"] == state["type"]
    assert read_values(values_in(made), shown) == {field.name: value}


@pytest.mark.parametrize("name", CONTROLS)
def test_what_is_left_as_it_was_is_read_as_it_was(name: str) -> None:
    field = CONTROLS[name][0]
    shown = form(field)
    assert read_values(values_in(filled(view(shown))), shown) == {field.name: field.value}


@pytest.mark.parametrize("name", CONTROLS)
def test_what_is_cleared_is_nothing(name: str) -> None:
    field = dataclasses.replace(CONTROLS[name][0], value=None)
    shown = form(field)
    assert read_values(values_in(filled(view(shown))), shown) == {field.name: None}


def test_a_whole_form(golden: Golden) -> None:
    made = view(
        form(
            *(CONTROLS[name][0] for name in ("target", "duration", "string", "string_reason", "bool", "slack_user")),
            FormField(name="secret", type="string", label="Hidden", visible=False),
            header="Read the <https://acme.example/rules|rules> first.",
            problem="The form could not be changed: <timeout>.",
        )
    )
    golden("form", made)
    assert made["callback_id"] == ids.REQUEST_FORM
    assert made["private_metadata"] == '{"form":"form-1"}'
    assert "secret" not in inputs_of(made)
    said = "\n".join(text["text"] for text in texts(made))
    assert "Read the <https://acme.example/rules|rules> first." in said
    assert "⚠️ The form could not be changed: &lt;timeout&gt;." in said


def test_loading_and_failing_are_modals_without_inputs(golden: Golden) -> None:
    for name, made in (("loading", loading()), ("failed", failed("Sym Request", "The flow <is> gone."))):
        assert problems_of_view(made) == []
        assert loose_marks(made) == []
        golden(f"form_{name}", made)


def test_required_and_optional_fields_are_told_apart() -> None:
    fields = (
        FormField(name="a", type="string", label="A"),
        FormField(name="b", type="string", label="B", required=False),
    )
    assert {name: block["optional"] for name, block in inputs_of(view(form(*fields))).items()} == {
        "a": False,
        "b": True,
    }


def test_a_field_with_on_change_tells_of_every_change() -> None:
    blocks = inputs_of(view(form(CONTROLS["string_on_change"][0], CONTROLS["int_choices"][0], CONTROLS["bool"][0])))
    assert [name for name, block in blocks.items() if block.get("dispatch_action")] == ["account", "count"]
    # A text is done when Enter is pressed, and the person must know.
    assert blocks["account"]["element"]["dispatch_action_config"] == {"trigger_actions_on": ["on_enter_pressed"]}
    assert "Enter" in blocks["account"]["hint"]["text"]


@pytest.mark.parametrize("is_prefetched", [False, True])
def test_a_list_with_nothing_in_it_is_said_to_be_empty(is_prefetched: bool) -> None:
    made = view(form(FormField(name="target_id", type="target", label="Target", is_prefetched=is_prefetched)))
    assert inputs_of(made) == {}
    assert "There is nothing to choose from." in made["blocks"][-1]["text"]["text"]


def test_a_form_without_fields_can_be_submitted() -> None:
    assert "submit" in view(form())


def test_a_form_with_more_fields_than_a_modal_takes_says_so() -> None:
    made = view(form(*(FormField(name=f"f{n}", type="string", label=f"F {n}") for n in range(120))))
    assert "28 more questions" in made["blocks"][-1]["elements"][0]["text"]


def test_values_too_long_for_slack_come_back_whole() -> None:
    long = "x" * 400
    field = FormField(name="a", type="string", label="A", options=(Option(long, "Long"), Option("", "")), value=long)
    made = view(form(field))
    element = inputs_of(made)["a"]["element"]
    assert read_values(values_in(filled(made)), form(field)) == {"a": long}
    empty = {"type": "static_select", "selected_option": element["options"][1]}
    assert read_values(values_in(filled(made, a=empty)), form(field)) == {"a": ""}


def test_a_number_that_is_none_stays_text() -> None:
    field = FormField(name="n", type="int", label="N")
    for text in ("1.5", "1" * 5000, "²", "--1", "+-1"):
        made = filled(view(form(field)), n={"type": "number_input", "value": text})
        assert read_values(values_in(made), form(field)) == {"n": text}


def test_true_and_one_are_not_the_same() -> None:
    field = FormField(name="n", type="int", label="N", options=(Option(True, "Yes"), Option(1, "One")), value=1)
    assert inputs_of(view(form(field)))["n"]["element"]["initial_option"]["text"]["text"] == "One"


def test_people_slack_would_not_know_are_not_filled_in() -> None:
    fields = (
        FormField(name="a", type="slack_user", label="A", value="nobody"),
        FormField(name="b", type="slack_user_list", label="B", value=["nobody", {"user_id": "U0BOB"}]),
    )
    blocks = inputs_of(view(form(*fields)))
    assert "initial_user" not in blocks["a"]["element"]
    assert blocks["b"]["element"]["initial_users"] == ["U0BOB"]


def test_hidden_fields_keep_their_values() -> None:
    fields = (
        FormField(name="a", type="string", label="A"),
        FormField(name="b", type="string", label="B", visible=False, value="kept"),
    )
    made = filled(view(form(*fields)), a={"type": "plain_text_input", "value": "x"})
    values = {**values_in(made), "other": {"x": {"type": "plain_text_input", "value": "y"}}}
    assert read_values(values, form(*fields)) == {"a": "x", "b": "kept"}


class TestChanging:
    """Slack keeps what is typed as long as the block id stays, whatever the initial value says."""

    A = FormField(name="a", type="string", label="A", value="")
    B = FormField(name="b", type="string", label="B", value="", has_on_change=True)

    def ids(self, made: dict[str, Any]) -> dict[str, str]:
        return {name: block["block_id"] for name, block in inputs_of(made).items()}

    def test_a_field_that_holds_what_it_is_to_hold_stays(self) -> None:
        first = view(form(self.A, self.B))
        seen = filled(first, a={"type": "plain_text_input", "value": "typed"})
        again = view(form(dataclasses.replace(self.A, value="typed"), self.B), shown=seen)
        assert self.ids(again) == self.ids(first)

    def test_a_field_that_is_to_hold_something_else_is_made_anew(self) -> None:
        first = view(form(self.A, self.B))
        seen = filled(first, a={"type": "plain_text_input", "value": "typed"})
        cleared = view(form(self.A, self.B), shown=seen)
        assert self.ids(cleared)["a"] != self.ids(first)["a"]
        assert self.ids(cleared)["b"] == self.ids(first)["b"]
        # And once more, although the value is the one of two views ago.
        seen = filled(cleared, a={"type": "plain_text_input", "value": "typed"})
        once_more = view(form(self.A, self.B), shown=seen)
        assert len({self.ids(one)["a"] for one in (first, cleared, once_more)}) == 3

    def test_without_the_view_another_value_makes_another_field(self) -> None:
        first, other = view(form(self.A)), view(form(dataclasses.replace(self.A, value="x")))
        assert self.ids(first) != self.ids(other)
        assert self.ids(first) == self.ids(view(form(self.A)))

    def test_a_field_that_appears_shows_its_value(self) -> None:
        hidden = dataclasses.replace(self.A, visible=False)
        seen = filled(view(form(hidden, self.B)))
        made = view(form(dataclasses.replace(self.A, value="x"), self.B), shown=seen)
        assert inputs_of(made)["a"]["element"]["initial_value"] == "x"


def test_problems_are_said_at_their_fields() -> None:
    fields = (
        FormField(name="target_id", type="target", label="Target", options=COLOURS),
        FormField(name="b", type="string", label="B"),
        FormField(name="hidden", type="string", label="Hidden one", visible=False),
    )
    shown = form(*fields)
    values = values_in(filled(view(shown)))
    problems = [("flow_inputs.b", "a value is required"), ("flow_inputs.target_srn", "a target is required"),
                ("flow_inputs.hidden", "it is wrong")]  # fmt: skip
    errors = errors_by_block(problems, shown, values)
    assert {ids.field_of(block_id): text for block_id, text in errors.items()} == {
        "b": "A value is required",
        "target_id": "A target is required; Hidden one: it is wrong",
    }
    assert set(errors) <= set(values)
    assert errors_by_block(problems, form(), {}) == {}


def test_suggestions_are_at_most_a_hundred() -> None:
    found = suggestions(MANY)["options"]
    assert len(found) == 100
    assert found[0] == {"text": {"type": "plain_text", "text": "Value 0", "emoji": True}, "value": "v0"}
