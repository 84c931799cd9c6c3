"""``POST /login``."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from sym.api.auth import issue
from sym.api.route import open_router
from sym.api.wiring import UsedServices
from sym.oidc.login import log_in as logged_in

router = open_router("login")


class IdTokenBody(BaseModel):
    """What proves who somebody is."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id_token: str = Field(min_length=1, max_length=16384, description="An ID token of the issuer, never used before.")
    nonce_secret: str | None = Field(
        default=None, min_length=32, max_length=256, examples=["c7eYxQ4nU0bR2mVw8kZp1sLj5tHd9aFg3iNo6qEu"],
        description="The text whose SHA-256, in base64url without padding, is the ID token's nonce.",
    )  # fmt: skip


class SessionBody(BaseModel):
    """A token of ours, and whose it is. It is shown this once."""

    access_token: str
    expires_at: datetime
    token_id: str = Field(description="What it is revoked by.")
    org: str
    email: str
    role: str


@router.post("/login")
def log_in(body: IdTokenBody, services: UsedServices) -> SessionBody:
    """Exchange an ID token for a token of ours, good for twelve hours. Needs no token."""
    done = logged_in(services.store, services.oidc, body.id_token, body.nonce_secret, services.clock())
    return SessionBody(
        access_token=issue(services.keys, done.token, done.user, done.org), expires_at=done.token.expires_at,
        token_id=done.token.jti, org=done.org, email=done.user.email or done.user.username, role=done.user.role,
    )  # fmt: skip
