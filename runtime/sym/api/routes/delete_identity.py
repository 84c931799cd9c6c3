"""``DELETE /users/{id}/identities``."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from sym.api.administration import KnownAdministrator
from sym.api.identities import AccountBody, IdentitiesBody, view_identities
from sym.api.people import found_person
from sym.api.route import api_router
from sym.engine.administration.identities import take_identity

router = api_router("users")


@router.delete("/users/{user_id}/identities")
def delete_identity(user_id: str, place: Annotated[AccountBody, Query()], admin: KnownAdministrator) -> IdentitiesBody:
    """Forget who a person is in an account of a service, for admins; gives what is left."""
    with admin.services.store.transaction() as conn:
        user = found_person(conn, user_id)
        take_identity(conn, user, place.service_type, place.external_id, actor=admin.actor, now=admin.now)
        return view_identities(conn, user.id)
