"""Domains as the API shows them."""

from __future__ import annotations

from pydantic import BaseModel, Field

from sym.api.views import moment
from sym.store.domains import Domain


class DomainBody(BaseModel):
    """A domain of e-mail addresses whose people join as members. ``primary`` is the one of the first admin."""

    domain: str = Field(examples=["acme.example"])
    primary: bool
    created_at: str


def view_domain(domain: Domain) -> DomainBody:
    """Everything the API says about a domain."""
    return DomainBody(domain=domain.name, primary=domain.is_primary, created_at=moment(domain.created_at))
