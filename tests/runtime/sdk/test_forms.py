"""Forms and options."""

from __future__ import annotations

import json
from collections import OrderedDict
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sym.sdk import field_option
from sym.sdk.forms import FieldOption, FieldType, PromptField, SlackUserSelection, SymPromptForm


def test_field_types_are_those_of_terraform() -> None:
    assert [member.value for member in FieldType] == [
        "string",
        "int",
        "bool",
        "duration",
        "slack_user",
        "slack_user_list",
        "str_list",
        "int_list",
    ]
    assert f"{FieldType.SLACK_USER}" == "slack_user"


def test_the_former_home_of_options_has_the_same_class() -> None:
    assert field_option.FieldOption is FieldOption


def test_an_options_value_may_be_left_out_but_not_none() -> None:
    assert FieldOption(label="l").value is None
    with pytest.raises(ValueError, match="must be non-empty"):
        FieldOption(label="l", value=None)


@pytest.mark.parametrize("value", ["x" * 56, 10**55, SlackUserSelection(user_id="U1", username="x" * 50)])
def test_an_options_value_has_at_most_55_characters_of_text(value: Any) -> None:
    with pytest.raises(ValueError, match=r"value\n.*55 characters"):
        FieldOption(label="l", value=value)


def test_an_options_label_has_at_most_55_characters() -> None:
    assert FieldOption(label="x" * 55, value="x" * 55).label == "x" * 55
    with pytest.raises(ValueError, match=r"label\n.*55 characters"):
        FieldOption(label="x" * 56, value=1)
    with pytest.raises(ValueError, match="label\n  field required"):
        FieldOption(value=1)  # type: ignore[call-arg]


@pytest.mark.parametrize(("label", "kept"), [(1, "1"), (1.5, "1.5"), (True, "True"), (Decimal(2), "2"), (b"b", "b")])
def test_an_options_label_takes_numbers(label: Any, kept: str) -> None:
    assert FieldOption(label=label, value=1).label == kept


def test_a_selection_is_read_only() -> None:
    selection = SlackUserSelection(user_id="U1")
    assert selection.username is None
    for name in ("user_id", "username"):
        with pytest.raises(TypeError, match="cannot be assigned"):
            setattr(selection, name, "U2")


def test_a_prompt_field_has_its_defaults() -> None:
    prompt = PromptField(name="n", type="slack_user")  # type: ignore[arg-type]
    assert prompt.type is FieldType.SLACK_USER
    assert (prompt.value, prompt.label, prompt.required, prompt.visible) == (None, None, True, True)
    assert prompt.current_allowed_values == prompt.original_allowed_values == []
    assert prompt.current_allowed_values is not prompt.original_allowed_values
    with pytest.raises(ValueError, match="permitted: 'string'"):
        PromptField(name="n", type="colour")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["name", "type", "original_allowed_values"])
def test_what_of_a_prompt_field_is_read_only(name: str) -> None:
    prompt = PromptField(name="n", type=FieldType.STRING)
    with pytest.raises(TypeError, match="cannot be assigned"):
        setattr(prompt, name, getattr(prompt, name))


def test_what_of_a_prompt_field_can_be_changed() -> None:
    prompt = PromptField(name="n", type=FieldType.STRING)
    prompt.value = object
    prompt.label = 5  # type: ignore[assignment]
    prompt.required = "no"  # type: ignore[assignment]
    prompt.visible = False
    prompt.current_allowed_values = [{"value": 1, "label": "one"}]  # type: ignore[list-item]
    assert (prompt.label, prompt.required) == ("5", False)
    assert isinstance(prompt.current_allowed_values[0], FieldOption)
    with pytest.raises(ValueError, match="visible"):
        prompt.visible = "perhaps"  # type: ignore[assignment]
    with pytest.raises(ValueError, match="current_allowed_values -> 0"):
        prompt.current_allowed_values = ["one"]  # type: ignore[list-item]
    with pytest.raises(ValueError, match="no field"):
        prompt.colour = "red"


def test_a_form_reads_its_fields_and_keeps_their_order_and_container() -> None:
    fields = {"b": {"name": "b", "type": "int"}, "a": {"name": "other", "type": "string", "value": "x"}}
    form = SymPromptForm(fields=fields, flow_vars={"n": 1, "yes": True})  # type: ignore[arg-type, dict-item]
    assert list(form.fields) == ["b", "a"]
    assert type(form.fields) is dict
    assert form.fields["a"].name == "other"
    assert form.flow_vars == {"n": "1", "yes": "True"}
    assert form.additional_header_text is None
    form.additional_header_text = "*hi*"
    assert type(SymPromptForm(fields=OrderedDict()).fields) is OrderedDict
    with pytest.raises(ValueError, match="fields\n  field required"):
        SymPromptForm()  # type: ignore[call-arg]
    with pytest.raises(ValueError, match="fields -> x -> type"):
        SymPromptForm(fields={"x": {"name": "x"}})  # type: ignore[arg-type]


def test_a_changed_field_shows_in_the_form() -> None:
    form = SymPromptForm.parse_obj({"fields": {"a": {"name": "a", "type": "string"}}})
    form.fields["a"].value = "new"
    assert json.loads(form.json())["fields"]["a"]["value"] == "new"


OPTIONS = st.builds(FieldOption, value=st.text(max_size=55) | st.integers(0, 99), label=st.text(max_size=55))


@given(
    st.builds(
        PromptField,
        name=st.text(),
        type=st.sampled_from(FieldType),
        value=st.none() | st.text() | st.integers(),
        label=st.none() | st.text(),
        required=st.booleans(),
        current_allowed_values=st.lists(OPTIONS, max_size=3),
        original_allowed_values=st.lists(OPTIONS, max_size=3),
        visible=st.booleans(),
    )
)
def test_a_form_survives_json(prompt: PromptField) -> None:
    form = SymPromptForm(fields=OrderedDict(a=prompt), flow_vars={"k": "v"})
    assert SymPromptForm.parse_raw(form.json()) == form
    assert PromptField.parse_obj(prompt.dict()) == prompt
