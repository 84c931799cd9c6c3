"""``PATCH /bots/{name}``."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from sym.api.administration import KnownAdministrator
from sym.api.bots import BotBody, view_bots
from sym.api.route import api_router
from sym.engine.administration import bots

router = api_router("bots")


class BotChangesBody(BaseModel):
    """What of a bot is to change; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid", strict=True)

    role: Literal["requester", "member", "admin"] | None = None
    state: Literal["active"] | None = Field(default=None, description="Brings a bot back that was deleted.")


@router.patch("/bots/{name}")
def update_bot(name: str, body: BotChangesBody, admin: KnownAdministrator) -> BotBody:
    """Give a bot another role, or bring it back. Its old tokens stay revoked."""
    with admin.services.store.transaction() as conn:
        bot = bots.named_bot(conn, name)
        if body.state is not None:
            bot = bots.reactivate_bot(conn, name, actor=admin.actor, now=admin.now)
        if body.role is not None:
            bot = bots.change_role(conn, name, body.role, actor=admin.actor, now=admin.now)
        return view_bots(conn, [bot], admin.now)[0]
