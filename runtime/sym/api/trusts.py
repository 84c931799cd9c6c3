"""Trust in CI jobs as the API shows it."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from sym.store.database import Connection
from sym.store.trust import Trust
from sym.store.users import get_user


class TrustBody(BaseModel):
    """Tokens of ``issuer`` for ``audience`` with these claims are exchanged for one of ``bot``'s."""

    id: str
    bot: str
    issuer: str = Field(examples=["https://token.actions.githubusercontent.com"])
    audience: str
    claims: dict[str, str] = Field(examples=[{"repository": "acme/app", "ref": "refs/heads/main"}])
    created_at: datetime


def view_trust(conn: Connection, trust: Trust) -> TrustBody:
    """What is shown of it."""
    bot = get_user(conn, trust.user_id)
    return TrustBody(id=trust.id, bot=bot.username if bot else trust.user_id, issuer=trust.issuer,
                     audience=trust.audience, claims=trust.claims, created_at=trust.created_at)  # fmt: skip
