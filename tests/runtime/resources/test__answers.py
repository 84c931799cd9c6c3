"""Texts as answers to prompt fields, and as what they are mistaken for."""

from __future__ import annotations

import pytest

from sym.resources._answers import (
    NOT_APPLICABLE,
    default_problem,
    duration_problem,
    is_among,
    is_whole_number,
    looks_like_a_boolean,
    looks_like_a_number,
)
from sym.resources.flow import FIELD_TYPES


@pytest.mark.parametrize(
    ("text", "is_one"), [("1", True), (" -20 ", True), ("1.0", False), ("", False), ("1e3", False)]
)
def test_whole_numbers(text: str, is_one: bool) -> None:
    assert is_whole_number(text) is is_one


@pytest.mark.parametrize(
    ("kind", "default", "is_fine"),
    [("int", "7", True), ("int", "x", False), ("bool", "True", True), ("bool", "on", False), ("duration", "1h", True),
     ("duration", "x", False), ("string", "x", True)],
)  # fmt: skip
def test_a_default_is_an_answer_to_its_field(kind: str, default: str, is_fine: bool) -> None:
    assert (default_problem(kind, default) is None) is is_fine


@pytest.mark.parametrize(
    ("kind", "default", "values", "is_one"),
    [("duration", "60m", ["x", "1h"], True), ("duration", "2h", ["1h"], False), ("int", "01", ["1", "x"], True),
     ("int", "3", ["1"], False), ("string", "a", ["a"], True), ("string", "A", ["a"], False)],
)  # fmt: skip
def test_a_default_is_among_the_values_however_it_is_written(
    kind: str, default: str, values: list[str], is_one: bool
) -> None:
    assert is_among(kind, default, values) is is_one


@pytest.mark.parametrize(
    ("text", "number", "boolean"),
    [("1", True, True), ("T", False, True), ("yes", False, False), ("12", True, False), ("9" * 19, False, False)],
)
def test_what_variables_are_mistaken_for(text: str, number: bool, boolean: bool) -> None:
    assert (looks_like_a_number(text), looks_like_a_boolean(text)) == (number, boolean)


def test_what_is_not_applicable_is_said_of_types_there_are() -> None:
    assert NOT_APPLICABLE.keys() < set(FIELD_TYPES)
    assert duration_problem("1mo") is None
