"""``GET /users/{id}``."""

from __future__ import annotations

from sym.api.administration import KnownAdministrator
from sym.api.people import PersonBody, found_person, view_person
from sym.api.route import api_router

router = api_router("users")


@router.get("/users/{user_id}")
def get_user(user_id: str, admin: KnownAdministrator) -> PersonBody:
    """A person, for admins; for oneself there is `GET /users/me`."""
    with admin.services.store.reading() as conn:
        return view_person(conn, found_person(conn, user_id))
