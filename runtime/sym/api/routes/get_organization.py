"""``GET /organization``."""

from __future__ import annotations

from pydantic import BaseModel, Field

from sym.api.administration import KnownAdministrator
from sym.api.route import api_router
from sym.api.views import moment
from sym.store.organizations import require_organization

router = api_router("organization")


class OrganizationBody(BaseModel):
    """Whose server this is. ``slug`` is the first part of every SRN."""

    id: str
    slug: str = Field(examples=["acme"])
    created_at: str


@router.get("/organization")
def get_organization(admin: KnownAdministrator) -> OrganizationBody:
    """The organization."""
    with admin.services.store.reading() as conn:
        found = require_organization(conn)
    return OrganizationBody(id=found.id, slug=found.slug, created_at=moment(found.created_at))
