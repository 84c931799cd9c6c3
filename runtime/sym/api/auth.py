"""Tokens: signed here, and believed only while the store still knows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import OKPKey

from sym.audit.events import ActionRefused
from sym.engine.journal import actor_of
from sym.engine.keys import KeyDirectory
from sym.errors import Unauthenticated
from sym.store.audit import append
from sym.store.database import Store
from sym.store.organizations import organization
from sym.store.tokens import Token, get_token
from sym.store.users import User, get_user

ALGORITHM = "Ed25519"
"""RFC 9864's name for what older tokens call EdDSA; nothing else is accepted."""

ISSUER = "sym"
AUDIENCE = "sym:api"
_LONGEST = 4096
# Seconds by which the clock of the machine that issued a token may be ahead. The store's own expiry knows no leeway.
_SKEW = 60


@dataclass(frozen=True)
class Caller:
    """Who sent a request, and the token that proves it."""

    user: User
    token: Token

    @property
    def issuer_id(self) -> str:
        """Whom what is issued with this token counts as: whoever had the token issued that this began with."""
        return self.token.issuer_id or self.user.id


def issue(keys: KeyDirectory, token: Token, user: User, org: str) -> str:
    """The JWT of a stored ``token`` of ``user`` in the organization ``org``. It is shown once and never stored."""
    signing = keys.signing_key("token")
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": user.id,
        "org": org,
        "jti": token.jti,
        "iat": int(token.issued_at.timestamp()),
        "exp": int(token.expires_at.timestamp()),
        "typ": "bot" if user.type == "bot" else "user",
    }
    header = {"alg": ALGORITHM, "kid": signing.key_id}
    return jwt.encode(header, claims, OKPKey.import_key(signing.private), algorithms=[ALGORITHM])


def bearer(header: str | None) -> str:
    """The token in an ``Authorization`` header. Raises Unauthenticated if there is none."""
    scheme, _, token = (header or "").strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise _invalid("A token is needed", "Send it as `Authorization: Bearer TOKEN`.")
    return token.strip()


class TokenOver(Unauthenticated):
    """A token of ours that is over. ``entry`` is what the audit log shall say of that."""

    def __init__(self, refusal: Unauthenticated, entry: ActionRefused) -> None:
        super().__init__(refusal.message, hint=refusal.hint, code=refusal.code)
        self.entry = entry


def verify(token: str, *, store: Store, keys: KeyDirectory, now: datetime) -> Caller:
    """As :func:`identified`; that somebody holds a token of ours which is over is recorded."""
    try:
        return identified(token, store=store, keys=keys, now=now)
    except TokenOver as over:
        note(over, store=store, now=now)
        raise


def note(over: TokenOver, *, store: Store, now: datetime) -> None:
    """Record that somebody holds a token of ours which is over. What strangers send is not worth an entry."""
    with store.transaction() as conn:
        append(conn, over.entry, now=now)


def identified(token: str, *, store: Store, keys: KeyDirectory, now: datetime) -> Caller:
    """Whom the JWT ``token`` speaks for. Writes nothing.

    Raises Unauthenticated: with the code ``Auth:EXPIRED_TOKEN`` if it was good once, with ``Auth:INVALID_TOKEN`` if
    it is not ours, was revoked, or belongs to a user who was deactivated. It is TokenOver for those that are ours.
    """
    claims, is_expired = _claims(token, keys, now)
    with store.reading() as conn:
        row, user, org = get_token(conn, claims["jti"]), get_user(conn, claims["sub"]), organization(conn)
    if row is None or user is None or org is None or row.user_id != user.id or claims["org"] != org.slug:
        raise _invalid("The token is not known here")
    refusal = _refusal(row, user, is_expired=is_expired or row.expires_at <= now)
    if refusal is not None:
        raise TokenOver(refusal, _refused(org.slug, user, row, refusal))
    return Caller(user, row)


def _refusal(row: Token, user: User, *, is_expired: bool) -> Unauthenticated | None:
    if row.revoked_at is not None:
        return _invalid("The token was revoked")
    if user.deactivated_at is not None:
        return _invalid("The token's user was deactivated")
    return _expired() if is_expired else None


def _refused(org: str, user: User, row: Token, refusal: Unauthenticated) -> ActionRefused:
    return ActionRefused(
        actor=actor_of(org, user),
        action="authenticate",
        code=refusal.code,
        message=refusal.message,
        details={"token": row.jti},
    )


def _claims(token: str, keys: KeyDirectory, now: datetime) -> tuple[dict[str, Any], bool]:
    """The claims of a token that was signed here, and whether its time is over."""
    known, is_expired = keys.public_keys("token"), False
    try:
        if len(token) > _LONGEST:
            raise ValueError("too long")
        decoded = jwt.decode(token, lambda sent: OKPKey.import_key(known[sent.headers()["kid"]]), [ALGORITHM])
        try:
            _rules(now).validate(decoded.claims)
        except ExpiredTokenError:
            is_expired = True
    # What a stranger sends may break the parser in many ways; none of them tells the stranger anything.
    except (JoseError, ValueError, TypeError, KeyError, RecursionError):
        raise _invalid("The token is not valid") from None
    if not all(isinstance(decoded.claims.get(name), str) for name in ("sub", "jti", "org")):
        raise _invalid("The token is not valid")
    return decoded.claims, is_expired


def _rules(now: datetime) -> jwt.JWTClaimsRegistry:
    present: jwt.ClaimsOption = {"essential": True}
    return jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=_SKEW,
        iss={"essential": True, "value": ISSUER},
        aud={"essential": True, "value": AUDIENCE},
        **dict.fromkeys(("sub", "jti", "org", "iat", "exp"), present),
    )


def _invalid(reason: str, hint: str = "Ask an administrator for a new one.") -> Unauthenticated:
    return Unauthenticated(f"{reason}.", hint=hint, code="Auth:INVALID_TOKEN")


def _expired() -> Unauthenticated:
    return Unauthenticated("The token has expired.", hint="Issue a new one.", code="Auth:EXPIRED_TOKEN")
