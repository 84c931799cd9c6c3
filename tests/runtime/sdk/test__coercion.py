"""The leniency of the models beside that of pydantic 1, with which authors' code was written."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum
from typing import Any, Optional
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sym.sdk._coercion import coerce
from sym.sdk.forms import FieldType
from sym.sdk.request_permission import PermissionLevel

ID = UUID(int=5)


class Other(str, Enum):  # noqa: UP042 - as authors write them
    INT = "int"
    LAST = "last"


_WORDS = ["1", "1.5", " 7 ", "1_0", "yes", "TRUE", "off", "maybe", "string", "int", "admin", "9" * 30, "\u0663", ""]
_IDS = [ID, str(ID), ID.hex, f"{{{ID}}}", f"urn:uuid:{ID}", "0" * 31]
_NUMBERS = [0, 1, 2, -1, 0.0, 1.0, 15.7, 1e300, float("inf"), Decimal("2.50"), Decimal(1), Decimal("NaN"), True, False]
_ODD = [None, b"yes", b"1", b"\xff", bytearray(b"x"), Other.INT, Other.LAST, FieldType.INT, object, range(2)]
SCALARS = st.sampled_from([*_WORDS, *_IDS, *_NUMBERS, *_ODD]) | st.text(max_size=4) | st.integers() | st.floats()
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=2) | st.integers(), inner)
    ),
    max_leaves=4,
)
KINDS: dict[str, Any] = {
    "str": str,
    "int": int,
    "bool": bool,
    "UUID": UUID,
    "enumeration": FieldType,
    "optional str": Optional[str],  # noqa: UP045 - pydantic 1 knows no other way to write it
    "optional int": Optional[int],  # noqa: UP045
    "list of str": list[str],
    "list of enumeration": list[PermissionLevel],
    "dictionary": dict[str, str],
}


def _refused(_: Any) -> str:
    return "refused"


pydantic = pytest.importorskip("pydantic.v1")
MODELS = {name: pydantic.create_model("Theirs", x=(kind, ...)) for name, kind in KINDS.items()}


def theirs(name: str, value: Any) -> Any:
    try:
        return MODELS[name](x=value).x
    except pydantic.ValidationError:
        return _refused


def ours(kind: Any, value: Any) -> Any:
    try:
        return coerce(kind, value)
    except (ValueError, TypeError):
        return _refused


def is_pairs(kind: Any, value: Any) -> bool:
    """A dictionary made of pairs, or of nothing: theirs takes those, and no author's code needs it."""
    return kind == dict[str, str] and not isinstance(value, dict)


@pytest.mark.parametrize("name", KINDS)
@given(value=VALUES)
def test_a_value_is_taken_for_what_pydantic_takes_it_for(name: str, value: Any) -> None:
    kind = KINDS[name]
    if is_pairs(kind, value):
        assert ours(kind, value) is _refused
        return
    if isinstance(value, UUID) and "int" in name:
        return  # theirs takes its 128 bits for a number
    mine, other = ours(kind, value), theirs(name, value)
    assert type(mine) is type(other)
    assert mine == other or repr(mine) == repr(other)
