"""Trust in CI jobs: made by admins, used by whoever brings a token of such a job."""

from __future__ import annotations

import hashlib
import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sym.audit.events import ActionRefused, Actor
from sym.engine.journal import actor_of
from sym.errors import Invalid, NotFound, Unauthenticated
from sym.oidc.conditions import checked, matched
from sym.oidc.issuers import Issuers
from sym.oidc.verification import BadToken, Foreign, kept_until, peek, verified
from sym.store.audit import append
from sym.store.database import Connection, Store
from sym.store.exchanged import spend
from sym.store.organizations import require_organization
from sym.store.tokens import Token, insert_token
from sym.store.trust import Trust, insert_trust, list_trust
from sym.store.users import User, find_user, get_user

LIFETIME = timedelta(minutes=15)

_LOG = logging.getLogger(__name__)
_REPOSITORY = ("repository", "project_path", "oidc.circleci.com/project-id", "sub")
_REF = ("ref", "oidc.circleci.com/vcs-ref")
_LONGEST_LABEL = 200


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What somebody wants to trust: see :class:`sym.store.trust.Trust`. ``bot`` is the bot's name."""

    bot: str
    issuer: str
    audience: str
    claims: Mapping[str, str]


def add_trust(conn: Connection, wanted: Wanted, *, actor: Actor, now: datetime) -> Trust:
    """Let jobs act as a bot, and record it. Raises Invalid for what would be trust in strangers, NotFound if there is
    no such bot."""
    claims = checked(wanted.issuer, wanted.audience, wanted.claims)
    bot = find_user(conn, username=wanted.bot)
    if bot is None or bot.type != "bot" or bot.deactivated_at is not None:
        raise NotFound(f"There is no bot {wanted.bot}.", hint="`symflow bots list` names them.", path="bot",
                       code="TrustAPI:UNKNOWN_BOT")  # fmt: skip
    same = [one for one in list_trust(conn, issuer=wanted.issuer, user_id=bot.id)
            if (one.audience, one.claims) == (wanted.audience, claims)]  # fmt: skip
    if same:
        return same[0]
    made = Trust(id=str(uuid.uuid4()), user_id=bot.id, issuer=wanted.issuer, audience=wanted.audience, claims=claims,
                 created_at=now, added_by=actor.user_id)  # fmt: skip
    insert_trust(conn, made, actor=actor)
    return made


@dataclass(frozen=True)
class Exchanged:
    """What a job's token was exchanged for: a row, which is to be signed, of ``user`` in ``org``."""

    token: Token
    user: User
    org: str


def exchange(
    store: Store, issuers: Issuers, token: str, *, bot: str | None = None, audience: str | None = None, now: datetime
) -> Exchanged:
    """A short-lived token of the bot that whoever brings ``token`` may act as.

    ``bot`` says which, where several are trusted; ``audience`` narrows the choice the same way. Raises Unauthenticated
    without a reason for what is not accepted; Invalid if several bots fit; IssuerUnavailable.
    """
    trusted, foreign = _trusted(store, issuers, token, audience, now)
    refusal: Unauthenticated | Invalid
    with store.transaction() as conn:
        fitting = _fitting(conn, trusted, foreign, bot)
        if len({user.id for _, user, _ in fitting}) == 1:
            made = _made(conn, foreign, fitting[0], now)
            if made is not None:
                return made
            refusal, reason = refused(), "it was exchanged before"
        elif fitting:
            reason = "it fits several bots"
            refusal = Invalid("Several bots trust this job.", hint="Say which one with `bot`.", path="bot",
                              code="ExchangeAPI:AMBIGUOUS")  # fmt: skip
        else:
            refusal, reason = refused(), "its claims fit no trust"
        _note(conn, foreign, reason, now)
    raise refusal


