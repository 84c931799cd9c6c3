"""What counts as JSON, and what only looks like it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sym.api.payload import parse
from sym.errors import Invalid

_texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
_scalars = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
_documents = st.recursive(
    _scalars | _texts, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_texts, inner, max_size=4)
)


@given(_documents)
def test_every_proper_document_is_read_as_it_was_written(document: object) -> None:
    assert parse(json.dumps(document).encode()) == document
    assert parse(json.dumps(document, ensure_ascii=False).encode()) == document


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "line 1"),
        (b"{", "line 1"),
        (b'{"a": 1,}', "line 1"),
        (b"{'a': 1}", "line 1"),
        (b'{"a": 1} x', "Extra data"),
        (b'{"a": NaN}', "NaN"),
        (b"[Infinity]", "Infinity"),
        (b"[1e999]", "out of range"),
        (b"[" + b"9" * 5000 + b"]", "digits"),
        (b'{"a": 1, "a": 2}', "'a' occurs twice"),
        (b'[{"b": {"c": 1, "c": 1}}]', "'c' occurs twice"),
        (rb'"\u0000"', "NUL"),
        (rb'{"\u0000": 1}', "NUL"),
        (rb'"\ud800"', "surrogate"),
        (b'"\xff"', "UTF-8"),
        ('{"a": 1}'.encode("utf-16"), "UTF-8"),
        (b"[" * 65 + b"]" * 65, "deeper than 64"),
        (b"[" * 200_000, "deep"),
        (b'{"a":' * 100_000, "deep"),
    ],
)
def test_what_is_not_proper_json_is_refused_with_the_reason(raw: bytes, reason: str) -> None:
    with pytest.raises(Invalid, match=reason) as caught:
        parse(raw)
    assert caught.value.code == "API:MALFORMED_JSON"


def test_nesting_up_to_the_limit_is_fine() -> None:
    assert parse(b"[" * 64 + b"]" * 64)


def test_very_many_keys_are_looked_at_once_each() -> None:
    """Each against all the others would take minutes, in which nobody else is served."""
    keys = ",".join(f'"{number:x}":0' for number in range(150_000))
    with pytest.raises(Invalid, match="the key 'last' occurs twice"):
        parse(f'{{{keys},"last":0,"last":0}}'.encode())
