"""``DELETE /users/{id}/identities``."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from sym.api.administration import KnownAdministrator
from sym.api.identities import IdentitiesBody, view_identity
from sym.api.people import found_person
from sym.api.route import api_router
from sym.engine.administration.identities import take_identity
from sym.store.identities import identities_of

router = api_router("users")


@router.delete("/users/{user_id}/identities")
def delete_identity(
    user_id: str,
    admin: KnownAdministrator,
    service_type: Annotated[str, Query(min_length=1, max_length=64, examples=["okta"])],
    external_id: Annotated[str, Query(min_length=1, max_length=512, examples=["acme.okta.com"])],
) -> IdentitiesBody:
    """Forget who a person is in an account of a service, for admins; gives what is left."""
    with admin.services.store.transaction() as conn:
        user = found_person(conn, user_id)
        take_identity(conn, user, service_type, external_id, actor=admin.actor, now=admin.now)
        found = identities_of(conn, user.id)
    return IdentitiesBody(identities=[view_identity(identity) for identity in found])
