"""``POST /tokens/exchange``."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from sym.api.auth import issue
from sym.api.route import open_router
from sym.api.wiring import UsedServices
from sym.oidc.trusting import LIFETIME, exchange

router = open_router("tokens", takes_forms=True)

_GRANT: Final = "urn:ietf:params:oauth:grant-type:token-exchange"
_JWT: Final = "urn:ietf:params:oauth:token-type:jwt"
_ACCESS: Final = "urn:ietf:params:oauth:token-type:access_token"


class ExchangeBody(BaseModel):
    """What a CI job brings, as RFC 8693 has it: JSON or a form."""

    model_config = ConfigDict(extra="forbid", strict=True)

    subject_token: str = Field(min_length=1, max_length=16384, description="The job's OpenID Connect token.")
    grant_type: Literal["urn:ietf:params:oauth:grant-type:token-exchange"] = _GRANT
    subject_token_type: Literal[
        "urn:ietf:params:oauth:token-type:jwt", "urn:ietf:params:oauth:token-type:id_token"
    ] = _JWT  # fmt: skip
    requested_token_type: Literal["urn:ietf:params:oauth:token-type:access_token"] = _ACCESS
    audience: str | None = Field(default=None, min_length=1, max_length=512, description="One of the token's.")
    bot: str | None = Field(default=None, min_length=1, max_length=64, description="Where several bots trust the job.")


class ExchangedBody(BaseModel):
    """A token of ours, and whose it is. It is shown this once."""

    access_token: str
    issued_token_type: str = _ACCESS
    token_type: str = "Bearer"  # noqa: S105 - the name of a kind
    expires_in: int = Field(examples=[900], description="In seconds.")
    bot: str
    org: str


@router.post("/tokens/exchange")
def exchange_token(body: ExchangeBody, services: UsedServices) -> ExchangedBody:
    """Exchange a CI job's token for a bot's, good for fifteen minutes. Needs no token of ours."""
    done = exchange(services.store, services.oidc.issuers, body.subject_token, bot=body.bot, audience=body.audience,
                    now=services.clock())  # fmt: skip
    return ExchangedBody(access_token=issue(services.keys, done.token, done.user, done.org),
                         expires_in=int(LIFETIME.total_seconds()), bot=done.user.username, org=done.org)  # fmt: skip
