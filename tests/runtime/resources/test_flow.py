from __future__ import annotations

import json
from typing import Any

import pytest

from sym.resources import resource, slug_of, type_of
from sym.resources.flow import FIELD_TYPES, Flow, Params, PromptField, upgrade_0
from sym.sdk.schema import fields, read


def facts(cls: type[Any]) -> dict[str, tuple[str, bool, Any]]:
    return {field.name: (field.kind, field.required, field.default) for field in fields(cls)}


def test_it_is_the_resource_of_its_module() -> None:
    assert resource("flow") is Flow
    assert (Flow.collection, Flow.lookup, Flow.version) == ("flows", ("name",), 1)
    assert slug_of("flow", {"name": "Prod Access"}) == "prod-access"
    assert type_of("flow", {"name": "Prod Access"}) == ""


def test_what_can_be_said_about_a_flow() -> None:
    assert facts(Flow) == {
        "name": ("string", True, None),
        "label": ("string", False, None),
        "implementation": ("string", True, None),
        "vars": ("map", False, None),
        "environment_id": ("string", True, None),
        "params": ("block", False, None),
    }


def test_what_can_be_said_about_its_params() -> None:
    assert facts(Params) == {
        "strategy_id": ("string", False, None),
        "allow_revoke": ("bool", False, True),
        "schedule_deescalation": ("bool", False, True),
        "include_decision_message": ("bool", False, False),
        "allowed_sources": ("list", False, None),
        "additional_header_text": ("string", False, None),
        "allow_guest_interaction": ("bool", False, False),
        "allow_extension": ("bool", False, False),
        "prompt_field": ("blocks", False, None),
    }


def test_what_can_be_said_about_a_prompt_field() -> None:
    assert facts(PromptField) == {
        "name": ("string", True, None),
        "type": ("string", True, None),
        "required": ("bool", False, True),
        "label": ("string", False, None),
        "default": ("string", False, None),
        "visible": ("bool", False, True),
        "allowed_values": ("list", False, None),
        "prefetch": ("bool", False, False),
        "on_change": ("string", False, None),
    }
    kinds = {"string", "int", "bool", "duration", "slack_user", "slack_user_list", "str_list", "int_list"}
    assert set(FIELD_TYPES) == kinds


def test_what_it_refers_to_and_which_of_it_is_code() -> None:
    declared = {field.name: field.declaration for cls in (Flow, Params, PromptField) for field in fields(cls)}
    references = {name: item.references for name, item in declared.items() if item.references}
    assert references == {"environment_id": "environment", "strategy_id": "strategy"}
    code = {name: item.code for name, item in declared.items() if item.code}
    assert code == {"implementation": "content", "on_change": "content"}


# state of 1.x


def upgraded(**params: Any) -> dict[str, Any]:
    """The one params block that a params map becomes."""
    (block,) = upgrade_0({"name": "a", "params": params})["params"]
    return block  # type: ignore[no-any-return]


def test_old_state_becomes_todays() -> None:
    old = {
        "id": "1",
        "name": "prod",
        "template": "sym:template:approval:1.0.0",
        "implementation": "# code",
        "environment_id": "2",
        "vars": {"a": "b"},
        "params": {
            "strategy_id": "3",
            "allow_revoke": "false",
            "allowed_sources_json": '["slack", "api"]',
            "prompt_fields_json": json.dumps(
                [{"name": "size", "type": "int", "required": False, "allowed_values": [1, 2]}, {"name": "why"}]
            ),
        },
    }
    kept = {key: value for key, value in old.items() if key not in ("template", "params")}
    assert upgrade_0(old) == {
        **kept,
        "params": [
            {
                "strategy_id": "3",
                "allow_revoke": False,
                "allowed_sources": ["slack", "api"],
                "prompt_field": [
                    {"name": "size", "type": "int", "required": False, "allowed_values": ["1", "2"]},
                    {"name": "why", "allowed_values": None},
                ],
            }
        ],
    }
    assert old["template"], "the document that was handed in is left as it was"
    assert "allowed_sources_json" in old["params"]  # type: ignore[operator]


def test_an_upgraded_flow_can_be_read() -> None:
    params = {"prompt_fields_json": '[{"name": "size", "type": "int"}]', "schedule_deescalation": "1"}
    document = upgrade_0({"name": "a", "implementation": "#", "environment_id": "1", "params": params})
    flow = read(Flow, document)
    assert flow.params is not None
    assert flow.params.schedule_deescalation is True
    assert flow.params.prompt_field == [PromptField(name="size", type="int")]


@pytest.mark.parametrize("text", ["", "not json", "{}", "5", "null", '"text"'])
def test_json_that_is_no_list_is_dropped(text: str) -> None:
    assert upgraded(allowed_sources_json=text, prompt_fields_json=text) == {"prompt_field": []}


def test_no_sources_stay_no_sources() -> None:
    assert upgraded(allowed_sources_json="[]")["allowed_sources"] == []
    assert "allowed_sources" not in upgraded()


@pytest.mark.parametrize(("text", "truth"), [("true", True), ("1", True), ("T", True), ("false", False), ("0", False)])
def test_truths_that_were_text_become_truths(text: str, truth: bool) -> None:
    names = ("allow_revoke", "schedule_deescalation", "allow_guest_interaction")
    found = upgraded(**dict.fromkeys(names, text))
    assert [found[name] for name in names] == [truth] * 3


@pytest.mark.parametrize(("value", "text"), [(1, "1"), (1.5, "1.5"), (True, "true"), ("1h", "1h"), ("ö", "ö")])
def test_every_allowed_value_becomes_text(value: Any, text: str) -> None:
    fields_json = json.dumps([{"name": "a", "allowed_values": [value]}])
    assert upgraded(prompt_fields_json=fields_json)["prompt_field"][0]["allowed_values"] == [text]


def test_what_is_no_prompt_field_is_dropped() -> None:
    assert upgraded(prompt_fields_json='["a", 5, null, {"name": "b"}]')["prompt_field"] == [
        {"name": "b", "allowed_values": None}
    ]


@pytest.mark.parametrize("params", [None, [], [{"strategy_id": "1"}]])
def test_params_that_are_none_or_a_block_already_stay(params: Any) -> None:
    assert upgrade_0({"name": "a", "template": "t", "params": params}) == {"name": "a", "params": params}
    assert upgrade_0({"name": "a"}) == {"name": "a"}


def test_empty_params_become_an_empty_block() -> None:
    assert upgraded() == {"prompt_field": []}
