from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sym.audit import chain
from sym.audit.chain import PersonalValue

H = [hashlib.sha256(bytes([number])).hexdigest() for number in range(8)]
SALT = "ab" * 16


def _node(left: str, right: str) -> str:
    return hashlib.sha256(b"\x01" + bytes.fromhex(left) + bytes.fromhex(right)).hexdigest()


def _leaf(value: str) -> str:
    return hashlib.sha256(b"\x00" + bytes.fromhex(value)).hexdigest()


def test_canonical_json_is_sorted_tight_utf8() -> None:
    assert chain.canonical({"b": [1, 2.0, None], "a": "ü"}) == '{"a":"ü","b":[1,2,null]}'.encode()


def test_the_order_of_keys_does_not_change_a_hash() -> None:
    assert chain.document_hash({"a": 1, "b": {"c": 2, "d": 3}}) == chain.document_hash({"b": {"d": 3, "c": 2}, "a": 1})


def test_a_document_and_an_entry_with_the_same_text_have_different_hashes() -> None:
    assert chain.document_hash({}) != chain.entry_hash({})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1: 2}, object(), b"bytes", {1}])
def test_what_is_no_json_is_refused(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        chain.canonical(value)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(_JSON)
def test_any_json_has_one_canonical_form_that_is_stable(value: Any) -> None:
    once = chain.plain(value)
    assert chain.canonical(once) == chain.canonical(value)
    assert chain.plain(once) == once


@given(st.lists(st.text()))
def test_a_pointer_gives_its_keys_back(path: list[str]) -> None:
    assert chain.keys(chain.pointer(path)) == path


def test_a_commitment_depends_on_salt_value_and_type() -> None:
    commitments = {chain.commitment(salt, value) for salt in ("aa", "bb") for value in ("1", 1, True, ["1"], None)}
    assert len(commitments) == 10


def test_the_merkle_root_is_that_of_rfc_6962() -> None:
    a, b, c, d, e = (_leaf(value) for value in H[:5])
    assert chain.merkle_root(H[:1]) == a
    assert chain.merkle_root(H[:2]) == _node(a, b)
    assert chain.merkle_root(H[:3]) == _node(_node(a, b), c)
    assert chain.merkle_root(H[:5]) == _node(_node(_node(a, b), _node(c, d)), e)
    with pytest.raises(ValueError, match="at least one"):
        chain.merkle_root([])


@given(st.integers(1, 40), st.data())
def test_an_audit_path_leads_from_its_entry_to_the_root_and_from_no_other(count: int, data: st.DataObject) -> None:
    hashes = [hashlib.sha256(bytes([number])).hexdigest() for number in range(count)]
    index = data.draw(st.integers(0, count - 1))
    root, path = chain.merkle_root(hashes), chain.audit_path(hashes, index)
    assert chain.root_of_path(hashes[index], index, count, path) == root
    assert chain.root_of_path("ff" * 32, index, count, path) != root
    assert chain.root_of_path(hashes[index], index, count, [*path, "ff" * 32]) is None
    assert chain.root_of_path(hashes[index], count, count, path) is None
    if count > 1:
        assert chain.root_of_path(hashes[index], (index + 1) % count, count, path) != root


@given(_JSON)
def test_text_has_the_canonical_form_of_its_value(value: Any) -> None:
    once = chain.plain(value)
    assert chain.canonical_parsed(chain.parsed(json.dumps(once))) == chain.canonical(value)


def test_text_that_is_no_json_is_refused() -> None:
    for text in ("NaN", "[Infinity]", "{", ""):
        with pytest.raises(ValueError, match=r".+"):
            chain.parsed(text)


def _entry() -> tuple[dict[str, Any], list[PersonalValue]]:
    document = {"fields": {"a/b": chain.placeholder(SALT, "x"), "n": 1}}
    return document, [PersonalValue(path="/fields/a~1b", value="x", salt=SALT)]


def test_an_entry_as_it_was_written_is_valid() -> None:
    document, personal = _entry()
    assert chain.verify_entry(document, chain.entry_hash(document), personal) == []


def test_an_erased_value_leaves_the_entry_valid() -> None:
    document, _ = _entry()
    erased = [PersonalValue(path="/fields/a~1b", erased=True)]
    assert chain.verify_entry(document, chain.entry_hash(document), erased) == []


@pytest.mark.parametrize(
    "personal",
    [
        PersonalValue(path="/fields/a~1b", value="y", salt=SALT),
        PersonalValue(path="/fields/a~1b", value="x", salt="cd"),
        PersonalValue(path="/fields/a~1b", value="x"),
        PersonalValue(path="/fields/n", value=1, salt=SALT),
        PersonalValue(path="/fields/missing/deeper", erased=True),
    ],
)
def test_a_personal_value_that_does_not_belong_shows(personal: PersonalValue) -> None:
    document, _ = _entry()
    assert len(chain.verify_entry(document, chain.entry_hash(document), [personal])) == 1


def test_a_changed_document_shows() -> None:
    document, personal = _entry()
    expected = chain.entry_hash(document)
    document["fields"]["n"] = 2
    assert chain.verify_entry(document, expected, personal) == ["the entry's document does not have its hash"]
