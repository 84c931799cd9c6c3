"""``GET /login``."""

from __future__ import annotations

from pydantic import BaseModel, Field

from sym.api.route import open_router
from sym.api.wiring import UsedServices
from sym.store.organizations import require_organization

router = open_router("login")


class LoginBody(BaseModel):
    """Where people log in: an OpenID Connect issuer, and what the command line is called there."""

    org: str = Field(examples=["acme"])
    issuer: str = Field(examples=["https://id.example.com"])
    client_id: str = Field(examples=["symflow"])
    public_secret: str | None = Field(description="Of issuers that want one from programs everybody can read.")
    scopes: list[str] = Field(examples=[["openid", "email", "profile"]])


@router.get("/login")
def get_login(services: UsedServices) -> LoginBody:
    """How to log in. Needs no token."""
    settings = services.oidc.required()
    with services.store.reading() as conn:
        org = require_organization(conn).slug
    return LoginBody(org=org, issuer=settings.issuer, client_id=settings.client_id,
                     public_secret=settings.public_secret, scopes=list(settings.scopes))  # fmt: skip
