from __future__ import annotations

from typing import Any

import pytest

from sym.engine.inputs import InvalidInputs, read_inputs

TARGET = {"id": "t-1", "srn": "org:access_target:custom:readers:latest:0000"}
OTHER = {"id": "t-2", "srn": "org:access_target:custom:writers:latest:0001"}


def field(name: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, "required": True, "visible": True, **more}


def params(*fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"prompt_field": list(fields), **more}


def problems(declared: dict[str, Any], given: dict[str, Any], targets: list[dict[str, Any]] | None = None) -> list[str]:
    with pytest.raises(InvalidInputs) as invalid:
        read_inputs(declared, targets or [], given)
    return [path for path, _ in invalid.value.problems]


def test_every_problem_is_named_at_once() -> None:
    declared = params(field("reason", "string"), field("count", "int"))
    assert problems(declared, {"count": "three", "colour": "red"}) == [
        "flow_inputs.colour",
        "flow_inputs.reason",
        "flow_inputs.count",
    ]


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("string", "x", 1),
        ("int", 3, True),
        ("bool", False, "false"),
        ("slack_user", "U1", 1),
        ("str_list", ["a"], "a"),
        ("int_list", [1], ["1"]),
        ("slack_user_list", ["U1"], [1]),
    ],
)
def test_values_have_the_type_of_their_field(kind: str, good: Any, bad: Any) -> None:
    assert read_inputs(params(field("x", kind)), [], {"x": good}).fields.keys() == {"x"}
    assert problems(params(field("x", kind)), {"x": bad}) == ["flow_inputs.x"]


def test_allowed_values_close_the_choice_for_lists_and_numbers_too() -> None:
    declared = params(field("n", "int", allowed_values=["1", "2"]), field("s", "str_list", allowed_values=["a", "b"]))
    assert read_inputs(declared, [], {"n": 2, "s": ["a", "b"]}).fields == {"n": 2, "s": ["a", "b"]}
    assert problems(declared, {"n": 3, "s": ["a", "c"]}) == ["flow_inputs.n", "flow_inputs.s"]


def test_defaults_fill_what_was_left_out_and_hidden_fields_are_not_demanded() -> None:
    declared = params(
        field("n", "int", required=False, default="5"), field("hidden", "string", visible=False), field("b", "bool")
    )
    assert read_inputs(declared, [], {"b": True}).fields == {"n": 5, "b": True}


def test_slack_users_become_selections() -> None:
    read = read_inputs(params(field("who", "slack_user")), [], {"who": "U1"})
    assert read.fields["who"] == {"$type": "slack_user", "user_id": "U1", "username": None}


def test_an_access_flow_needs_a_target_unless_there_is_only_one() -> None:
    declared = params(strategy_id="s")
    assert read_inputs(declared, [TARGET], {"duration": 600}).target_id == "t-1"
    assert problems(declared, {"duration": 600}, [TARGET, OTHER]) == ["flow_inputs.target_srn"]
    given = {"duration": 600, "target_srn": "org:access_target:custom:writers:latest"}
    assert read_inputs(declared, [TARGET, OTHER], given).target_id == "t-2"
    assert read_inputs(declared, [TARGET, OTHER], {"duration": 600, "target_id": "t-2"}).target_id == "t-2"


@pytest.mark.parametrize("srn", ["org:access_target:custom:nobody:latest", "nonsense", 7])
def test_an_unknown_target_is_refused(srn: Any) -> None:
    given = {"duration": 600, "target_srn": srn}
    assert problems(params(strategy_id="s"), given, [TARGET]) == ["flow_inputs.target_srn"]


def test_durations_are_seconds_out_of_those_allowed() -> None:
    declared = params(field("duration", "duration", allowed_values=["30m", "1h"]), strategy_id="s")
    assert read_inputs(declared, [TARGET], {"duration": 1800}).duration == 1800
    for bad in (None, "30m", 1801, 0, True):
        assert problems(declared, {"duration": bad}, [TARGET]) == ["flow_inputs.duration"]


def test_without_a_duration_field_there_are_the_documented_three() -> None:
    for seconds in (30, 600, 3600):
        assert read_inputs(params(strategy_id="s"), [TARGET], {"duration": seconds}).duration == seconds


def test_approval_only_flows_have_neither_target_nor_duration() -> None:
    assert problems(params(), {"duration": 600, "target_id": "t-1"}) == [
        "flow_inputs.duration",
        "flow_inputs.target_id",
    ]


def test_access_that_is_never_scheduled_to_end_takes_no_duration() -> None:
    declared = params(strategy_id="s", schedule_deescalation=False)
    assert read_inputs(declared, [TARGET], {}).duration is None
    assert problems(declared, {"duration": 600}, [TARGET]) == ["flow_inputs.duration"]


def test_a_forms_rules_stand_in_for_the_declared_ones() -> None:
    declared = params(field("team", "string", allowed_values=["a"]), field("note", "string"), strategy_id="s")
    rules = {
        "team": {"required": True, "choices": ["b"]}, "note": {"required": False, "choices": None},
        "target_id": {"required": True, "choices": ["t-2"]}, "duration": {"required": True, "choices": [7]},
    }  # fmt: skip
    read = read_inputs(declared, [TARGET, OTHER], {"team": "b", "duration": 7}, rules)
    assert (read.fields, read.target_id, read.duration) == ({"team": "b"}, "t-2", 7)
    with pytest.raises(InvalidInputs) as invalid:
        read_inputs(declared, [TARGET, OTHER], {"team": "a", "duration": 600, "target_id": "t-1"}, rules)
    assert [path for path, _ in invalid.value.problems] == [
        "flow_inputs.team", "flow_inputs.target_id", "flow_inputs.duration"
    ]  # fmt: skip


def test_a_rule_may_ask_for_what_was_hidden() -> None:
    declared = params(field("note", "string", visible=False))
    assert read_inputs(declared, [], {}).fields == {}
    with pytest.raises(InvalidInputs):
        read_inputs(declared, [], {}, {"note": {"required": True, "choices": None}})


def test_a_long_list_of_choices_is_not_repeated_in_the_error() -> None:
    rules = {"x": {"required": True, "choices": [f"r{number}" for number in range(1000)]}}
    with pytest.raises(InvalidInputs) as invalid:
        read_inputs(params(field("x", "string")), [], {"x": "nope"}, rules)
    assert len(str(invalid.value)) < 250


def test_durations_to_choose_from_are_seconds_whatever_the_field_is_called() -> None:
    declared = params(field("window", "duration", allowed_values=["1h"], default="1h"))
    assert read_inputs(declared, [], {"window": 3600}).fields == {"window": 3600}
    assert read_inputs(declared, [], {}).fields == {"window": 3600}
    assert problems(declared, {"window": 60}) == ["flow_inputs.window"]
