"""``DELETE /users/{id}``."""

from __future__ import annotations

from sym.api.administration import KnownAdministrator
from sym.api.people import PersonBody, found_person, view_person
from sym.api.route import api_router
from sym.engine.administration.people import deactivate_person

router = api_router("users")


@router.delete("/users/{user_id}")
def delete_user(user_id: str, admin: KnownAdministrator) -> PersonBody:
    """Close a person's account, for admins: they can ask for nothing and decide nothing, and their tokens are invalid.
    What they did stays on record. 409 for the last admin."""
    with admin.services.store.transaction() as conn:
        user = found_person(conn, user_id)
        closed = deactivate_person(conn, admin.services.inbound.queue, user.id, actor=admin.actor, now=admin.now)
        return view_person(conn, closed)
