"""Approval receipts: what an approval was for, signed, so that whoever relies on it need not take a word for it.

Pure functions: what is hashed and how, what a receipt claims, and how one is checked. Whether there is anything to
claim is said by :mod:`sym.engine.decided`. A receipt is a JWT of its own type, audience and key: no receipt is a token
of the API, and no token is a receipt.
"""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError

from sym.audit.chain import canonical
from sym.engine.audit_keys import public_jwks
from sym.engine.keys import KeyDirectory
from sym.errors import Invalid

PURPOSE = "receipt"
"""What the keys of receipts are for."""
TYPE = "approval-receipt+jwt"
ALGORITHM = "EdDSA"
AUDIENCE = "sym:receipt"
LONGEST = timedelta(minutes=15)
"""How long a receipt is good at most: it cannot be taken back."""
VALID_STATUSES = ("approved", "escalated")
"""The statuses of a run that was approved and has not ended."""

_LONGEST_TEXT = 16_384
# Seconds by which the clock of the server that signed may be ahead.
_SKEW = 60
_TEXTS = ("sub", "jti", "org", "flow", "inputs_hash", "context_hash", "status")


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What a receipt says. ``flow`` is the flow's SRN with its version, ``inputs`` and ``context_hash`` as
    :func:`inputs_hash` takes them; ``decided_by`` has ``user_id``, ``username`` and ``via`` (person or flow) of each;
    ``ends_at`` is when access ends, None if it does not by itself."""

    run_id: str
    org: str
    status: str
    flow: str
    inputs: Mapping[str, Any]
    context_hash: str
    requester: Mapping[str, Any]
    decided_by: tuple[Mapping[str, Any], ...]
    decided_at: datetime
    ends_at: datetime | None = None


def context_hash(context: Mapping[str, Any]) -> str:
    """SHA-256, in hex, of the canonical JSON of a request's context."""
    return hashlib.sha256(canonical(context)).hexdigest()


def inputs_hash(inputs: Mapping[str, Any], hash_of_context: str) -> str:
    """SHA-256, in hex, of what was asked for: ``{"context_hash": …, "flow_inputs": …}`` as canonical JSON.

    ``inputs`` are the answers as the run keeps them, with ``duration`` (seconds) and ``target_srn`` where there are
    any. Canonical: keys sorted by code point, no spaces, UTF-8 and nothing escaped that need not be, whole numbers
    without a fraction. Raises TypeError for what is no JSON value, ValueError for NaN and infinities.
    """
    return hashlib.sha256(canonical({"flow_inputs": dict(inputs), "context_hash": hash_of_context})).hexdigest()


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are the same: ``true`` is not 1, and 1.0 is."""
    return canonical(one) == canonical(other)


def expiry(ends_at: datetime | None, now: datetime) -> datetime:
    """When a receipt that is signed ``now`` stops being good: with the access, and after a quarter of an hour."""
    return min(now + LONGEST, ends_at) if ends_at is not None else now + LONGEST


def sign(keys: KeyDirectory, receipt: Receipt, *, now: datetime) -> str:
    """The receipt as a JWT. Raises Unavailable if there is no key for receipts."""
    signing = keys.signing_key(PURPOSE)
    claims: dict[str, Any] = {
        "iss": issuer(receipt.org),
        "aud": AUDIENCE,
        "sub": receipt.run_id,
        "org": receipt.org,
        "status": receipt.status,
        "flow": receipt.flow,
        "inputs_hash": inputs_hash(receipt.inputs, receipt.context_hash),
        "context_hash": receipt.context_hash,
        "target_srn": receipt.inputs.get("target_srn"),
        "duration": receipt.inputs.get("duration"),
        "requester": dict(receipt.requester),
        "decided_by": [dict(person) for person in receipt.decided_by],
        "decided_at": int(receipt.decided_at.timestamp()),
        "iat": int(now.timestamp()),
        "exp": int(expiry(receipt.ends_at, now).timestamp()),
        "jti": str(uuid.uuid4()),
    }
    header = {"alg": ALGORITHM, "typ": TYPE, "kid": signing.key_id}
    # By hand: the library takes this name of the algorithm, which every other one knows, for outdated, and says so.
    message = b".".join(_encoded(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims))
    return (message + b"." + _encoded(signing.sign(message))).decode()


def issuer(org: str) -> str:
    """Who issues the receipts of an organization."""
    return f"sym:{org}"


def jwks(keys: Mapping[str, Ed25519PublicKey]) -> dict[str, Any]:
    """The public keys of receipts as a JSON Web Key Set."""
    return {"keys": [{**key, "alg": ALGORITHM} for key in public_jwks(keys)["keys"]]}


def check(text: str, keys: Mapping[str, Ed25519PublicKey], *, now: datetime) -> dict[str, Any]:
    """The claims of a receipt that is good ``now``.

    Raises Invalid: with the code ``Receipt:EXPIRED`` if it was good once, with ``Receipt:INVALID`` for anything that
    was not signed as a receipt with one of ``keys``, tokens of the API among it.
    """
    try:
        if len(text) > _LONGEST_TEXT:
            raise ValueError("too long")
        claims = _signed(text, keys)
        _rules(now).validate(claims)
        _require_claims(claims)
        if claims["exp"] <= now.timestamp():
            raise ExpiredTokenError("exp")  # the leeway is for clocks that are ahead, not for receipts that are over
    except ExpiredTokenError:
        raise Invalid("The receipt has expired.", hint="Ask for the run again: its receipt is new each time.",
                      code="Receipt:EXPIRED") from None  # fmt: skip
    # What is handed over as a receipt may break a parser in many ways.
    except (InvalidSignature, JoseError, ValueError, TypeError, KeyError, RecursionError):
        raise Invalid("This is no receipt that was signed with one of the keys.",
                      hint="The keys are at /api/v1/jwks.json of the server.",
                      code="Receipt:INVALID") from None  # fmt: skip
    return claims


def _signed(text: str, keys: Mapping[str, Ed25519PublicKey]) -> dict[str, Any]:
    """The claims of a receipt whose signature holds. Raises one of several errors if it does not."""
    message, _, signature = text.encode("ascii").rpartition(b".")
    head, _, payload = message.partition(b".")
    header = json.loads(_decoded(head))
    # Nothing else is ever in the header of a receipt: what asks for more, such as `crit`, is none.
    if {name: header[name] for name in header if name != "kid"} != {"alg": ALGORITHM, "typ": TYPE}:
        raise ValueError("another type of token")
    keys[header["kid"]].verify(_decoded(signature), message)
    claims = json.loads(_decoded(payload))
    if not isinstance(claims, dict):
        raise TypeError("claims are an object")
    return claims


def _encoded(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _decoded(data: bytes) -> bytes:
    decoded = base64.b64decode(data + b"=" * (-len(data) % 4), altchars=b"-_", validate=True)
    if _encoded(decoded) != data:
        raise ValueError("there is one way to write it")
    return decoded


def _require_claims(claims: Mapping[str, Any]) -> None:
    if not all(isinstance(claims.get(name), str) for name in _TEXTS):
        raise ValueError("a claim is missing")
    if claims["iss"] != issuer(claims["org"]) or claims["status"] not in VALID_STATUSES:
        raise ValueError("a claim contradicts another")


def _rules(now: datetime) -> jwt.JWTClaimsRegistry:
    present: jwt.ClaimsOption = {"essential": True}
    return jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=_SKEW,
        aud={"essential": True, "value": AUDIENCE},
        **dict.fromkeys(("iss", "iat", "exp", *_TEXTS), present),
    )
