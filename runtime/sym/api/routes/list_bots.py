"""``GET /bots``."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query
from pydantic import BaseModel

from sym.api.administration import KnownAdministrator
from sym.api.bots import BotBody, view_bots
from sym.api.paging import Cursor, Limit, cursor_of, key_of
from sym.api.route import api_router
from sym.errors import Invalid
from sym.store.bots import page_of_bots

router = api_router("bots")


class BotsBody(BaseModel):
    """Bots by name, a page of them."""

    bots: list[BotBody]
    next_cursor: str | None


@router.get("/bots")
def list_bots(
    admin: KnownAdministrator,
    *,
    role: Annotated[
        Literal["requester", "member", "admin"] | None, Query(description="Only bots in this role.")
    ] = None,
    state: Annotated[Literal["active", "deactivated"] | None, Query(description="Left out: all of them.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> BotsBody:
    """The bots, deleted ones included, and how many good tokens each has."""
    after = key_of(cursor, 1)
    if after is not None and not after[0].isprintable():
        raise Invalid("That is no cursor.", path="cursor", code="API:INVALID_REQUEST")
    with admin.services.store.reading() as conn:
        found = page_of_bots(conn, role=role, state=state, after=after[0] if after else None, limit=limit + 1)
        bots = view_bots(conn, found[:limit], admin.now)
    return BotsBody(bots=bots, next_cursor=cursor_of(bots[-1].username) if len(found) > limit else None)
