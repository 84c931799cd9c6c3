"""Bots as the API shows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, Field

from sym.api.views import moment
from sym.store.database import Connection
from sym.store.tokens import good_tokens
from sym.store.users import User


class BotBody(BaseModel):
    """A bot. ``tokens`` is how many of its tokens are good; ``state`` is active or deactivated."""

    id: str
    username: str = Field(examples=["ci"])
    role: str = Field(examples=["requester"])
    state: str = Field(examples=["active"])
    tokens: int
    created_at: str
    deactivated_at: str | None


def view_bots(conn: Connection, bots: Sequence[User], now: datetime) -> list[BotBody]:
    """Everything the API says about the bots."""
    counts = good_tokens(conn, [bot.id for bot in bots], now=now)
    return [_view_bot(bot, counts.get(bot.id, 0)) for bot in bots]


def _view_bot(bot: User, tokens: int) -> BotBody:
    return BotBody(
        id=bot.id,
        username=bot.username,
        role=bot.role,
        state="deactivated" if bot.deactivated_at else "active",
        tokens=tokens,
        created_at=moment(bot.created_at),
        deactivated_at=moment(bot.deactivated_at) if bot.deactivated_at else None,
    )
