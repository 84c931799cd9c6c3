"""``GET /runs/{run_id}/audit``."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel

from sym.api.audit import After, continued, cut
from sym.api.paging import Cursor
from sym.api.route import api_router
from sym.api.views import visible_run
from sym.api.wiring import KnownCaller, UsedServices
from sym.errors import Refused
from sym.store.audit import entries

router = api_router("runs")


class AuditBody(BaseModel):
    """Entries of the audit log, oldest first; ``next_cursor``, and as the older way ``next_after``, continue after the
    last one, null: that was all."""

    run_id: str
    entries: list[dict[str, Any]]
    next_cursor: str | None
    next_after: int | None


@router.get("/runs/{run_id}/audit")
def list_run_audit(
    run_id: str,
    caller: KnownCaller,
    services: UsedServices,
    *,
    after: After = 0,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="How many at most.")] = 200,
) -> AuditBody:
    """The audit log of one run, for admins and whoever requested it."""
    with services.store.reading() as conn:
        run = visible_run(conn, run_id, caller.user)
        if caller.user.role != "admin" and caller.user.id != run.requester_id:
            raise Refused("Only admins and the requester may read a run's audit log.", code="Auth:FORBIDDEN")
        found = entries(conn, run_id=run.id, after_sequence=continued(after, cursor), limit=limit + 1)
    page, following, last = cut(found, limit)
    return AuditBody(run_id=run.id, entries=page, next_cursor=following, next_after=last)
