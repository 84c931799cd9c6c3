"""``PATCH /users/{id}``."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from sym.api.administration import KnownAdministrator
from sym.api.people import PersonBody, found_person, view_person
from sym.api.route import api_router
from sym.engine.administration.people import LONGEST_NAME, update_person
from sym.errors import Invalid

router = api_router("users")


class UserChangesBody(BaseModel):
    """What is to change; what is left out stays as it is. A name that is null or empty is removed."""

    model_config = ConfigDict(extra="forbid", strict=True)

    role: Literal["admin", "member", "guest"] | None = None
    first_name: str | None = Field(default=None, max_length=LONGEST_NAME)
    last_name: str | None = Field(default=None, max_length=LONGEST_NAME)
    deactivated: bool | None = Field(default=None, description="True closes the account, false opens it again.")


@router.patch("/users/{user_id}")
def update_user(user_id: str, body: UserChangesBody, admin: KnownAdministrator) -> PersonBody:
    """Change a person's role or name, close or open their account; for admins. All of it or nothing; 409 if nobody
    would be an admin any more."""
    changes = body.model_dump(exclude_unset=True)
    if any(changes.get(key, "") is None for key in ("role", "deactivated")):
        raise Invalid("Leave out what is to stay: null is no value.", path="role", code="API:INVALID_REQUEST")
    with admin.services.store.transaction() as conn:
        user = found_person(conn, user_id)
        return view_person(
            conn, update_person(conn, admin.services.inbound.queue, user.id, changes, actor=admin.actor, now=admin.now)
        )
