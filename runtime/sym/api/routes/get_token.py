"""``GET /tokens/{jti}``."""

from __future__ import annotations

from sym.api.route import api_router
from sym.api.tokens import TokenBody, noted, view_tokens
from sym.api.wiring import KnownCaller, UsedServices
from sym.engine.administration.tokens import found_token
from sym.errors import Refused

router = api_router("tokens")


@router.get("/tokens/{jti}")
def get_token(jti: str, caller: KnownCaller, services: UsedServices) -> TokenBody:
    """What is known of a token: any for admins, one's own for everybody else."""
    try:
        with services.store.reading() as conn:
            token = found_token(conn, jti, asker=caller.user)
            return view_tokens(conn, [token], services.clock())[0]
    except Refused as refusal:
        raise noted(services, caller, "GET /tokens/{jti}", refusal) from None
