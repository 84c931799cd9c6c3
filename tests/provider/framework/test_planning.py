"""Planning: a table of cases, and for arbitrary values the checks Terraform itself makes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sym_provider.framework.planning import empty_to_null, plan_state, reconcile
from sym_provider.framework.schema import Attribute, Block, NestedBlock, State
from sym_provider.framework.values import (
    BOOL,
    STRING,
    UNKNOWN,
    ListOf,
    MapOf,
    Unknown,
    is_wholly_known,
    same,
    unknown_to_null,
)

REFINED = Unknown(12, b"refined")


def caseless(left: str, right: str) -> bool:
    return left.lower() == right.lower()


FIELD = NestedBlock(
    name="field",
    attributes=(
        Attribute(name="name", type=STRING, required=True, equal=caseless),
        Attribute(name="label", type=STRING, optional=True),
        Attribute(name="shown", type=BOOL, optional=True, default=True),
        Attribute(name="key", type=STRING, computed=True),
    ),
)
BLOCK = Block(
    attributes=(
        Attribute(name="id", type=STRING, computed=True),
        Attribute(name="name", type=STRING, required=True, equal=caseless),
        Attribute(name="label", type=STRING, optional=True),
        Attribute(name="mode", type=STRING, optional=True, default="fast"),
        Attribute(name="chosen", type=STRING, optional=True, computed=True),
        Attribute(name="kind", type=STRING, optional=True, requires_replace=True),
        Attribute(name="tags", type=MapOf(STRING), optional=True, empty_keys_are_missing=True),
        Attribute(name="steps", type=ListOf(STRING), optional=True),
    ),
    blocks=(NestedBlock(name="params", max_items=1, blocks=(FIELD,)),),
)


def config(**values: Any) -> State:
    return BLOCK.empty() | {"name": "n"} | values


def stored(**values: Any) -> State:
    return config(id="i", mode="fast", chosen="c") | values


@pytest.mark.parametrize(
    ("attribute", "wanted", "old", "planned"),
    [
        ("label", None, None, None),
        ("label", "new", "old", "new"),
        ("label", None, "old", None),
        ("label", "", None, ""),
        ("label", None, "", None),
        ("label", REFINED, "old", REFINED),
        ("name", "N", "n", "n"),
        ("name", "m", "n", "m"),
        ("mode", None, "fast", "fast"),
        ("mode", None, "slow", "fast"),
        ("mode", "slow", "fast", "slow"),
        ("mode", UNKNOWN, "fast", UNKNOWN),
        ("chosen", None, "c", "c"),
        ("chosen", "mine", "c", "mine"),
        ("id", None, "i", "i"),
        ("tags", {"a": "1", "b": ""}, {"a": "1"}, {"a": "1"}),
        ("tags", {"a": "2", "b": ""}, {"a": "1"}, {"a": "2", "b": ""}),
        ("tags", {"a": UNKNOWN}, {"a": "1"}, {"a": UNKNOWN}),
        ("tags", None, {"a": "1"}, None),
        ("tags", {}, {"a": ""}, {"a": ""}),
        ("steps", [], None, []),
        ("steps", ["a", None], ["a", ""], ["a", ""]),
    ],
)
def test_the_plan_of_an_update(attribute: str, wanted: Any, old: Any, planned: Any) -> None:
    state, replaced = plan_state(BLOCK, config(**{attribute: wanted}), stored(**{attribute: old}))
    assert state[attribute] == planned
    assert replaced == []


@pytest.mark.parametrize(
    ("attribute", "wanted", "planned"),
    [
        ("id", None, UNKNOWN),
        ("chosen", None, UNKNOWN),
        ("chosen", "mine", "mine"),
        ("mode", None, "fast"),
        ("mode", "", ""),
        ("label", None, None),
        ("label", "", ""),
        ("label", REFINED, REFINED),
        ("params", REFINED, REFINED),
    ],
)
def test_the_plan_of_a_creation(attribute: str, wanted: Any, planned: Any) -> None:
    state, replaced = plan_state(BLOCK, config(**{attribute: wanted}), None)
    assert state[attribute] == planned
    assert replaced == []


def test_a_replacement_is_planned_as_a_creation() -> None:
    state, replaced = plan_state(BLOCK, config(kind="b"), stored(kind="a"))
    assert replaced == [("kind",)]
    assert (state["id"], state["chosen"], state["kind"]) == (UNKNOWN, UNKNOWN, "b")


def test_another_spelling_of_nothing_is_no_replacement() -> None:
    assert plan_state(BLOCK, config(kind=""), stored(kind=None))[1] == []


def test_replacement_inside_a_block_has_the_full_path() -> None:
    inner = NestedBlock(name="b", attributes=(Attribute(name="a", type=STRING, optional=True, requires_replace=True),))
    _, replaced = plan_state(Block(blocks=(inner,)), {"b": [{"a": "1"}, {"a": "3"}]}, {"b": [{"a": "1"}, {"a": "2"}]})
    assert replaced == [("b", 1, "a")]


def field(name: str, **values: Any) -> State:
    return {"name": name, "label": None, "shown": None, "key": None} | values


def test_blocks_are_matched_by_position() -> None:
    old = [field("one", shown=True, key="1"), field("two", shown=False, key="2")]
    new = [field("ONE"), field("other", shown=False), field("added")]
    state, _ = plan_state(BLOCK, config(params=[{"field": new}]), stored(params=[{"field": old}]))
    assert state["params"] == [
        {
            "field": [
                field("one", shown=True, key="1"),
                field("other", shown=False, key="2"),
                field("added", shown=True, key=UNKNOWN),
            ]
        }
    ]


@pytest.mark.parametrize(
    ("attribute", "expected", "actual", "kept"),
    [
        ("label", "", None, ""),
        ("label", None, "", None),
        ("label", "a", "b", "b"),
        ("label", UNKNOWN, "b", "b"),
        ("name", "Name", "name", "Name"),
        ("steps", [], None, []),
        ("steps", [UNKNOWN, ""], ["x", None], ["x", ""]),
        ("tags", {"a": "1"}, {"a": "1", "b": None}, {"a": "1"}),
        ("tags", {"a": UNKNOWN, "b": ""}, {"a": "1", "c": None}, {"a": "1", "b": ""}),
        ("tags", {"a": "1", "b": None}, {"a": "2", "b": "", "c": "3"}, {"a": "2", "b": None, "c": "3"}),
        ("tags", None, {"a": None}, None),
        ("tags", None, {"a": "1", "b": None}, {"a": "1"}),
        ("tags", {"a": "1", "gone": "2"}, {"a": "1"}, {"a": "1"}),
    ],
)
def test_an_answer_is_kept_in_the_expected_spelling(attribute: str, expected: Any, actual: Any, kept: Any) -> None:
    assert reconcile(BLOCK, stored(**{attribute: expected}), stored(**{attribute: actual}))[attribute] == kept


def test_what_an_answer_leaves_out_is_as_expected() -> None:
    assert reconcile(BLOCK, stored(label="l"), {"id": "j"}) == stored(label="l", id="j")


def test_a_block_may_say_what_means_the_same() -> None:
    quiet = NestedBlock(name="b", equal=lambda left, right: not left and right == [{}])
    assert reconcile(Block(blocks=(quiet,)), {"b": []}, {"b": [{}]}) == {"b": []}
    assert reconcile(Block(blocks=(quiet,)), {"b": []}, {"b": [{}, {}]}) == {"b": [{}, {}]}


def test_empties_of_other_frameworks_become_null_only_where_nothing_else_sets_them() -> None:
    state = stored(label="", tags={"a": ""}, steps=[], mode="", chosen="", name="")
    state["params"] = [{"field": [field("", label="")]}]
    expected = stored(label=None, tags=None, steps=None, mode="", chosen="", name="")
    expected["params"] = [{"field": [field("", label=None)]}]
    assert empty_to_null(BLOCK, state) == expected


# Arbitrary configurations, checked with Terraform's own rules.

TEXTS = st.sampled_from(["", "a", "A", "b"])
LEAVES = st.none() | TEXTS | st.sampled_from([UNKNOWN, REFINED])


def states(leaves: st.SearchStrategy[Any], *, known: bool) -> st.SearchStrategy[State]:
    bools = st.none() | st.booleans()
    names = TEXTS if known else TEXTS | st.just(UNKNOWN)
    computed = leaves if known else st.none()
    fields = st.fixed_dictionaries({"name": names, "label": leaves, "shown": bools, "key": computed})
    params = st.fixed_dictionaries({"field": st.lists(fields, max_size=2)})
    tags = st.dictionaries(st.sampled_from("abc"), leaves, max_size=2)
    shape: dict[str, st.SearchStrategy[Any]] = dict.fromkeys(("label", "mode", "chosen", "kind"), leaves)
    shape |= {
        "id": computed,
        "name": names,
        "tags": st.none() | tags,
        "steps": st.none() | st.lists(leaves, max_size=2),
    }
    return st.fixed_dictionaries(shape | {"params": st.lists(params, max_size=1)})


CONFIGS = states(LEAVES, known=False)
PRIORS = st.none() | states(st.none() | TEXTS, known=True)


def assert_valid_plan(block: Block, config: State, prior: State | None, planned: State) -> None:
    """The rules of Terraform's AssertPlanValid."""
    for attribute in block.attributes:
        wanted, plan = config[attribute.name], planned[attribute.name]
        old = None if prior is None else prior[attribute.name]
        kept = plan == old and old is not None and wanted is not None
        chosen = attribute.may_be_chosen and wanted is None
        assert plan == wanted or kept or chosen, attribute.name
    for nested in block.blocks:
        assert len(planned[nested.name]) == len(config[nested.name])
        olds = [] if prior is None else prior[nested.name]
        for index, (wanted, plan) in enumerate(zip(config[nested.name], planned[nested.name], strict=True)):
            assert_valid_plan(nested, wanted, olds[index] if index < len(olds) else None, plan)


