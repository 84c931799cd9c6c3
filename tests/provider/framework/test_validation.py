"""Validation goes leaf by leaf, around what is unknown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from sym_provider.framework.diagnostics import Diagnostic, Severity, error, render_path
from sym_provider.framework.schema import Attribute, Block, NestedBlock, State
from sym_provider.framework.validation import validate_config
from sym_provider.framework.values import STRING, UNKNOWN, ListOf, MapOf


def never(_value: Any) -> Iterable[Diagnostic]:
    yield error("no")


def both(config: State) -> Iterable[Diagnostic]:
    if config["a"] == config["b"] == "x":
        yield error("not both", path=("b",))


INNER = NestedBlock(
    name="inner",
    attributes=(Attribute(name="a", type=STRING, optional=True), Attribute(name="b", type=STRING, optional=True)),
    check=both,
    deprecation="Use outer.",
)
BLOCK = Block(
    attributes=(
        Attribute(name="text", type=STRING, optional=True, validators=(never,)),
        Attribute(name="old", type=STRING, optional=True, deprecation="Use text."),
        Attribute(name="many", type=ListOf(STRING), optional=True, element_validators=(never,)),
        Attribute(name="map", type=MapOf(STRING), optional=True, validators=(never,), element_validators=(never,)),
    ),
    blocks=(INNER,),
)


@pytest.mark.parametrize(
    ("values", "places"),
    [
        ({}, []),
        ({"text": "x"}, ["text"]),
        ({"text": ""}, ["text"]),
        ({"text": UNKNOWN}, []),
        ({"many": ["x", UNKNOWN, None, "y"]}, ["many[0]", "many[3]"]),
        ({"many": UNKNOWN}, []),
        ({"map": {"k": "x"}}, ["map", 'map["k"]']),
        ({"map": {"k": "x", "u": UNKNOWN}}, ['map["k"]']),
        ({"inner": UNKNOWN}, []),
        ({"inner": [{"a": "x", "b": "y"}, {"a": "x", "b": "x"}]}, ["inner", "inner[1].b"]),
        ({"inner": [{"a": "x", "b": UNKNOWN}]}, ["inner"]),
        ({"old": "x", "text": "y"}, ["text", "old"]),
    ],
)
def test_what_is_known_is_checked_and_placed(values: State, places: list[str]) -> None:
    found = validate_config(BLOCK, BLOCK.empty() | values)
    assert [render_path(diagnostic.path) for diagnostic in found] == places


def test_deprecations_are_warnings_that_say_what_to_use() -> None:
    found = list(validate_config(BLOCK, BLOCK.empty() | {"old": UNKNOWN, "inner": [{"a": None, "b": None}]}))
    assert [(d.severity, d.detail) for d in found] == [
        (Severity.WARNING, "Use text."),
        (Severity.WARNING, "Use outer."),
    ]
