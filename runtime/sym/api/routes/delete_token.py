"""``DELETE /tokens/{jti}``."""

from __future__ import annotations

from sym.api.route import api_router
from sym.api.tokens import TokenBody, actor_for, noted, view_tokens
from sym.api.wiring import KnownCaller, UsedServices
from sym.engine.administration.tokens import revoke
from sym.errors import Refused

router = api_router("tokens")


@router.delete("/tokens/{jti}")
def delete_token(jti: str, caller: KnownCaller, services: UsedServices) -> TokenBody:
    """Revoke a token, which from now on is refused: any for admins, one's own for everybody else."""
    now = services.clock()
    try:
        with services.store.transaction() as conn:
            token = revoke(conn, jti, asker=caller.user, actor=actor_for(conn, caller), now=now)
            return view_tokens(conn, [token], now)[0]
    except Refused as refusal:
        raise noted(services, caller, "DELETE /tokens/{jti}", refusal) from None