def _trusted(
    store: Store, issuers: Issuers, token: str, audience: str | None, now: datetime
) -> tuple[list[Trust], Foreign]:
    """The trust in the issuer and audience of a token, and the token, verified."""
    try:
        claims = peek(token)
        issuer, given = claims.get("iss"), claims.get("aud")
        audiences = [item for item in (given if isinstance(given, list) else [given]) if isinstance(item, str)]
        with store.reading() as conn:
            found = list_trust(conn, issuer=issuer) if isinstance(issuer, str) and _is_text(issuer) else []
        # Only who is trusted is ever asked for keys, whatever the token says.
        trusted = [one for one in found if one.audience in audiences and audience in (None, one.audience)]
        if not trusted:
            raise BadToken("nobody trusts its issuer with this audience")
        return trusted, verified(
            token, issuer=trusted[0].issuer, audience=trusted[0].audience, issuers=issuers, now=now
        )
    except BadToken as error:
        _LOG.info("a token was not exchanged: %s", error.message)
        raise refused() from None


def _is_text(issuer: str) -> bool:
    return len(issuer) <= 2048 and issuer.isprintable()


def refused() -> Unauthenticated:
    """What whoever brings somebody else's token is told, whatever is wrong with it."""
    return Unauthenticated("The token is not accepted here.", code="Auth:INVALID_TOKEN",
                           hint="Why is in the server's log and audit log.")  # fmt: skip


_Fit = tuple[Trust, User, dict[str, str]]


def _fitting(conn: Connection, trusted: list[Trust], foreign: Foreign, bot: str | None) -> list[_Fit]:
    found = []
    for one in trusted:
        said = matched(one.claims, foreign.claims)
        user = get_user(conn, one.user_id) if said is not None else None
        if said is None or user is None or user.type != "bot" or user.deactivated_at is not None:
            continue
        if bot is None or bot.lower() == user.username:
            found.append((one, user, said))
    return found


def _made(conn: Connection, foreign: Foreign, fit: _Fit, now: datetime) -> Exchanged | None:
    """The token, or None if somebody was given one for the same before."""
    trust, user, said = fit
    if not spend(conn, foreign.digest, expires_at=kept_until(foreign), now=now):
        return None
    org = require_organization(conn).slug
    binding: dict[str, Any] = {"iss": trust.issuer, "aud": trust.audience, "trust": trust.id, "claims": said}
    token = Token(
        jti=str(uuid.uuid4()), user_id=user.id, label=label_of(foreign.claims), issued_by=trust.issuer, issued_at=now,
        expires_at=now + LIFETIME, issuer_id=trust.added_by, binding=binding,
    )  # fmt: skip
    insert_token(conn, token, actor=actor_of(org, user))
    return Exchanged(token, user, org)


def label_of(claims: Mapping[str, Any]) -> str:
    """``oidc:<repository>@<ref>``, from what issuers call these."""
    repository, ref = (
        next((str(claims[name]) for name in names if isinstance(claims.get(name), str)), "")
        for names in (_REPOSITORY, _REF)
    )
    text = f"oidc:{repository}@{ref}" if ref else f"oidc:{repository}"
    return "".join(char if char.isprintable() else "?" for char in text)[:_LONGEST_LABEL]


def _note(conn: Connection, foreign: Foreign, reason: str, now: datetime) -> None:
    """The issuer vouches for this one: that it was refused is worth an entry, and no more than one."""
    _LOG.info("a token of %s was not exchanged: %s", foreign.claims["iss"], reason)
    noted = hashlib.sha256(f"refused {foreign.digest}".encode()).hexdigest()
    if not spend(conn, noted, expires_at=kept_until(foreign), now=now):
        return
    details = {"issuer": foreign.claims["iss"], "job": label_of(foreign.claims), "reason": reason}
    entry = ActionRefused(actor=Actor.SYSTEM, action="exchange", code="Auth:INVALID_TOKEN",
                          message=f"A token was not exchanged: {reason}.", details=details)  # fmt: skip
    append(conn, entry, now=now)
