"""``GET /leases``."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel

from sym.api.leases import LeaseBody, view_lease
from sym.api.route import api_router
from sym.api.wiring import KnownCaller, UsedServices
from sym.errors import Invalid, Refused
from sym.store.grants import LIVE
from sym.store.grants import list_leases as stored_leases
from sym.store.users import User, find_user

router = api_router("leases")
STATUSES = ("pending", "active", "ending", "ended", "stuck")


class LeasesBody(BaseModel):
    """Leases, the earliest begun first; ``next_offset`` continues after the last one, null: that was all."""

    leases: list[LeaseBody]
    next_offset: int | None


@router.get("/leases")
def list_leases(
    caller: KnownCaller,
    services: UsedServices,
    *,
    status: Annotated[str | None, Query(max_length=16, description="Left out: whatever has not ended.")] = None,
    user: Annotated[str | None, Query(max_length=320, description="A username or e-mail address.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> LeasesBody:
    """Who holds what, until when, and how to remove it by hand: everything for admins, one's own for everybody else."""
    if status is not None and status not in STATUSES:
        raise Invalid(f"There is no status {status!r}.", hint=f"Write one of {', '.join(STATUSES)}.", path="status",
                      code="API:INVALID_REQUEST")  # fmt: skip
    with services.store.reading() as conn:
        asked = (find_user(conn, username=user) or find_user(conn, email=user)) if user else None
        requester_id = _whose(caller.user, user, asked)
        found = stored_leases(
            conn, statuses=[status] if status else LIVE, requester_id=requester_id, limit=limit, offset=offset
        )
        leases = [view_lease(conn, lease) for lease in found]
    return LeasesBody(leases=leases, next_offset=offset + limit if len(leases) == limit else None)


def _whose(caller: User, named: str | None, asked: User | None) -> str | None:
    """The id of the user whose leases are listed, None for everybody's. Raises Refused for somebody else's."""
    if caller.role == "admin":
        return None if named is None else asked.id if asked else ""
    if named is not None and (asked is None or asked.id != caller.id):
        raise Refused("Only admins may see other people's access.", code="Auth:FORBIDDEN")
    return caller.id
