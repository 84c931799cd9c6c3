"""``GET /leases``."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel

from sym.api.leases import LeaseBody, view_lease
from sym.api.paging import Cursor, Limit, cursor_of, key_of, moment_of, searched
from sym.api.route import api_router
from sym.api.wiring import KnownCaller, UsedServices
from sym.errors import Invalid, Refused
from sym.store.database import Connection
from sym.store.grants import LIVE, Lease
from sym.store.grants import list_leases as stored_leases
from sym.store.users import User, find_user

router = api_router("leases")
STATUSES = ("pending", "active", "ending", "ended", "stuck")


class LeasesBody(BaseModel):
    """Leases, the earliest begun first; ``next_cursor``, and as the older way ``next_offset``, continue after the
    last one, null: that was all."""

    leases: list[LeaseBody]
    next_cursor: str | None
    next_offset: int | None


class LeasesQuery(BaseModel):
    """Which leases are meant."""

    model_config = {"extra": "forbid"}

    status: Annotated[
        str | None, Query(max_length=16, examples=["stuck"], description="Left out: whatever has not ended.")
    ] = None
    user: Annotated[str | None, searched(320, "A username or e-mail address.")] = None
    limit: Limit = 100
    cursor: Cursor = None
    offset: Annotated[
        int, Query(ge=0, le=10_000_000, description="How many to leave out; `cursor` misses none that move.")
    ] = 0


@router.get("/leases")
def list_leases(query: Annotated[LeasesQuery, Query()], caller: KnownCaller, services: UsedServices) -> LeasesBody:
    """Who holds what, until when, and how to remove it by hand: everything for admins, one's own for everybody else."""
    if query.status is not None and query.status not in STATUSES:
        raise Invalid(f"There is no status {query.status!r}.", hint=f"Write one of {', '.join(STATUSES)}.",
                      path="status", code="API:INVALID_REQUEST")  # fmt: skip
    key = key_of(query.cursor, 2)
    with services.store.reading() as conn:
        whose = _whose(conn, caller.user, query.user)
        found = stored_leases(
            conn, statuses=[query.status] if query.status else LIVE, requester_id=whose, limit=query.limit + 1,
            offset=query.offset, after=(moment_of(key[0]) if key[0] else None, key[1]) if key else None,
        )  # fmt: skip
        page = found[: query.limit]
        leases = [view_lease(conn, lease) for lease in page]
    if len(found) == len(page):
        return LeasesBody(leases=leases, next_cursor=None, next_offset=None)
    following = None if key else query.offset + query.limit
    return LeasesBody(leases=leases, next_cursor=_cursor(page[-1]), next_offset=following)


def _cursor(lease: Lease) -> str:
    return cursor_of(lease.starts_at.isoformat() if lease.starts_at else "", lease.id)


def _whose(conn: Connection, caller: User, named: str | None) -> str | None:
    """The id of the user whose leases are listed, None for everybody's. Raises Refused for somebody else's."""
    if named is None:
        return None if caller.role == "admin" else caller.id
    if named.lower() in (caller.username, caller.email):
        return caller.id
    # Said before anybody is looked up: others may not find out whom the store knows.
    if caller.role != "admin":
        raise Refused("Only admins may see other people's access.", code="Auth:FORBIDDEN")
    asked = find_user(conn, username=named) or find_user(conn, email=named)
    return asked.id if asked else ""
