"""What the verbs of administration share: they are for admins, and a refusal is in the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request

from sym.api.wiring import KnownCaller, Services, UsedServices
from sym.audit.events import ActionRefused, Actor
from sym.engine.journal import actor_of
from sym.errors import Refused
from sym.store.audit import append
from sym.store.database import Connection
from sym.store.organizations import require_organization
from sym.store.users import User


@dataclass(frozen=True, kw_only=True)
class Administrator:
    """An admin who asks for something: ``actor`` is who they are for the audit log, ``now`` the moment of the call.
    ``issuer_id`` is whom tokens that they have issued count as: not a bot, if somebody had its token issued."""

    user: User
    issuer_id: str
    actor: Actor
    services: Services
    now: datetime


def _administrator(request: Request, caller: KnownCaller, services: UsedServices) -> Administrator:
    now = services.clock()
    with services.store.transaction() as conn:
        actor = actor_of(require_organization(conn).slug, caller.user)
        refusal = None
        if caller.user.role != "admin":
            refusal = _noted(conn, actor, f"{request.method} {_template(request)}", now)
    if refusal is not None:
        raise refusal
    return Administrator(user=caller.user, issuer_id=caller.issuer_id, actor=actor, services=services, now=now)


def _noted(conn: Connection, actor: Actor, action: str, now: datetime) -> Refused:
    refusal = Refused("Only admins may do that.", code="Auth:FORBIDDEN")
    entry = ActionRefused(actor=actor, action=action, code=refusal.code, message=refusal.message)
    append(conn, entry, now=now)
    return refusal


def _template(request: Request) -> str:
    # Not the path: it holds ids and names.
    return str(getattr(request.scope.get("route"), "path", ""))


KnownAdministrator = Annotated[Administrator, Depends(_administrator)]
"""The caller of a route that is for admins alone. Raises Refused for everybody else, whatever they sent with it."""
