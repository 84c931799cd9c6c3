"""``POST /users``."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from sym.api.administration import KnownAdministrator
from sym.api.identities import NewIdentityBody
from sym.api.people import PersonBody, view_person
from sym.api.route import api_router
from sym.engine.administration.identities import give_identity
from sym.engine.administration.people import LONGEST_NAME, Newcomer, create_person

router = api_router("users")


class NewUserBody(BaseModel):
    """A person who gets an account, and who they are elsewhere."""

    model_config = ConfigDict(extra="forbid", strict=True)

    email: str = Field(min_length=3, max_length=320, examples=["ann@acme.example"])
    role: Literal["admin", "member", "guest"] = "member"
    first_name: str | None = Field(default=None, max_length=LONGEST_NAME)
    last_name: str | None = Field(default=None, max_length=LONGEST_NAME)
    identities: list[NewIdentityBody] = Field(default_factory=list, max_length=100)


@router.post("/users")
def create_user(body: NewUserBody, admin: KnownAdministrator) -> PersonBody:
    """Give a person an account, for admins. 409 if the address is taken, or an identity is somebody else's."""
    newcomer = Newcomer(email=body.email, role=body.role, first_name=body.first_name, last_name=body.last_name)
    with admin.services.store.transaction() as conn:
        user = create_person(conn, newcomer, actor=admin.actor, now=admin.now)
        for identity in body.identities:
            give_identity(conn, user, identity.of(user.id), actor=admin.actor, now=admin.now)
        return view_person(conn, user)
