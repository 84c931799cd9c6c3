"""``POST /trust``."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from sym.api.administration import KnownAdministrator
from sym.api.route import api_router
from sym.api.trusts import TrustBody, view_trust
from sym.oidc import trusting

router = api_router("trust")


class NewTrustBody(BaseModel):
    """Which jobs may act as which bot."""

    model_config = ConfigDict(extra="forbid", strict=True)

    bot: str = Field(min_length=1, max_length=64)
    issuer: str = Field(min_length=1, max_length=2048, examples=["https://token.actions.githubusercontent.com"])
    audience: str = Field(min_length=1, max_length=512, examples=["https://sym.example.com"])
    claims: dict[str, str] = Field(
        description="What its tokens say, letter for letter; a * at the end is any ending.",
        examples=[{"repository": "acme/app", "ref": "refs/heads/main"}],
    )


@router.post("/trust")
def add_trust(body: NewTrustBody, administrator: KnownAdministrator) -> TrustBody:
    """Let CI jobs act as a bot without a stored token. The same again changes nothing."""
    wanted = trusting.Wanted(bot=body.bot, issuer=body.issuer, audience=body.audience, claims=body.claims)
    with administrator.services.store.transaction() as conn:
        made = trusting.add_trust(conn, wanted, actor=administrator.actor, creator_id=administrator.issuer_id,
                                  now=administrator.now)  # fmt: skip
        return view_trust(conn, made)
