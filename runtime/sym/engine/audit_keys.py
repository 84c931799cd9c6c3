"""The audit key as others need it: to sign with, to hand out in public, and to check with nothing more than that."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from sym.audit.seals import Check, Sign
from sym.engine.keys import KeyDirectory, key_id
from sym.errors import Invalid

_END = "-----END PUBLIC KEY-----"
PublicKeys = Mapping[str, Ed25519PublicKey]


def signing(keys: KeyDirectory) -> Sign:
    """What signs with the newest audit key. Raises Unavailable, when it is called, if there is none."""

    def sign(message: bytes) -> tuple[str, str]:
        key = keys.signing_key("audit")
        return key.sign(message).hex(), key.key_id

    return sign


def checking(keys: PublicKeys) -> Check:
    """What checks signatures with those public keys."""

    def check(key: str, signature: str, message: bytes) -> str | None:
        if key not in keys:
            return f"it is signed with a key that is not known ({key})"
        try:
            keys[key].verify(bytes.fromhex(signature), message)
        except (InvalidSignature, ValueError):
            return "its signature is not that of the audit key"
        return None

    return check


def public_pem(keys: PublicKeys) -> str:
    """The public keys as PEM blocks."""
    blocks = (key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo) for key in keys.values())
    return b"".join(blocks).decode()


def public_jwks(keys: PublicKeys) -> dict[str, Any]:
    """The public keys as a JSON Web Key Set (RFC 7517, RFC 8037)."""
    return {"keys": [{"kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": kid, "x": _raw(key)}
                     for kid, key in keys.items()]}  # fmt: skip


def _raw(key: Ed25519PublicKey) -> str:
    return base64.urlsafe_b64encode(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).rstrip(b"=").decode()


def read_public_keys(text: str) -> dict[str, Ed25519PublicKey]:
    """The public keys in PEM blocks, a JSON Web Key or a set of them, by id. Raises Invalid."""
    try:
        found = _from_jwk(json.loads(text)) if text.lstrip().startswith("{") else _from_pem(text)
    except (ValueError, KeyError, TypeError):
        found = []
    if not found or not all(isinstance(key, Ed25519PublicKey) for key in found):
        raise Invalid("There is no Ed25519 public key in this file.",
                      hint="`symflow audit public-key` prints it.", path="public-key")  # fmt: skip
    return {key_id(key): key for key in found}


def _from_pem(text: str) -> list[Any]:
    return [load_pem_public_key((part + _END).encode()) for part in text.split(_END)[:-1]]


def _from_jwk(document: dict[str, Any]) -> list[Ed25519PublicKey]:
    keys = document.get("keys", [document])
    wanted = (key["x"] for key in keys if (key["kty"], key["crv"]) == ("OKP", "Ed25519"))
    return [Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(x + "=" * (-len(x) % 4))) for x in wanted]
