"""``DELETE /trust/{trust_id}``."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

from sym.api.administration import KnownAdministrator
from sym.api.route import api_router
from sym.api.trusts import TrustBody, view_trust
from sym.store import trust

router = api_router("trust")


@router.delete("/trust/{trust_id}")
def remove_trust(
    trust_id: Annotated[str, Path(max_length=64, pattern="^[A-Za-z0-9-]+$")], administrator: KnownAdministrator
) -> TrustBody:
    """Trust them no longer. Tokens that were given out are good for the rest of their fifteen minutes."""
    with administrator.services.store.transaction() as conn:
        removed = trust.remove_trust(conn, trust_id.lower(), actor=administrator.actor, now=administrator.now)
        return view_trust(conn, removed)
