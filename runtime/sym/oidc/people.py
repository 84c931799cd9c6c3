"""Who logs in: an account by the e-mail address that the issuer vouches for, made if the rules say so.

The rules, of which each closes a way to become somebody else:

* An address counts only if it is verified, and in ASCII: other letters may become ASCII ones in lower case.
* Once somebody has logged in, the issuer's own id for them counts: whoever is given their address later is not them.
* Accounts that are closed stay closed, and bots have no login.
* A stranger's domain is no way in, unless one of their groups has a role.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sym.audit.events import ActionRefused, Actor
from sym.engine.journal import actor_of
from sym.errors import Refused
from sym.oidc.settings import ROLES, OidcSettings
from sym.store.admins import has_other_admin
from sym.store.audit import append
from sym.store.database import Connection
from sym.store.domains import joins_as_member
from sym.store.identities import Identity, identities_of, save_identity, users_with_identity
from sym.store.organizations import require_organization
from sym.store.users import User, create_user, find_user, set_role

SERVICE = "oidc"
_EMAIL = re.compile(r"[\x21-\x3f\x41-\x7e]{1,64}@[A-Za-z0-9.-]{1,255}")
_LONGEST_NAME = 100


@dataclass(frozen=True, kw_only=True)
class Person:
    """Whom an ID token is about. ``role`` is what their groups give them, None for nothing."""

    subject: str
    email: str
    first_name: str | None
    last_name: str | None
    role: str | None


def person_of(claims: Mapping[str, Any], settings: OidcSettings) -> Person:
    """Whom verified ``claims`` are about. Raises Refused if they do not say, or not for sure."""
    subject, email = claims.get("sub"), claims.get("email")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255 or not subject.isprintable():
        raise _refused("The issuer does not say who you are.", "NO_SUBJECT")
    if not isinstance(email, str) or not _EMAIL.fullmatch(email):
        raise _refused("The issuer gives no usable e-mail address of you.", "NO_EMAIL",
                       "Its ID tokens need the claim email.")  # fmt: skip
    if not _is_verified(claims, settings):
        raise _refused("Your e-mail address is not verified at the issuer.", "EMAIL_NOT_VERIFIED",
                       "Its ID tokens need email_verified: true.")  # fmt: skip
    return Person(subject=subject, email=email.lower(), first_name=_name(claims, "given_name"),
                  last_name=_name(claims, "family_name"), role=_role(claims, settings))  # fmt: skip


def _is_verified(claims: Mapping[str, Any], settings: OidcSettings) -> bool:
    # Some issuers write it as text. xms_edov is Entra's: the owner of the domain is verified.
    said = claims.get("email_verified", claims.get("xms_edov"))
    return said in (True, "true", "True", 1, "1") or (said is None and settings.takes_all_emails)


def _name(claims: Mapping[str, Any], claim: str) -> str | None:
    value = claims.get(claim)
    if not isinstance(value, str):
        return None
    return "".join(char for char in value if char.isprintable()).strip()[:_LONGEST_NAME] or None


def _role(claims: Mapping[str, Any], settings: OidcSettings) -> str | None:
    groups = claims.get(settings.groups_claim)
    several = [groups] if isinstance(groups, str) else groups if isinstance(groups, list) else []
    given = {settings.roles[group] for group in several if isinstance(group, str) and group in settings.roles}
    return next((role for role in ROLES if role in given), None)


def account_of(conn: Connection, person: Person, settings: OidcSettings, now: datetime) -> User | Refused:
    """The account of somebody who has just proved who they are, or why they have none; a refusal is recorded, and
    must be committed. Raises Conflict if somebody else has made the account at this very moment."""
    try:
        user = _found(conn, person, settings)
    except Refused as refusal:
        _note(conn, person, settings, refusal, now)
        return refusal
    if user is None:
        role = person.role or "member"
        user = create_user(
            conn, username=person.email, email=person.email, type="normal", role=role, actor=Actor.SYSTEM, now=now,
            first_name=person.first_name, last_name=person.last_name,
        )  # fmt: skip
    elif settings.roles:
        user = _with_role(conn, user, person, now)
    mine = Identity(user_id=user.id, service=SERVICE, service_id=settings.issuer, external_user_id=person.subject)
    save_identity(conn, mine, now, actor=Actor.SYSTEM)
    return user


def _found(conn: Connection, person: Person, settings: OidcSettings) -> User | None:
    """The account that is there, None if one may be made. Raises Refused."""
    known = users_with_identity(conn, SERVICE, settings.issuer, person.subject)
    by_email = find_user(conn, email=person.email)
    if len(known) > 1 or (known and by_email and known[0].id != by_email.id):
        raise _refused("It is not clear which account is yours.", "AMBIGUOUS", "An admin has to sort it out.")
    user = known[0] if known else by_email
    if user is None:
        if person.role is None and not joins_as_member(conn, person.email):
            raise _refused("People of your e-mail domain have no account here.", "UNKNOWN_DOMAIN", "Ask an admin.")
        return None
    if user.type != "normal":
        raise _refused("Bots have no login.", "BOT", "Issue a token: symflow tokens issue.")
    if user.deactivated_at is not None:
        raise _refused("Your account was closed.", "DEACTIVATED", "Ask an admin.")
    if not known and any(
        one.service == SERVICE and one.service_id == settings.issuer for one in identities_of(conn, user.id)
    ):
        raise _refused("Your e-mail address belonged to somebody else before.", "ANOTHER_SUBJECT",
                       "An admin can delete that person's oidc identity.")  # fmt: skip
    return user


def _with_role(conn: Connection, user: User, person: Person, now: datetime) -> User:
    """What the groups say counts at every login. Who has no group with a role stays what they are, but no admin."""
    role = person.role or ("member" if user.role == "admin" else user.role)
    if user.role == "admin" and role != "admin" and not has_other_admin(conn, user.id):
        return user
    return set_role(conn, user.id, role, actor=Actor.SYSTEM, now=now)


def _note(conn: Connection, person: Person, settings: OidcSettings, refusal: Refused, now: datetime) -> None:
    org = require_organization(conn).slug
    user = find_user(conn, email=person.email)
    details = {"email": person.email, "issuer": settings.issuer, "subject": person.subject}
    entry = ActionRefused(actor=actor_of(org, user) if user else Actor.SYSTEM, action="login", code=refusal.code,
                          message=refusal.message, details=details)  # fmt: skip
    append(conn, entry, now=now)


def _refused(message: str, reason: str, hint: str = "") -> Refused:
    return Refused(message, hint=hint, code=f"LoginAPI:{reason}")
