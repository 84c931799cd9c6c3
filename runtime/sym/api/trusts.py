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
    added_by: str | None = Field(
        description="Who said so; null: whoever holds the store.", examples=["root@acme.example"]
    )
    flagged: bool = Field(description="Whoever added it has left: somebody should look at it.")


def view_trust(conn: Connection, trust: Trust) -> TrustBody:
    """What is shown of it."""
    bot = get_user(conn, trust.user_id)
    adder = get_user(conn, trust.creator_id) if trust.creator_id else None
    return TrustBody(id=trust.id, bot=bot.username if bot else trust.user_id, issuer=trust.issuer,
                     audience=trust.audience, claims=trust.claims, created_at=trust.created_at,
                     added_by=adder.username if adder else trust.creator_id,
                     flagged=adder is not None and adder.deactivated_at is not None)  # fmt: skip
