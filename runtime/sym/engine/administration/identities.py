"""Who people are in other services, as admins say it. An identity belongs to one user: nobody else can be given it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sym import plugins
from sym.audit.events import Actor
from sym.engine.administration.people import require_living
from sym.errors import Conflict, Invalid
from sym.store.database import Connection
from sym.store.identities import (
    Identity,
    delete_identity,
    known_accounts,
    lock_claims,
    save_identity,
    users_with_identity,
)
from sym.store.users import User

OWN = ("sym", "cloud")
"""The account whose identity is the e-mail address: it is the user's own, and cannot be given."""

LONGEST = 512


def give_identity(conn: Connection, user: User, identity: Identity, *, actor: Actor, now: datetime) -> Identity:
    """Say who ``user`` is in an account, in place of what was known. Raises Invalid, or Conflict if somebody else has
    that identity."""
    require_living(user)
    service_type, external_id = checked_account(identity.service, identity.service_id, known_accounts(conn))
    checked_value(identity.external_user_id)
    lock_claims(conn)
    holders = users_with_identity(conn, service_type, external_id, identity.external_user_id)
    if others := [holder for holder in holders if holder.id != user.id]:
        raise taken(others[0], service_type, external_id)
    save_identity(conn, identity, now, actor=actor)
    return identity


def take_identity(conn: Connection, user: User, service_type: str, external_id: str, *, actor: Actor,
                  now: datetime) -> Identity:  # fmt: skip
    """Forget who ``user`` is in an account. Raises NotFound."""
    return delete_identity(conn, user.id, service_type, external_id, actor=actor, now=now)


def taken(holder: User, service_type: str, external_id: str) -> Conflict:
    """The refusal of an identity that is somebody else's, for admins: it says whose."""
    name = holder.email or holder.username
    closed = " (deactivated)" if holder.deactivated_at else ""
    return Conflict(
        f"That identity in {service_type}:{external_id} is another user's: {name}{closed}.",
        hint="Take it from them first.", path="user_id", code="IdentityAPI:TAKEN",
    )  # fmt: skip


def checked_account(
    service_type: str, external_id: str, known: Collection[tuple[str, str]] = frozenset()
) -> tuple[str, str]:
    """The account. Raises Invalid if no service is of that type, neither as an integration or strategy nor among the
    ``known``, or if it can be no account."""
    if (service_type, external_id) == OWN:
        raise Invalid("sym:cloud is the e-mail address, which cannot be changed.", path="service_type",
                      code="IdentityAPI:OWN")  # fmt: skip
    # In AWS the integration is a role (permission_context); who somebody is there is said of aws_iam and aws_sso.
    types = sorted({*plugins.names("integrations"), *plugins.names("strategies"), *(one for one, _ in known)})
    if service_type not in types:
        raise Invalid(f"{service_type[:100]!r} is no type of service.", hint=f"Write one of {', '.join(types)}.",
                      path="service_type", code="IdentityAPI:UNKNOWN_TYPE")  # fmt: skip
    if not _is_text(external_id):
        raise Invalid(f"An external id has 1 to {LONGEST} visible characters, with no blanks around them.",
                      path="external_id", code="IdentityAPI:INVALID")  # fmt: skip
    return service_type, external_id


def checked_value(text: str) -> str:
    """Who somebody is, as a service calls them. Raises Invalid."""
    if not _is_text(text):
        raise Invalid(f"A user id has 1 to {LONGEST} visible characters, with no blanks around them.",
                      path="user_id", code="IdentityAPI:INVALID")  # fmt: skip
    return text


def _is_text(text: str) -> bool:
    return 0 < len(text) <= LONGEST and text.isprintable() and text == text.strip()
