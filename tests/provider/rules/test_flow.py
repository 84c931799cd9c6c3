"""The rules of sym_flow at plan: one row per rule."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sym_provider.framework.diagnostics import MapKey, render_path
from sym_provider.framework.values import UNKNOWN, Unknown
from sym_provider.rules.flow import check_flow

ID = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"
CODE = """from sym.sdk.annotations import prefetch, reducer

@reducer
def get_permissions(event):
    return None
"""
PREFETCH = CODE + '\n@prefetch(field_name="team")\ndef teams(event):\n    return []\n'
LONG = "x" * 56

Found = list[tuple[str, str]]


def found(**config: Any) -> Found:
    """What is said of a flow: the severity with the place, and the words."""
    diagnostics = check_flow({"name": "access", "implementation": CODE, "environment_id": ID, **config})
    return [
        (f"{item.severity.value} {render_path(item.path)}", f"{item.summary}. {item.detail}") for item in diagnostics
    ]


def of_params(**params: Any) -> Found:
    return found(params=[params])


def of_field(kind: Any, name: Any = "team", code: str = CODE, **more: Any) -> Found:
    """What is said of one field of a flow that grants access; places are below the field."""
    params = {"strategy_id": ID, "prompt_field": [{"name": name, "type": kind, **more}]}
    return [(place.replace("params[0].prompt_field[0].", ""), text)
            for place, text in found(params=[params], implementation=code)]  # fmt: skip


def places(diagnostics: Found) -> list[str]:
    return [place for place, _ in diagnostics]


# what is right


def test_a_flow_as_it_should_be_is_silent() -> None:
    fields = [
        {"name": "reason", "type": "string", "required": True, "label": LONG, "default": "", "allowed_values": []},
        {"name": "count", "type": "int", "default": "2", "allowed_values": ["1", "2"], "prefetch": False},
        {"name": "agree", "type": "bool", "default": "true", "on_change": ""},
        {"name": "duration", "type": "duration", "allowed_values": ["30s", "1mo", "90"], "required": None},
        {"name": "person", "type": "slack_user", "allowed_values": [], "default": "", "prefetch": False},
        {"name": "target_id", "type": "string", "label": "Which?"},
        {"name": "team", "type": "str_list", "prefetch": True},
        {"name": "sizes", "type": "int_list", "allowed_values": ["1", "-2"]},
    ]
    params = {"strategy_id": ID, "allowed_sources": ["slack", "api"], "allow_revoke": False, "prompt_field": fields}
    assert found(implementation=PREFETCH, vars={"a": "text", "b": None}, params=[params]) == []


def test_what_is_not_known_is_passed_over() -> None:
    assert found(name=UNKNOWN, implementation=UNKNOWN, vars=UNKNOWN, params=UNKNOWN) == []
    assert found(vars={"a": UNKNOWN}, params=[UNKNOWN]) == []
    assert of_params(allowed_sources=UNKNOWN, prompt_field=UNKNOWN) == []
    assert of_params(allowed_sources=[UNKNOWN], prompt_field=[UNKNOWN]) == []
    assert of_params(allow_revoke=UNKNOWN, schedule_deescalation=False) == []
    names = ("allowed_values", "default", "prefetch", "on_change", "required", "visible")
    unknown: dict[str, Any] = dict.fromkeys(names, UNKNOWN)
    for kind in ("slack_user", "string", "int", "duration", "bool", "str_list", UNKNOWN, None):
        for name in ("team", "duration", "target_id", UNKNOWN):
            assert of_field(kind, name, **unknown) == []
    assert found(params=None) == found(params=[]) == found() == []


# the flow


def test_a_name_outside_the_grammar_gets_a_warning() -> None:
    assert places(found(name="My flow")) == ["warning name"]
    assert places(found(name="")) == ["error name"]


def test_a_label_too_long_for_a_list_gets_a_warning() -> None:
    assert places(found(label=LONG)) == ["warning label"]


def test_code_python_cannot_read_is_an_error_with_its_line() -> None:
    ((place, text),) = found(implementation="x = (")
    assert place == "error implementation"
    assert "Line 1 of impl.py" in text


def test_code_without_handlers_gets_a_warning_because_the_original_took_it() -> None:
    assert places(found(implementation="file('impl.py')")) == ["warning implementation"] * 2
    assert places(found(implementation="")) == ["warning implementation"]


def test_a_path_nobody_can_read_is_left_to_the_attributes_own_check() -> None:
    assert found(implementation="nowhere.py") == []


@pytest.mark.parametrize(
    ("value", "kinds"),
    [
        ("5", ["number"]), ("-12", ["number"]), ("+1", ["number", ]), ("007", ["number"]),
        ("1", ["number", "boolean"]), ("0", ["number", "boolean"]),
        *((value, ["boolean"]) for value in ("t", "T", "TRUE", "true", "True", "f", "F", "FALSE", "false", "False")),
        *((value, []) for value in ("yes", "tRUE", "1.0", "1_000", " 1", "٣", "", "9223372036854775808", None)),
    ],
)  # fmt: skip
def test_a_var_that_looks_like_something_else_than_text_gets_a_warning(value: Any, kinds: list[str]) -> None:
    diagnostics = list(check_flow({"name": "a", "implementation": CODE, "vars": {"k": value}}))
    assert [item.path for item in diagnostics] == [("vars", "k")] * len(kinds)
    assert all(isinstance(item.path[1], MapKey) for item in diagnostics)
    assert [item.summary for item in diagnostics] == [
        f'The value of "k" looks like a {kind}, and stays text' for kind in kinds
    ]


# params


def test_access_that_could_never_end_is_an_error() -> None:
    ((place, text),) = of_params(allow_revoke=False, schedule_deescalation=False)
    assert place == "error params[0].allow_revoke"
    assert "at least one of" in text
    assert of_params(allow_revoke=False) == of_params(schedule_deescalation=False) == []


def test_a_source_there_is_not_gets_a_warning() -> None:
    ((place, text),) = of_params(allowed_sources=["slack", "email"])
    assert place == "warning params[0].allowed_sources[1]"
    assert '"email"' in text


def test_no_source_at_all_gets_a_warning() -> None:
    ((place, text),) = of_params(allowed_sources=[])
    assert place == "warning params[0].allowed_sources"
    assert "Nobody can start this flow" in text


def test_two_fields_of_one_name_are_an_error_at_the_second() -> None:
    fields = [{"name": name, "type": "string"} for name in ("a", "b", "a")]
    ((place, text),) = of_params(prompt_field=fields)
    assert place == "error params[0].prompt_field[2].name"
    assert 'prompt_field[0] is named "a" already' in text


# the duration


def test_the_duration_must_be_required() -> None:
    assert places(of_field("duration", "duration", required=False, allowed_values=["1h"])) == ["error required"]


@pytest.mark.parametrize("values", [None, []])
def test_the_duration_must_have_allowed_values(values: Any) -> None:
    ((place, text),) = of_field("duration", "duration", allowed_values=values)
    assert place == "error allowed_values"
    assert '["30m", "1h"]' in text


@pytest.mark.parametrize("kind", ["duration", "string", "int"])
@pytest.mark.parametrize("value", ["soon", "0s", "1 week", "-1h", "1.5h", ""])
def test_the_durations_must_be_in_the_grammar_whatever_the_type_is(kind: str, value: str) -> None:
    diagnostics = of_field(kind, "duration", allowed_values=["1h", value])
    assert "error allowed_values[1]" in places(diagnostics)
    assert any("is not a duration" in text for _, text in diagnostics)


@pytest.mark.parametrize("strategy_id", [None, ""])
def test_a_flow_that_only_approves_has_no_duration(strategy_id: Any) -> None:
    field = {"name": "duration", "type": "duration", "allowed_values": ["1h"]}
    ((place, text),) = of_params(strategy_id=strategy_id, prompt_field=[field])
    assert place == "error params[0].prompt_field[0].name"
    assert "strategy_id" in text
    assert of_params(strategy_id=UNKNOWN, prompt_field=[field]) == []


def test_a_duration_without_a_scheduled_end_gets_a_warning_and_no_more() -> None:
    field = {"name": "duration", "type": "duration", "required": False}
    diagnostics = of_params(strategy_id=ID, schedule_deescalation=False, prompt_field=[field])
    assert places(diagnostics) == ["warning params[0].prompt_field[0].name"]


def test_another_field_of_type_duration_wants_something_to_choose_from() -> None:
    assert places(of_field("duration", "length")) == ["warning allowed_values"]
    assert places(of_field("duration", "length", allowed_values=["soon"])) == ["error allowed_values[0]"]


# one field


@pytest.mark.parametrize("kind", ["slack_user", "slack_user_list"])
@pytest.mark.parametrize(("attribute", "value"), [("allowed_values", ["U1"]), ("default", "U1"), ("prefetch", True)])
def test_people_are_not_chosen_from_a_list(kind: str, attribute: str, value: Any) -> None:
    diagnostics = of_field(kind, code=PREFETCH, **{attribute: value})
    errors = [place for place, _ in diagnostics if place.startswith("error")]
    assert errors == [f"error {attribute}"]
    assert f"A field of type {kind} cannot have {attribute}" in diagnostics[0][1]


@pytest.mark.parametrize(
    ("kind", "attribute", "value"),
    [
        ("str_list", "default", "a"),
        ("int_list", "default", "1"),
        ("bool", "allowed_values", ["true"]),
        ("bool", "prefetch", True),
    ],
)
def test_what_does_nothing_for_a_type_gets_a_warning(kind: str, attribute: str, value: Any) -> None:
    ((place, text),) = of_field(kind, code=PREFETCH if attribute == "prefetch" else CODE, **{attribute: value})
    assert place == f"warning {attribute}"
    assert f"A field of type {kind}" in text


def test_the_targets_are_not_listed_by_hand() -> None:
    ((place, text),) = of_field("string", "target_id", allowed_values=[LONG], default="b")
    assert place == "warning allowed_values"
    assert "ignored" in text


def test_an_option_has_at_most_55_characters() -> None:
    assert places(of_field("string", allowed_values=["x" * 55, LONG])) == ["warning allowed_values[1]"]


@pytest.mark.parametrize("kind", ["int", "int_list"])
def test_options_of_numbers_that_are_words_get_a_warning_because_the_original_took_them(kind: str) -> None:
    assert places(of_field(kind, allowed_values=["one", "2", "3.0"])) == [
        "warning allowed_values[0]",
        "warning allowed_values[2]",
    ]


@pytest.mark.parametrize(
    ("kind", "default"), [("int", "two"), ("int", "1.5"), ("bool", "perhaps"), ("duration", "soon")]
)
def test_a_default_that_is_no_answer_is_an_error(kind: str, default: str) -> None:
    values = ["1h"] if kind == "duration" else None
    assert places(of_field(kind, default=default, allowed_values=values)) == ["error default"]


@pytest.mark.parametrize(
    ("kind", "default", "values", "right"),
    [
        ("string", "c", ["a", "b"], False),
        ("string", "a", ["a", "b"], True),
        ("string", "c", [], True),
        ("string", "c", ["a", UNKNOWN], True),
        ("string", "c", ["a", None], True),
        ("int", "3", ["1", "2"], False),
        ("int", "+02", ["1", "2"], True),
        ("duration", "60m", ["1h"], True),
        ("duration", "2h", ["1h"], False),
        ("bool", "Yes", None, True),
    ],
)
def test_a_default_must_be_among_the_allowed_values(kind: str, default: str, values: Any, right: bool) -> None:
    diagnostics = of_field(kind, default=default, allowed_values=values)
    assert places(diagnostics) == ([] if right else ["error default"])


def test_a_default_that_does_nothing_is_not_held_against_the_allowed_values() -> None:
    assert places(of_field("str_list", default="c", allowed_values=["a"])) == ["warning default"]


def test_a_number_longer_than_python_reads_is_no_answer() -> None:
    diagnostics = of_field("int", default="9" * 5000, allowed_values=["8" * 5000])
    assert "error default" in places(diagnostics)


def test_a_default_that_is_an_allowed_word_is_as_good_as_the_word() -> None:
    assert places(of_field("int", default="one", allowed_values=["one"])) == ["warning allowed_values[0]"]


def test_a_default_may_be_among_what_is_prefetched() -> None:
    assert of_field("string", code=PREFETCH, prefetch=True, default="c", allowed_values=["a"]) == []


def test_a_field_needs_a_name() -> None:
    assert places(of_field("string", "")) == ["error name"]


# code of fields


def test_on_change_must_define_the_function_of_its_field() -> None:
    def check(code: str) -> list[str]:
        return places(of_field("string", "my-team", on_change=code))

    assert check("def on_change_my_team(username, form):\n    return form\n") == []
    assert check("def on_change_team(username, form):\n    return form\n") == ["error on_change"]
    assert check("def on_change_my_team(form):\n    return form\n") == ["error on_change"]
    assert check("def (") == ["error on_change"]
    assert check("") == []


def test_a_field_that_nothing_prefetches_gets_a_warning() -> None:
    ((place, text),) = of_field("string", prefetch=True)
    assert place == "warning prefetch"
    assert '@prefetch(field_name="team")' in text
    assert of_field("string", code=PREFETCH, prefetch=True) == []


@pytest.mark.parametrize("code", ["x = (", PREFETCH.replace('"team"', "NAME")])
def test_code_that_does_not_tell_what_it_prefetches_is_trusted(code: str) -> None:
    assert "warning prefetch" not in places(of_field("string", code=code, prefetch=True))


@pytest.mark.parametrize(
    ("params", "words"),
    [
        (None, 'There is no prompt field named "team"'),
        ([], 'There is no prompt field named "team"'),
        ([{"prompt_field": [{"name": "reason", "type": "string"}]}], 'There is no prompt field named "team"'),
        ([{"prompt_field": [{"name": "team", "type": "string"}]}], "does not say prefetch = true"),
    ],
)
def test_a_prefetch_function_of_no_field_gets_a_warning(params: Any, words: str) -> None:
    ((place, text),) = found(implementation=PREFETCH, params=params)
    assert place == "warning implementation"
    assert "teams is never called" in text
    assert words in text


@pytest.mark.parametrize("field", [{"name": UNKNOWN}, {"name": "team", "prefetch": UNKNOWN}])
def test_a_prefetch_function_may_be_for_a_field_that_is_not_known_yet(field: dict[str, Any]) -> None:
    assert found(implementation=PREFETCH, params=[{"prompt_field": [{"type": "string", **field}]}]) == []


# anything

text = st.text(max_size=12) | st.sampled_from(["duration", "target_id", "team", "1h", "0", "true", "x.py", "9" * 5000])


def leaf(known: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | st.just(UNKNOWN) | known


def some(**attributes: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({name: leaf(known) for name, known in attributes.items()})


kinds = ["string", "int", "bool", "duration", "slack_user", "slack_user_list", "str_list", "int_list", "list"]
prompt_fields = some(
    name=text, type=st.sampled_from(kinds), required=st.booleans(), label=text, default=text, visible=st.booleans(),
    allowed_values=st.lists(leaf(text), max_size=3), prefetch=st.booleans(), on_change=text,
)  # fmt: skip
params_blocks = some(
    strategy_id=text, allow_revoke=st.booleans(), schedule_deescalation=st.booleans(),
    allowed_sources=st.lists(leaf(text), max_size=2), prompt_field=st.lists(prompt_fields, max_size=3),
)  # fmt: skip
flows = some(
    name=text, label=text, implementation=text | st.sampled_from([CODE, PREFETCH]),
    vars=st.dictionaries(text, leaf(text), max_size=2), params=st.lists(params_blocks, max_size=2),
)  # fmt: skip


@given(flows)
def test_whatever_is_written_is_answered_at_a_place_that_is_there(config: dict[str, Any]) -> None:
    for item in check_flow(config):
        assert item.summary
        place: Any = config
        for step in item.path:
            assert not isinstance(place, Unknown)
            place = place[step]
        assert not isinstance(place, Unknown)
