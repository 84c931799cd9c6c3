"""Values: what unknown, empty and same mean, and what each type accepts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sym_provider.framework.diagnostics import MapKey, render_path
from sym_provider.framework.values import (
    BOOL,
    NUMBER,
    STRING,
    UNKNOWN,
    ListOf,
    MapOf,
    ObjectOf,
    Type,
    Unknown,
    ValueMismatch,
    is_empty,
    is_unknown,
    is_wholly_known,
    same,
    unknown_to_null,
)

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.just(UNKNOWN),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)


def test_an_unknown_has_no_truth() -> None:
    with pytest.raises(TypeError, match="is_unknown"):
        bool(UNKNOWN)


def test_unknowns_with_other_refinements_differ() -> None:
    assert Unknown(12, b"a") != Unknown(12, b"b")
    assert not same(Unknown(12, b"a"), UNKNOWN)
    assert same(Unknown(12, b"a"), Unknown(12, b"a"))


@given(VALUES)
def test_replacing_unknowns_leaves_none(value: Any) -> None:
    known = unknown_to_null(value)
    assert is_wholly_known(known)
    assert not is_unknown(known)
    assert (known == value) is is_wholly_known(value)


@given(VALUES)
def test_a_value_is_the_same_as_itself(value: Any) -> None:
    assert same(value, value)
    assert same(value, value, empty_keys_are_missing=True)


@given(VALUES, VALUES)
def test_sameness_is_mutual(left: Any, right: Any) -> None:
    assert same(left, right) is same(right, left)


@pytest.mark.parametrize("value", [None, "", [], {}])
def test_null_and_empties_are_one(value: Any) -> None:
    assert is_empty(value)
    empties: list[Any] = [None, "", [], {}]
    assert all(same(value, other) for other in empties)


@pytest.mark.parametrize("value", [0, False, Decimal(0), " ", [None], {"a": None}, UNKNOWN])
def test_zero_false_and_unknown_are_not_empty(value: Any) -> None:
    assert not is_empty(value)
    assert not same(value, None)


@pytest.mark.parametrize(
    ("left", "right", "strict", "lenient"),
    [
        ({"a": "1"}, {"a": "1", "b": ""}, False, True),
        ({"a": "1", "b": None}, {"a": "1", "b": ""}, True, True),
        ({"a": None}, None, False, True),
        ({"a": "1"}, {"a": "2"}, False, False),
        ({"a": UNKNOWN}, {"a": "1"}, False, False),
        (["a", ""], ["a", None], True, True),
        (["a"], ["a", ""], False, False),
    ],
)
def test_keys_with_nothing_under_them(left: Any, right: Any, strict: bool, lenient: bool) -> None:
    assert same(left, right) is strict
    assert same(left, right, empty_keys_are_missing=True) is lenient


@pytest.mark.parametrize(
    ("kind", "json"),
    [
        (STRING, "string"),
        (ListOf(NUMBER), ["list", "number"]),
        (MapOf(ListOf(BOOL)), ["map", ["list", "bool"]]),
        (ObjectOf({"a": STRING, "b": ListOf(STRING)}), ["object", {"a": "string", "b": ["list", "string"]}]),
    ],
)
def test_types_have_terraforms_json_form(kind: Type, json: Any) -> None:
    assert kind.to_json() == json


@pytest.mark.parametrize(
    ("value", "number"),
    [(5, 5), (5.0, 5), (0.1, Decimal("0.1")), ("12.50", Decimal("12.5")), ("1e3", 1000), (Decimal("7.0"), 7)],
)
def test_numbers_have_one_shape(value: Any, number: Any) -> None:
    found = NUMBER.conform(value)
    assert found == number
    assert type(found) is type(number)


def test_a_number_with_a_huge_exponent_is_not_written_out() -> None:
    assert NUMBER.conform("1e999999") == Decimal("1e999999")


@pytest.mark.parametrize("value", [None, UNKNOWN, Unknown(12, b"x")])
@pytest.mark.parametrize("kind", [STRING, BOOL, NUMBER, ListOf(STRING), MapOf(STRING), ObjectOf({})])
def test_null_and_unknown_are_of_every_type(kind: Type, value: Any) -> None:
    assert kind.conform(value) is value


@pytest.mark.parametrize(
    ("kind", "value", "path"),
    [
        (STRING, 5, ""),
        (STRING, "\ud800", ""),
        (BOOL, "true", ""),
        (BOOL, 1, ""),
        (NUMBER, True, ""),
        (NUMBER, "x", ""),
        (NUMBER, float("nan"), ""),
        (NUMBER, "Infinity", ""),
        (ListOf(STRING), "abc", ""),
        (ListOf(STRING), ["a", 1], "[1]"),
        (MapOf(STRING), {"a": "b", "c": []}, '["c"]'),
        (MapOf(STRING), {1: "a"}, ""),
        (ObjectOf({"a": ListOf(ObjectOf({"b": BOOL}))}), {"a": [{"b": "x"}]}, "a[0].b"),
        (ObjectOf({"a": STRING}), {"z": 1}, "z"),
    ],
)
def test_a_value_of_another_type_is_refused_with_its_place(kind: Type, value: Any, path: str) -> None:
    with pytest.raises(ValueMismatch) as refused:
        kind.conform(value)
    assert render_path(refused.value.path) == path


def test_a_refusal_does_not_quote_the_value() -> None:
    with pytest.raises(ValueMismatch) as refused:
        BOOL.conform("hunter2")
    assert "hunter2" not in str(refused.value)


def test_a_refusal_tells_keys_from_attributes() -> None:
    with pytest.raises(ValueMismatch) as refused:
        MapOf(STRING).conform({"a": 1})
    (step,) = refused.value.path
    assert isinstance(step, MapKey)


def test_what_an_object_leaves_out_is_null() -> None:
    assert ObjectOf({"a": STRING, "b": STRING}).conform({"a": "x"}) == {"a": "x", "b": None}
