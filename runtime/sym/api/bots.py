"""Bots as the API shows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from sym.api.views import moment
from sym.store.database import Connection
from sym.store.identities import Identity, identities_of
from sym.store.tokens import good_tokens
from sym.store.users import User

# What PostgreSQL takes for text. Bodies are held to that already, queries are not.
PLAIN = "^[^\\x00]*$"


class BotBody(BaseModel):
    """A bot. ``tokens`` is how many of its tokens are good; ``state`` is active or deactivated."""

    id: str
    username: str = Field(examples=["ci"])
    role: str = Field(examples=["requester"])
    state: str = Field(examples=["active"])
    tokens: int
    created_at: str
    deactivated_at: str | None


class IdentityKey(BaseModel):
    """An account of a service: what its integration calls ``type`` and ``external_id``."""

    model_config = ConfigDict(extra="forbid", strict=True)

    service_type: str = Field(min_length=1, max_length=64, pattern=PLAIN, examples=["okta"])
    external_id: str = Field(min_length=1, max_length=512, pattern=PLAIN, examples=["acme.okta.com"])


class IdentityBody(IdentityKey):
    """Who somebody is in an account of a service: ``user_id`` is what the service calls them."""

    user_id: str = Field(min_length=1, max_length=512, examples=["00u1a2b3"])


class BotIdentitiesBody(BaseModel):
    """Who a bot is in services, by type and account."""

    identities: list[IdentityBody]


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


def view_identities(conn: Connection, user: User) -> BotIdentitiesBody:
    """Who a user is in services."""
    return BotIdentitiesBody(identities=[_view_identity(item) for item in identities_of(conn, user.id)])


def _view_identity(identity: Identity) -> IdentityBody:
    return IdentityBody(
        service_type=identity.service, external_id=identity.service_id, user_id=identity.external_user_id
    )