def assert_compatible(planned: Any, actual: Any) -> None:
    """The rules of Terraform's AssertObjectCompatible."""
    if isinstance(planned, Unknown):
        return
    if isinstance(planned, dict):
        assert planned.keys() == actual.keys()
        for key, value in planned.items():
            assert_compatible(value, actual[key])
    elif isinstance(planned, list):
        assert len(planned) == len(actual)
        for pair in zip(planned, actual, strict=True):
            assert_compatible(*pair)
    else:
        assert planned == actual


def filled_in(value: Any) -> Any:
    """The value with everything unknown filled in."""
    if isinstance(value, dict):
        return {key: filled_in(element) for key, element in value.items()}
    if isinstance(value, list):
        return [filled_in(element) for element in value]
    return "made" if isinstance(value, Unknown) else value


@given(CONFIGS, PRIORS)
def test_terraform_finds_every_plan_valid(config: State, prior: State | None) -> None:
    planned, replaced = plan_state(BLOCK, config, prior)
    assert_valid_plan(BLOCK, config, prior, planned)
    if replaced:
        assert planned == plan_state(BLOCK, config, None)[0]


@given(CONFIGS, PRIORS)
def test_terraform_finds_every_result_consistent_and_the_next_plan_empty(config: State, prior: State | None) -> None:
    planned, _ = plan_state(BLOCK, config, prior)
    answer = filled_in(planned) | {"name": filled_in(planned["name"]).lower()}
    answer["tags"] = {key: value for key, value in (answer["tags"] or {}).items() if value} | {"more": None}
    answer["label"] = answer["label"] or ""
    state = unknown_to_null(reconcile(BLOCK, planned, answer))
    assert is_wholly_known(state)
    assert_compatible(planned, state)
    again, replaced = plan_state(BLOCK, filled_in(config), state)
    assert replaced == []
    assert same(again, state)


SOURCES = Block(attributes=(Attribute(name="sources", type=ListOf(STRING), optional=True, empty_is_null=False),))


@pytest.mark.parametrize(("left", "right"), [(None, []), ([], None), ([], ["api"]), (None, ["api"])])
def test_what_others_changed_between_null_and_empty_is_seen_where_they_differ(left: Any, right: Any) -> None:
    refreshed = reconcile(SOURCES, {"sources": left}, {"sources": right})
    assert refreshed == {"sources": right}
    planned, replaced = plan_state(SOURCES, {"sources": left}, refreshed)
    assert (planned, replaced) == ({"sources": left}, [])
