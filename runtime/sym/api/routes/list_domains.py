"""``GET /domains``."""

from __future__ import annotations

from pydantic import BaseModel

from sym.api.administration import KnownAdministrator
from sym.api.domains import DomainBody, view_domain
from sym.api.paging import Cursor, Limit, key_of, page_of
from sym.api.route import api_router
from sym.store.domains import list_domains as stored_domains

router = api_router("domains")


class DomainsBody(BaseModel):
    """Domains by name, a page of them."""

    domains: list[DomainBody]
    next_cursor: str | None


@router.get("/domains")
def list_domains(admin: KnownAdministrator, limit: Limit = 100, cursor: Cursor = None) -> DomainsBody:
    """The domains of e-mail addresses whose people join as members."""
    with admin.services.store.reading() as conn:
        found = stored_domains(conn)
    page, following = page_of(found, lambda one: (one.name,), after=key_of(cursor, 1), limit=limit)
    return DomainsBody(domains=[view_domain(one) for one in page], next_cursor=following)
