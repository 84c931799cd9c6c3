"""``POST /bots``."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from sym.api.administration import KnownAdministrator
from sym.api.bots import BotBody, view_bots
from sym.api.route import api_router
from sym.engine.administration import bots

router = api_router("bots")


class NewBotBody(BaseModel):
    """A bot to be. A requester asks and looks; an admin may decide everything and apply Terraform."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: str = Field(min_length=1, max_length=63, examples=["ci"])
    role: Literal["requester", "member", "admin"] = "requester"


@router.post("/bots")
def create_bot(body: NewBotBody, admin: KnownAdministrator) -> BotBody:
    """Create a bot: a user that is a program, with tokens instead of a login."""
    with admin.services.store.transaction() as conn:
        bot = bots.create_bot(conn, body.name, body.role, actor=admin.actor, now=admin.now)
        return view_bots(conn, [bot], admin.now)[0]
