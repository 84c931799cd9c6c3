"""``GET /jwks.json``."""

from __future__ import annotations

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field

from sym.api.route import open_router
from sym.api.wiring import UsedServices
from sym.engine.receipts import PURPOSE, jwks

# Whoever checks a receipt need not have a token.
router = open_router("runs")
_SECONDS = 300


class KeyItem(BaseModel):
    """A public key (RFC 8037)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{
        "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA",
        "kid": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    }]})  # fmt: skip

    kty: str
    crv: str
    use: str
    alg: str
    kid: str
    x: str


class KeysBody(BaseModel):
    """A JSON Web Key Set."""

    keys: list[KeyItem] = Field(description="The newest signs; those that were rotated out still verify.")


@router.get("/jwks.json")
def get_jwks(services: UsedServices, response: Response) -> KeysBody:
    """The public keys that receipts of approvals are signed with. Needs no token; may be kept for five minutes."""
    response.headers["Cache-Control"] = f"public, max-age={_SECONDS}"
    return KeysBody.model_validate(jwks(services.keys.public_keys(PURPOSE)))
