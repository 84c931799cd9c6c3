"""Whether somebody else's token is what it says: signed by its issuer, for us, now."""

from __future__ import annotations

import base64
import hashlib
import json
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from sym.errors import Unauthenticated
from sym.oidc.issuers import Issuers

ALGORITHMS: Mapping[type[Key], tuple[str, ...]] = {
    RSAKey: ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    ECKey: ("ES256", "ES384", "ES512"),
    OKPKey: ("Ed25519", "EdDSA"),
}
"""What may sign, by the kind of key: nothing without a key, and nothing with a shared one."""
SKEW_SECONDS = 60
_LONGEST = 16 * 1024
# A year, in seconds: issuers give their tokens minutes to days.
_LONGEST_LIFE = 366 * 86_400


class BadToken(Unauthenticated):
    """The token is not accepted. The message is for the log; whoever sent it learns nothing of why."""


@dataclass(frozen=True)
class Foreign:
    """A token that was verified: its ``claims``, what it is known by (``digest``), and when it ends."""

    claims: Mapping[str, Any]
    digest: str
    expires_at: datetime


def kept_until(token: Foreign) -> datetime:
    """How long it must be remembered that the token was used: after that its age is reason enough to refuse it."""
    return token.expires_at + timedelta(seconds=2 * SKEW_SECONDS)


def peek(token: str) -> dict[str, Any]:
    """What a token claims, unverified: good for choosing whom to ask about it, and for nothing else. Raises BadToken
    unless it is a JWT."""
    if len(token) > _LONGEST or not token.isascii():
        raise BadToken("it is too long, or no text")
    parts = token.split(".")
    if len(parts) != 3 or not all(parts):
        raise BadToken("it is no signed JWT")
    return _object(parts[1])


def verified(token: str, *, issuer: str, audience: str, issuers: Issuers, now: datetime) -> Foreign:
    """The token, if ``issuer`` signed it for ``audience`` and it is good ``now``.

    Raises BadToken if it is not, IssuerUnavailable if the issuer's keys cannot be had.
    """
    claims = peek(token)
    if claims.get("iss") != issuer:
        raise BadToken("it is of another issuer")
    header = _object(token.split(".", 1)[0])
    if str(header.get("typ") or "JWT").upper() != "JWT":
        raise BadToken("it is no ID token")
    if "crit" in header or "b64" in header:
        raise BadToken("it wants something understood that no ID token wants")
    if not any(header.get("alg") in names for names in ALGORITHMS.values()):
        raise BadToken("its algorithm is not allowed")
    key_id = header.get("kid")
    if key_id is not None and not isinstance(key_id, str):
        raise BadToken("its key has no usable name")
    key = issuers.key(issuer, key_id, now)
    if key is None:
        raise BadToken("its key is not known")
    signed = _signed(token, key)
    if signed.get("iss") != issuer:
        raise BadToken("it is of another issuer")
    _check_audience(signed, audience)
    expires_at = _check_times(signed, now)
    # What was signed, not the whole text: a signature can be written in several ways.
    digest = hashlib.sha256(token.rpartition(".")[0].encode()).hexdigest()
    return Foreign(signed, digest, expires_at)


def require_client(claims: Mapping[str, Any], client_id: str) -> None:
    """Raises BadToken unless an ID token was made for ``client_id``: among several audiences, and wherever it is there,
    azp says so (OpenID Connect Core, 3.1.3.7)."""
    audience = claims.get("aud")
    is_alone = not isinstance(audience, list) or len(audience) == 1
    if claims.get("azp", client_id if is_alone else None) != client_id:
        raise BadToken("it was made for another client")


def _signed(token: str, key: Key) -> dict[str, Any]:
    try:
        with warnings.catch_warnings():
            # "EdDSA" is what issuers still write for Ed25519.
            warnings.simplefilter("ignore", SecurityWarning)
            return dict(jwt.decode(token, key, list(ALGORITHMS[type(key)])).claims)
    # What a stranger sends may break the parser in many ways.
    except (JoseError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise BadToken(f"its signature is not good ({type(error).__name__})") from None


def _object(part: str) -> dict[str, Any]:
    try:
        found = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise BadToken("it is no signed JWT")
    return found


def _check_audience(claims: Mapping[str, Any], audience: str) -> None:
    given = claims.get("aud")
    several = given if isinstance(given, list) else [given]
    if audience not in several:
        raise BadToken("it is for another audience")


def _check_times(claims: Mapping[str, Any], now: datetime) -> datetime:
    moment = now.timestamp()
    ends, begins, made = (_seconds(claims, name) for name in ("exp", "nbf", "iat"))
    if ends is None or made is None:
        raise BadToken("it does not say when it ends or was made")
    if ends + SKEW_SECONDS <= moment:
        raise BadToken("it has expired")
    if made - SKEW_SECONDS > moment or (begins is not None and begins - SKEW_SECONDS > moment):
        raise BadToken("it is not good yet")
    if ends - moment > _LONGEST_LIFE:
        # It would have to be remembered for as long that it was used, beyond what calendars hold.
        raise BadToken("it is good for too long")
    return datetime.fromtimestamp(ends, UTC)


def _seconds(claims: Mapping[str, Any], name: str) -> float | None:
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < 1e12:
        raise BadToken(f"its {name} is no time")
    return float(value)
