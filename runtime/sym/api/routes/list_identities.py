"""``GET /users/{id}/identities``."""

from __future__ import annotations

from sym.api.administration import KnownAdministrator
from sym.api.identities import IdentitiesBody, view_identities
from sym.api.people import found_person
from sym.api.route import api_router

router = api_router("users")


@router.get("/users/{user_id}/identities")
def list_identities(user_id: str, admin: KnownAdministrator) -> IdentitiesBody:
    """Who a person is in other services, for admins."""
    with admin.services.store.reading() as conn:
        return view_identities(conn, found_person(conn, user_id).id)
