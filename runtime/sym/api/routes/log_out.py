"""``DELETE /login``."""

from __future__ import annotations

from pydantic import BaseModel

from sym.api.route import api_router
from sym.api.wiring import KnownCaller, UsedServices
from sym.engine.journal import actor_of
from sym.errors import Refused
from sym.store.organizations import require_organization
from sym.store.tokens import revoke_token

router = api_router("login")


class LoggedOutBody(BaseModel):
    """The token that is good no more."""

    token_id: str


@router.delete("/login")
def log_out(caller: KnownCaller, services: UsedServices) -> LoggedOutBody:
    """Revoke the token this is asked with, if it came of a login or an exchange."""
    if caller.token.binding is None:
        raise Refused("This token was issued by hand, and is revoked by hand.", code="LoginAPI:NOT_A_LOGIN",
                      hint="Run: symflow tokens revoke ID")  # fmt: skip
    with services.store.transaction() as conn:
        actor = actor_of(require_organization(conn).slug, caller.user)
        revoke_token(conn, caller.token.jti, actor=actor, now=services.clock())
    return LoggedOutBody(token_id=caller.token.jti)
