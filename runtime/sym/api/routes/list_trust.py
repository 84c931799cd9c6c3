"""``GET /trust``."""

from __future__ import annotations

from pydantic import BaseModel

from sym.api.administration import KnownAdministrator
from sym.api.paging import Cursor, Limit, key_of, page_of
from sym.api.route import api_router
from sym.api.trusts import TrustBody, view_trust
from sym.audit.entry import timestamp
from sym.store.trust import Trust
from sym.store.trust import list_trust as stored

router = api_router("trust")


class TrustsBody(BaseModel):
    """Trust in CI jobs, the oldest first."""

    trust: list[TrustBody]
    next_cursor: str | None


@router.get("/trust")
def list_trust(administrator: KnownAdministrator, limit: Limit = 100, cursor: Cursor = None) -> TrustsBody:
    """Which CI jobs may act as which bots."""
    after = key_of(cursor, 2)
    with administrator.services.store.reading() as conn:
        page, following = page_of(stored(conn), _key, after=after, limit=limit)
        return TrustsBody(trust=[view_trust(conn, one) for one in page], next_cursor=following)


def _key(trust: Trust) -> tuple[str, ...]:
    return timestamp(trust.created_at), trust.id
