"""``DELETE /bots/{name}``."""

from __future__ import annotations

from pydantic import BaseModel

from sym.api.administration import KnownAdministrator
from sym.api.bots import BotBody, view_bots
from sym.api.route import api_router
from sym.engine.administration.bots import close_bot

router = api_router("bots")


class DeletedBotBody(BaseModel):
    """A bot that was deleted, and the ids of the tokens that were good until then."""

    bot: BotBody
    revoked: list[str]


@router.delete("/bots/{name}")
def delete_bot(name: str, admin: KnownAdministrator) -> DeletedBotBody:
    """Delete a bot: it can ask for nothing any more, and its tokens are revoked, its requests taken back, its access is
    ended. What it did stays in the log."""
    with admin.services.store.transaction() as conn:
        left = close_bot(conn, admin.services.inbound.queue, name, actor=admin.actor, now=admin.now)
        return DeletedBotBody(bot=view_bots(conn, [left.user], admin.now)[0], revoked=list(left.revoked))
