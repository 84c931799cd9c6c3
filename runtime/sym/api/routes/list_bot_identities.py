"""``GET /bots/{name}/identities``."""

from __future__ import annotations

from sym.api.administration import KnownAdministrator
from sym.api.identities import IdentitiesBody, view_identities
from sym.api.route import api_router
from sym.engine.administration.bots import named_bot

router = api_router("bots")


@router.get("/bots/{name}/identities")
def list_bot_identities(name: str, admin: KnownAdministrator) -> IdentitiesBody:
    """Who a bot is in services."""
    with admin.services.store.reading() as conn:
        return view_identities(conn, named_bot(conn, name).id)
