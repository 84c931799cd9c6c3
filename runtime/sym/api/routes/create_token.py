"""``POST /tokens``."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from sym.api.administration import KnownAdministrator
from sym.api.auth import issue
from sym.api.route import api_router
from sym.api.tokens import TokenBody, view_tokens
from sym.engine.administration.tokens import Order, issue_token, lifetime_of
from sym.store.organizations import require_organization

router = api_router("tokens")


class NewTokenBody(BaseModel):
    """A token to be. ``username`` is the bot it speaks for, or one's own name."""

    model_config = ConfigDict(extra="forbid", strict=True)

    username: str = Field(min_length=1, max_length=320, examples=["ci"])
    expiry: str | int = Field(
        examples=["100d", 3600],
        description="How long it is good: a number and s, m, h, d or mo (30 days), or a JSON number of seconds.",
    )
    label: str = Field(default="", max_length=255, description="What it is for.", examples=["pipeline"])


class IssuedBody(TokenBody):
    """A token that was issued, and what is known of it. ``token`` is not kept: this is the only time it is shown."""

    token: str


@router.post("/tokens")
def create_token(body: NewTokenBody, admin: KnownAdministrator) -> IssuedBody:
    """Issue a token for a bot, or for oneself."""
    order = Order(username=body.username, lifetime=lifetime_of(body.expiry), label=body.label)
    with admin.services.store.transaction() as conn:
        token, user = issue_token(
            conn, order, issuer=admin.user, issuer_id=admin.issuer_id, actor=admin.actor, now=admin.now
        )
        signed = issue(admin.services.keys, token, user, require_organization(conn).slug)
        known = view_tokens(conn, [token], admin.now)[0]
    return IssuedBody(**known.model_dump(), token=signed)
