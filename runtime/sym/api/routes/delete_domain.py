"""``DELETE /domains/{name}``."""

from __future__ import annotations

from pydantic import BaseModel

from sym.api.administration import KnownAdministrator
from sym.api.route import api_router
from sym.store.domains import remove_domain

router = api_router("domains")


class RemovedDomainBody(BaseModel):
    """A domain whose people join as guests from now on."""

    domain: str


@router.delete("/domains/{name}")
def delete_domain(name: str, admin: KnownAdministrator) -> RemovedDomainBody:
    """Let the people of a domain join as guests from now on. Whoever has joined stays what they are."""
    with admin.services.store.transaction() as conn:
        remove_domain(conn, name, actor=admin.actor, now=admin.now)
    return RemovedDomainBody(domain=name.lower())
