"""The audit key as others hold it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sym.engine.audit_keys import checking, public_jwks, public_pem, read_public_keys, signing
from sym.engine.keys import KeyDirectory
from sym.errors import Invalid, Unavailable


@pytest.fixture
def keys(tmp_path: Path, now: datetime) -> KeyDirectory:
    directory = KeyDirectory(tmp_path / "keys")
    directory.create(now)
    directory.add("audit", now + timedelta(seconds=1))
    return directory


def test_signatures_are_checked_with_the_public_keys_alone(keys: KeyDirectory) -> None:
    signature, key_id = signing(keys)(b"seal")
    public = keys.public_keys("audit")
    assert len(public) == 2
    check = checking(read_public_keys(public_pem(public)))
    assert check(key_id, signature, b"seal") is None
    assert check(key_id, signature, b"other") == "its signature is not that of the audit key"
    assert check(key_id, "zz", b"seal") == "its signature is not that of the audit key"
    assert check("other", signature, b"seal") == "it is signed with a key that is not known (other)"


def test_every_form_of_the_public_keys_can_be_read(keys: KeyDirectory) -> None:
    public = keys.public_keys("audit")
    jwks = public_jwks(public)
    for text in (public_pem(public), json.dumps(jwks)):
        assert read_public_keys(text).keys() == public.keys()
    assert list(read_public_keys(json.dumps(jwks["keys"][0]))) == [jwks["keys"][0]["kid"]]
    assert "PRIVATE" not in public_pem(public)
    assert set(jwks["keys"][0]) == {"kty", "crv", "use", "kid", "x"}


@pytest.mark.parametrize("text", ["", "hello", "{}", '{"keys": []}', '{"keys": [{"kty": "RSA", "crv": "x"}]}',
                                  "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"])  # fmt: skip
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="public key"):
        read_public_keys(text)


def test_a_token_key_is_no_audit_key(keys: KeyDirectory) -> None:
    message = b"seal"
    token = keys.signing_key("token")
    check = checking(keys.public_keys("audit"))
    assert check(token.key_id, token.sign(message).hex(), message)


def test_without_a_key_there_is_no_signature(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="audit key"):
        signing(KeyDirectory(tmp_path / "none"))(b"seal")
