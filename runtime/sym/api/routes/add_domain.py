"""``POST /domains``."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from sym.api.administration import KnownAdministrator
from sym.api.domains import DomainBody, view_domain
from sym.api.route import api_router
from sym.engine.administration.domains import join_by

router = api_router("domains")


class NewDomainBody(BaseModel):
    """A domain, as it is in e-mail addresses."""

    model_config = ConfigDict(extra="forbid", strict=True)

    domain: str = Field(min_length=1, max_length=255, examples=["acme.example"])


@router.post("/domains")
def add_domain(body: NewDomainBody, admin: KnownAdministrator) -> DomainBody:
    """Let the people of a domain join as members from now on. A domain below it is one of its own."""
    with admin.services.store.transaction() as conn:
        return view_domain(join_by(conn, body.domain, actor=admin.actor, now=admin.now))
