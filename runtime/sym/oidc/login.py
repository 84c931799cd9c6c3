"""A login: an ID token of the issuer for a token of ours."""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import uuid
from datetime import datetime, timedelta

from sym.audit.events import ActionRefused, Actor
from sym.engine.journal import actor_of
from sym.errors import Conflict, NotFound, Refused
from sym.oidc.issuers import Issuers
from sym.oidc.people import Person, account_of, person_of
from sym.oidc.settings import OidcSettings
from sym.oidc.trusting import Exchanged, refused
from sym.oidc.verification import BadToken, Foreign, kept_until, require_client, verified
from sym.store.audit import append
from sym.store.database import Store
from sym.store.exchanged import spend
from sym.store.organizations import require_organization
from sym.store.tokens import Token, insert_token

LIFETIME = timedelta(hours=12)
LABEL = "login"

_LOG = logging.getLogger(__name__)


class Oidc:
    """What the server knows of issuers: the one people log in at, if any, and everybody's keys."""

    def __init__(self, settings: OidcSettings | None = None, issuers: Issuers | None = None) -> None:
        self.settings = settings
        self.issuers = issuers or Issuers()

    def required(self) -> OidcSettings:
        """The issuer that people log in at. Raises NotFound if none is configured."""
        if self.settings is None:
            raise NotFound("Nobody can log in here: no issuer is configured.", code="LoginAPI:NOT_CONFIGURED",
                           hint="Set SYM_OIDC_ISSUER and SYM_OIDC_CLIENT_ID, or use a token in SYM_JWT.")  # fmt: skip
        return self.settings


def nonce_of(secret: str) -> str:
    """The nonce to log in with: whoever knows it, from the token say, does not know the ``secret`` behind it."""
    return base64.urlsafe_b64encode(hashlib.sha256(secret.encode()).digest()).rstrip(b"=").decode()


def log_in(store: Store, oidc: Oidc, id_token: str, nonce_secret: str | None, now: datetime) -> Exchanged:
    """A token of whom ``id_token`` is about. ``nonce_secret`` is what its nonce was made of, where it has one.

    Raises Unauthenticated without a reason for a token that is not good; Refused, with one, for somebody who may not
    come in; NotFound if there is no login here; IssuerUnavailable.
    """
    settings = oidc.required()
    try:
        foreign = verified(id_token, issuer=settings.issuer, audience=settings.client_id, issuers=oidc.issuers, now=now)
        require_client(foreign.claims, settings.client_id)
        _require_nonce(foreign, nonce_secret)
    except BadToken as error:
        _LOG.info("a login was refused: %s", error.message)
        raise refused() from None
    person = _person(store, settings, foreign, now)
    try:
        return _logged_in(store, settings, foreign, person, now)
    except Conflict:
        # Two first logins at once: the other one has made the account by now.
        return _logged_in(store, settings, foreign, person, now)


def _person(store: Store, settings: OidcSettings, foreign: Foreign, now: datetime) -> Person:
    try:
        return person_of(foreign.claims, settings)
    except Refused as refusal:
        with store.transaction() as conn:
            subject = "".join(filter(str.isprintable, str(foreign.claims.get("sub", ""))))[:255]
            details = {"issuer": settings.issuer, "subject": subject}
            entry = ActionRefused(actor=Actor.SYSTEM, action="login", code=refusal.code, message=refusal.message,
                                  details=details)  # fmt: skip
            if spend(conn, foreign.digest, expires_at=kept_until(foreign), now=now):
                append(conn, entry, now=now)
        raise


def _require_nonce(foreign: Foreign, secret: str | None) -> None:
    nonce = foreign.claims.get("nonce")
    if nonce is None and secret is None:
        return  # the device flow has none
    is_text = isinstance(nonce, str) and nonce.isascii() and secret is not None and secret.isascii()
    if not is_text or not hmac.compare_digest(str(nonce), nonce_of(str(secret))):
        raise BadToken("its nonce is not the caller's")


def _logged_in(store: Store, settings: OidcSettings, foreign: Foreign, person: Person, now: datetime) -> Exchanged:
    with store.transaction() as conn:
        if not spend(conn, foreign.digest, expires_at=kept_until(foreign), now=now):
            _LOG.info("a login was refused: its token was exchanged before")
            raise refused()
        user = account_of(conn, person, settings, now)
        if not isinstance(user, Refused):
            org = require_organization(conn).slug
            token = Token(
                jti=str(uuid.uuid4()), user_id=user.id, label=LABEL, issued_by=user.username, issued_at=now,
                expires_at=now + LIFETIME, issuer_id=user.id,
                binding={"iss": settings.issuer, "sub": person.subject},
            )  # fmt: skip
            insert_token(conn, token, actor=actor_of(org, user))
            return Exchanged(token, user, org)
    raise user
