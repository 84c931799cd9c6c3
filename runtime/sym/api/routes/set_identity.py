"""``PUT /users/{id}/identities``."""

from __future__ import annotations

from sym.api.administration import KnownAdministrator
from sym.api.identities import IdentitiesBody, NewIdentityBody, view_identities
from sym.api.people import found_person
from sym.api.route import api_router
from sym.engine.administration.identities import give_identity

router = api_router("users")


@router.put("/users/{user_id}/identities")
def set_identity(user_id: str, body: NewIdentityBody, admin: KnownAdministrator) -> IdentitiesBody:
    """Say who a person is in an account of a service, in place of what was known; for admins. 409 if that is somebody
    else already."""
    with admin.services.store.transaction() as conn:
        user = found_person(conn, user_id)
        give_identity(conn, user, body.of(user.id), actor=admin.actor, now=admin.now)
        return view_identities(conn, user.id)
