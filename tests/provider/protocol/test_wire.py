"""Values survive the wire, refinements and digits included."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sym_provider.framework.diagnostics import render_path
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
)
from sym_provider.protocol import wire

KIND = ObjectOf(
    {"text": STRING, "flag": BOOL, "number": NUMBER, "tags": MapOf(STRING), "inner": ListOf(ObjectOf({"a": STRING}))}
)
UNKNOWNS = st.just(UNKNOWN) | st.binary(max_size=20).map(lambda data: Unknown(12, data))


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | UNKNOWNS | values


NUMBERS = st.integers() | st.decimals(allow_nan=False, allow_infinity=False)
OBJECTS = st.fixed_dictionaries(
    {
        "text": maybe(st.text()),
        "flag": maybe(st.booleans()),
        "number": maybe(NUMBERS),
        "tags": maybe(st.dictionaries(st.text(max_size=5), maybe(st.text()), max_size=3)),
        "inner": maybe(st.lists(st.fixed_dictionaries({"a": maybe(st.text())}), max_size=3)),
    }
)


@given(maybe(OBJECTS))
def test_values_come_back_as_they_went(value: Any) -> None:
    assert wire.decode(KIND, wire.encode(KIND, value)) == value


@pytest.mark.parametrize(
    ("packed", "number"),
    [
        (msgpack.packb(5), 5),
        (msgpack.packb(-(2**63)), -(2**63)),
        (msgpack.packb(2.5), Decimal("2.5")),
        (msgpack.packb("0.1"), Decimal("0.1")),
        (msgpack.packb("123456789012345678901234567890"), 123456789012345678901234567890),
    ],
)
def test_numbers_arrive_in_three_ways(packed: bytes, number: Any) -> None:
    assert wire.decode(NUMBER, packed) == number


@pytest.mark.parametrize("number", [2**64, -(2**63) - 1, Decimal("0.1"), Decimal("1e400")])
def test_numbers_too_large_or_too_fine_leave_as_text(number: Any) -> None:
    assert isinstance(msgpack.unpackb(wire.encode(NUMBER, number)), str)


def test_the_plain_unknown_is_written_as_terraform_writes_it() -> None:
    assert wire.encode(STRING, UNKNOWN) == b"\xd4\x00\x00"
    assert wire.decode(STRING, b"\xd4\x00\x00") == UNKNOWN


def test_refinements_are_kept_to_the_byte() -> None:
    packed = msgpack.packb(msgpack.ExtType(12, msgpack.packb({1: False, 2: "x-"})))
    assert wire.encode(STRING, wire.decode(STRING, packed)) == packed


def test_json_and_nothing_are_read_too() -> None:
    assert wire.decode(KIND, b"", b'{"number": 0.10, "inner": [{"a": "x"}]}') == {
        "text": None,
        "flag": None,
        "number": Decimal("0.10"),
        "tags": None,
        "inner": [{"a": "x"}],
    }
    assert wire.decode(KIND, b"", b"") is None


@pytest.mark.parametrize(
    ("kind", "value", "place"),
    [
        (KIND, {"inner": [{"a": "x"}, {"a": 1}]}, "inner[1].a"),
        (KIND, {"tags": {"k": True}}, 'tags["k"]'),
        (BOOL, "x", ""),
    ],
)
def test_what_is_not_of_the_type_is_refused_with_its_place(kind: Type, value: Any, place: str) -> None:
    with pytest.raises(ValueMismatch) as leaving:
        wire.encode(kind, value)
    with pytest.raises(ValueMismatch) as arriving:
        wire.decode(kind, msgpack.packb(value))
    assert render_path(leaving.value.path) == render_path(arriving.value.path) == place


@pytest.mark.parametrize("packed", [b"\xc1", b"\x81", b"\xa5abc", msgpack.packb(1) + b"\x00"])
def test_bytes_that_are_not_msgpack_are_refused(packed: bytes) -> None:
    with pytest.raises(ValueMismatch, match="not msgpack"):
        wire.decode(STRING, packed)


@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_refused(packed: bytes) -> None:
    try:
        value = wire.decode(KIND, packed)
    except ValueMismatch:
        return
    assert wire.decode(KIND, wire.encode(KIND, value)) == value


def test_text_that_is_not_json_is_refused() -> None:
    with pytest.raises(ValueMismatch, match="not JSON"):
        wire.parse_json(b"{")
