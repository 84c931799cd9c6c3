"""Receipts: what is hashed, what is signed, and what is no receipt."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from sym.engine import receipts
from sym.engine.keys import KeyDirectory, SigningKey, key_id
from sym.engine.receipts import Receipt, check, context_hash, expiry, inputs_hash, jwks, same, sign
from sym.errors import Invalid, Unavailable

NOTHING = context_hash({})
KEY = SigningKey("the key", Ed25519PrivateKey.from_private_bytes(b"k" * 32))


class OneKey:
    """A folder with one key for receipts."""

    def signing_key(self, purpose: str) -> SigningKey:
        assert purpose == "receipt"
        return KEY


KEYS = {"the key": KEY.private.public_key()}


def receipt(**details: Any) -> Receipt:
    plain: dict[str, Any] = {
        "run_id": "9a1f2f0e-4f3c-4c53-9b2c-4b8a3c6f3d10", "org": "acme", "status": "approved",
        "flow": "acme:flow:deploy:3.0.0", "inputs": {"workflow_id": "w-1", "count": 3}, "context_hash": NOTHING,
        "requester": {"user_id": "u-1", "username": "ci"},
        "decided_by": ({"user_id": "u-2", "username": "bob@acme.example", "via": "person"},),
        "decided_at": datetime(2026, 3, 14, 15, 0, tzinfo=UTC),
    }  # fmt: skip
    return Receipt(**{**plain, **details})


def signed(now: datetime, **details: Any) -> str:
    return sign(OneKey(), receipt(**details), now=now)  # type: ignore[arg-type]


def encoded(part: Any) -> str:
    data = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def forged(header: Any, claims: Any, key: SigningKey = KEY) -> str:
    """A JWT of our own making, with a good signature."""
    message = f"{encoded(header)}.{encoded(claims)}"
    return f"{message}.{encoded(key.sign(message.encode()))}"


def parts(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    head, payload = (base64.urlsafe_b64decode(part + "==") for part in text.split(".")[:2])
    return json.loads(head), json.loads(payload)


def test_a_receipt_says_what_was_approved_and_by_whom(now: datetime) -> None:
    header, claims = parts(signed(now))
    assert header == {"alg": "EdDSA", "typ": "approval-receipt+jwt", "kid": "the key"}
    assert len(claims.pop("jti")) == 36
    assert claims == {
        "iss": "sym:acme", "aud": "sym:receipt", "sub": receipt().run_id, "org": "acme", "status": "approved",
        "flow": "acme:flow:deploy:3.0.0", "inputs_hash": inputs_hash(receipt().inputs, NOTHING),
        "context_hash": NOTHING, "target_srn": None, "duration": None,
        "requester": {"user_id": "u-1", "username": "ci"},
        "decided_by": [{"user_id": "u-2", "username": "bob@acme.example", "via": "person"}],
        "decided_at": 1773500400, "iat": int(now.timestamp()), "exp": int(now.timestamp()) + 900,
    }  # fmt: skip
    assert check(signed(now), KEYS, now=now)["sub"] == receipt().run_id


def test_no_two_receipts_are_the_same(now: datetime) -> None:
    assert parts(signed(now))[1]["jti"] != parts(signed(now))[1]["jti"]


def test_it_ends_with_the_access_and_after_a_quarter_of_an_hour(now: datetime) -> None:
    assert expiry(None, now) == expiry(now + timedelta(hours=1), now) == now + timedelta(minutes=15)
    assert expiry(now + timedelta(minutes=2), now) == now + timedelta(minutes=2)
    text = signed(now, ends_at=now + timedelta(minutes=2))
    at = datetime.fromtimestamp(parts(text)[1]["exp"], UTC)
    check(text, KEYS, now=at - timedelta(seconds=receipts._SKEW + 1))
    with pytest.raises(Invalid, match="expired") as caught:
        check(text, KEYS, now=at)
    assert caught.value.code == "Receipt:EXPIRED"


def test_what_is_changed_or_signed_by_others_is_no_receipt(now: datetime) -> None:
    good = signed(now)
    header, claims = parts(good)
    other_flow = encoded({**claims, "flow": "acme:flow:other:1.0.0"})
    stranger = SigningKey("the key", Ed25519PrivateKey.generate())
    bad = {
        "claims": ".".join((good.split(".")[0], other_flow, good.split(".")[2])),
        "stranger": forged(header, claims, stranger),
        "unknown key": forged({**header, "kid": "another"}, claims),
        "kid is a path": forged({**header, "kid": "../../etc/passwd"}, claims),
        "kid is a list": forged({**header, "kid": ["the key"]}, claims),
        "none": f"{encoded({**header, 'alg': 'none'})}.{encoded(claims)}.",
        "other algorithm": forged({**header, "alg": "HS256"}, claims),
        "no type": forged({"alg": "EdDSA", "kid": "the key"}, claims),
        "type of a token": forged({**header, "typ": "JWT"}, claims),
        "crit": forged({**header, "crit": ["b64"], "b64": False}, claims),
        "own key": forged({**header, "jwk": {"kty": "OKP"}}, claims),
        "audience of the API": forged(header, {**claims, "aud": "sym:api"}),
        "no audience": forged(header, {name: claims[name] for name in claims if name != "aud"}),
        "no end": forged(header, {name: claims[name] for name in claims if name != "exp"}),
        "other issuer": forged(header, {**claims, "iss": "sym:other"}),
        "denied": forged(header, {**claims, "status": "denied"}),
        "from the future": forged(header, {**claims, "iat": int(now.timestamp()) + 3600}),
        "no object": forged(header, [claims]),
        "padding": good + "=", "newline": good + "\n", "four parts": good + ".x", "nothing": "", "dots": "..",
        "long": "a" * 20_000, "not ascii": "é" + good, "deep": forged(header, b"[" * 12_000),
    }  # fmt: skip
    for name, text in bad.items():
        with pytest.raises(Invalid) as caught:
            check(text, KEYS, now=now)
        assert caught.value.code == "Receipt:INVALID", name


def test_without_a_key_nothing_is_signed(tmp_path: Path, now: datetime) -> None:
    with pytest.raises(Unavailable):
        sign(KeyDirectory(tmp_path), receipt(), now=now)


def test_keys_are_published_without_their_secret() -> None:
    public = KEY.private.public_key()
    (key,) = jwks({key_id(public): public})["keys"]
    assert set(key) == {"kty", "crv", "use", "alg", "kid", "x"}
    assert (key["kid"], key["alg"], key["use"]) == (key_id(public), "EdDSA", "sig")
    assert base64.urlsafe_b64decode(key["x"] + "=") == public.public_bytes_raw()


def test_the_hash_is_what_the_documentation_says() -> None:
    text = '{"context_hash":"' + NOTHING + '","flow_inputs":{"a":"é\\n\\u001f/","b":3,"ä":[true,null,0.5]}}'
    expected = hashlib.sha256(text.encode()).hexdigest()
    assert inputs_hash({"ä": [True, None, 0.5], "b": 3.0, "a": "é\n\x1f/"}, NOTHING) == expected
    assert hashlib.sha256(b"{}").hexdigest() == NOTHING


SCALARS = st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)
INPUTS = st.dictionaries(st.text(), VALUES, max_size=5)


def reordered(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: reordered(value[key]) for key in reversed(list(value))}
    return [reordered(item) for item in value] if isinstance(value, list) else value


@given(INPUTS)
def test_the_order_of_keys_and_a_way_through_json_change_no_hash(inputs: dict[str, Any]) -> None:
    expected = inputs_hash(inputs, NOTHING)
    assert inputs_hash(reordered(inputs), NOTHING) == expected
    for escaped in (True, False):
        try:
            again = json.loads(json.dumps(inputs, ensure_ascii=escaped))
        except UnicodeError:
            continue
        assert inputs_hash(again, NOTHING) == expected


@given(INPUTS, INPUTS)
def test_different_inputs_have_different_hashes(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert (inputs_hash(one, NOTHING) == inputs_hash(other, NOTHING)) is same(one, other)
    assert inputs_hash(one, context_hash(other)) == inputs_hash(one, NOTHING) or not same(other, {})


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [(1, 1.0, True), (1, True, False), (0, False, False), (1, "1", False), (0.1 + 0.2, 0.3, False), ("", None, False),
     ("é", "e\u0301", False), (2**53, 2**53 + 1, False), (10**21, 1e21, True), ([1], (1,), True), ({}, [], False)],
)  # fmt: skip
def test_values_are_the_same_or_they_are_not(one: Any, other: Any, alike: bool) -> None:
    assert same(one, other) is alike
    assert (inputs_hash({"a": one}, NOTHING) == inputs_hash({"a": other}, NOTHING)) is alike


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), {1: 2}])
def test_what_is_no_json_has_no_hash(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        inputs_hash({"a": value}, NOTHING)
