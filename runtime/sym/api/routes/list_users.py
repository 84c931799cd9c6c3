"""``GET /users``."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query
from pydantic import BaseModel

from sym.api.administration import KnownAdministrator
from sym.api.paging import Cursor, Limit, cursor_of, key_of
from sym.api.people import PersonBody, view_people
from sym.api.route import api_router
from sym.store.users import People, list_people

router = api_router("users")


class UsersBody(BaseModel):
    """People by username; ``next_cursor`` continues after the last one, null: that was all."""

    users: list[PersonBody]
    next_cursor: str | None


@router.get("/users")
def list_users(
    admin: KnownAdministrator,
    *,
    email: Annotated[str | None, Query(max_length=320, description="In any letter case.")] = None,
    role: Literal["admin", "member", "guest"] | None = None,
    state: Literal["active", "deactivated"] | None = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> UsersBody:
    """People, for admins; bots are listed by `GET /bots`."""
    after = key_of(cursor, 1)
    with admin.services.store.reading() as conn:
        which = People(email=email, role=role, state=state)
        found = list_people(conn, which, after=after[0] if after else None, limit=limit + 1)
        page = found[:limit]
        next_cursor = cursor_of(page[-1].username) if len(found) > limit else None
        return UsersBody(users=view_people(conn, page), next_cursor=next_cursor)
