"""``GET /users/me``."""

from __future__ import annotations

from pydantic import BaseModel

from sym.api.people import PersonBody, view_person
from sym.api.route import api_router
from sym.api.views import moment
from sym.api.wiring import KnownCaller, UsedServices
from sym.store.organizations import require_organization

router = api_router("users")


class OrganizationBody(BaseModel):
    """Whose server this is; ``slug`` is the first part of every SRN."""

    id: str
    slug: str


class OwnTokenBody(BaseModel):
    """What is known of the token that was sent; never the token."""

    jti: str
    label: str
    issued_at: str
    expires_at: str


class MeBody(BaseModel):
    """Who asks."""

    user: PersonBody
    organization: OrganizationBody
    token: OwnTokenBody


@router.get("/users/me")
def get_me(caller: KnownCaller, services: UsedServices) -> MeBody:
    """Who the token speaks for, in which organization, and until when; for everybody."""
    with services.store.reading() as conn:
        org = require_organization(conn)
        user = view_person(conn, caller.user)
    token = OwnTokenBody(
        jti=caller.token.jti,
        label=caller.token.label,
        issued_at=moment(caller.token.issued_at),
        expires_at=moment(caller.token.expires_at),
    )
    return MeBody(user=user, organization=OrganizationBody(id=org.id, slug=org.slug), token=token)
