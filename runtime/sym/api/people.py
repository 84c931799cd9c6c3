"""People as the API shows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pydantic import BaseModel

from sym.api.identities import IdentityBody, view_identity
from sym.api.views import known_id, moment
from sym.engine import srns
from sym.engine.administration.people import person
from sym.errors import NotFound
from sym.store.database import Connection
from sym.store.identities import Identity, identities_of, identities_of_all
from sym.store.organizations import require_organization
from sym.store.users import User, full_name


class PersonBody(BaseModel):
    """An account. ``state`` is active or deactivated; ``email`` is null for bots, and for whoever came without one."""

    id: str
    srn: str
    username: str
    email: str | None
    type: str
    role: str
    first_name: str | None
    last_name: str | None
    name: str
    state: str
    created_at: str
    deactivated_at: str | None
    identities: list[IdentityBody]


def view_person(conn: Connection, user: User) -> PersonBody:
    """Everything the API says about a user."""
    return _view(require_organization(conn).slug, user, identities_of(conn, user.id))


def view_people(conn: Connection, users: Sequence[User]) -> list[PersonBody]:
    """The same for several, in their order."""
    org = require_organization(conn).slug
    known = identities_of_all(conn, [user.id for user in users])
    return [_view(org, user, known.get(user.id, [])) for user in users]


def _view(org: str, user: User, identities: Iterable[Identity]) -> PersonBody:
    return PersonBody(
        id=user.id,
        srn=srns.user(org, user.type, user.id),
        username=user.username,
        email=user.email,
        type=user.type,
        role=user.role,
        first_name=user.first_name,
        last_name=user.last_name,
        name=full_name(user),
        state="deactivated" if user.deactivated_at else "active",
        created_at=moment(user.created_at),
        deactivated_at=moment(user.deactivated_at) if user.deactivated_at else None,
        identities=[view_identity(identity) for identity in identities],
    )


def found_person(conn: Connection, text: str) -> User:
    """The person whose id ``text`` is. Raises NotFound."""
    user_id = known_id(text)
    if user_id is None:
        raise NotFound("There is no such person.", code="UserAPI:NOT_FOUND")
    return person(conn, user_id)
