"""Stored states come to today's schema, whoever wrote them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sym_provider.framework.diagnostics import Failure, render_path
from sym_provider.framework.schema import Attribute, Block, NestedBlock
from sym_provider.framework.upgrading import coerce, fit, run_upgrades
from sym_provider.framework.values import BOOL, NUMBER, STRING, ListOf, MapOf, ObjectOf, Type, ValueMismatch

BLOCK = Block(
    attributes=(
        Attribute(name="text", type=STRING, optional=True),
        Attribute(name="flag", type=BOOL, optional=True),
        Attribute(name="tags", type=MapOf(STRING), optional=True),
    ),
    blocks=(NestedBlock(name="inner", attributes=(Attribute(name="size", type=NUMBER, optional=True),)),),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["size", "x"]), inner, max_size=3),
)


def test_the_chain_of_upgrades_runs_from_the_stored_version() -> None:
    upgrades = {
        version: lambda document, v=version: document | {"seen": [*document["seen"], v]} for version in range(4)
    }
    assert run_upgrades(upgrades, {"seen": []}, 1, 4) == {"seen": [1, 2, 3]}
    assert run_upgrades(upgrades, {"seen": []}, 4, 4) == {"seen": []}


@pytest.mark.parametrize(("stored", "summary"), [(5, "newer"), (0, "too old")])
def test_versions_nobody_can_read_are_refused(stored: int, summary: str) -> None:
    with pytest.raises(Failure, match=summary):
        run_upgrades({}, {}, stored, 4)


def test_missing_becomes_null_and_unknown_is_dropped() -> None:
    document = {"text": "t", "gone": [1], "inner": [{"size": 1, "gone": 2}, {}]}
    assert fit(BLOCK, document) == {"text": "t", "flag": None, "tags": None, "inner": [{"size": 1}, {"size": None}]}
    assert fit(BLOCK, {"inner": None})["inner"] == []


@pytest.mark.parametrize(
    ("kind", "stored", "value"),
    [
        (BOOL, "true", True),
        (BOOL, "False", False),
        (BOOL, "", None),
        (NUMBER, "5", 5),
        (NUMBER, "", None),
        (NUMBER, Decimal("1.5"), Decimal("1.5")),
        (STRING, 5, "5"),
        (STRING, Decimal("1.50"), "1.50"),
        (STRING, True, "true"),
        (MapOf(STRING), {"a": 1, "b": False, "c": None}, {"a": "1", "b": "false", "c": None}),
        (ListOf(STRING), [1, "a"], ["1", "a"]),
        (ObjectOf({"a": BOOL}), {"a": "1", "gone": 1}, {"a": True}),
    ],
)
def test_scalars_are_read_as_earlier_providers_wrote_them(kind: Type, stored: Any, value: Any) -> None:
    assert coerce(kind, stored) == value


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ({"flag": "perhaps"}, "flag"),
        ({"tags": {"a": ["x"]}}, 'tags["a"]'),
        ({"tags": "x"}, "tags"),
        ({"inner": {}}, "inner"),
        ({"inner": [None]}, "inner[0]"),
        ({"inner": [{}, {"size": []}]}, "inner[1].size"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(document: dict[str, Any], place: str) -> None:
    with pytest.raises(ValueMismatch) as refused:
        fit(BLOCK, document)
    assert render_path(refused.value.path) == place


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(["text", "flag", "tags", "inner", "gone"], JSON)))
def test_any_document_is_read_or_refused(document: dict[str, Any]) -> None:
    try:
        state = fit(BLOCK, document)
    except ValueMismatch:
        return
    assert BLOCK.type.conform(state) == state
    assert fit(BLOCK, state) == state
