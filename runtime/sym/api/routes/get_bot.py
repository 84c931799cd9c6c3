"""``GET /bots/{name}``."""

from __future__ import annotations

from sym.api.administration import KnownAdministrator
from sym.api.bots import BotBody, view_bots
from sym.api.route import api_router
from sym.engine.administration.bots import named_bot

router = api_router("bots")


@router.get("/bots/{name}")
def get_bot(name: str, admin: KnownAdministrator) -> BotBody:
    """A bot, deleted or not."""
    with admin.services.store.reading() as conn:
        return view_bots(conn, [named_bot(conn, name)], admin.now)[0]
