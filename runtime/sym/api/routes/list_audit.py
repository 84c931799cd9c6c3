"""``GET /audit``."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel

from sym.api.audit import After, continued, cut
from sym.api.auth import Caller
from sym.api.paging import Cursor, Moment, searched
from sym.api.route import api_router
from sym.api.wiring import KnownCaller, Services, UsedServices
from sym.audit.events import ActionRefused
from sym.engine.journal import actor_of
from sym.errors import Refused
from sym.store.audit import Filter, append, entries
from sym.store.organizations import require_organization

router = api_router("audit")


class AuditPage(BaseModel):
    """Entries of the audit log, oldest first; ``next_cursor``, and as the older way ``next_after``, continue after the
    last one, null: that was all."""

    entries: list[dict[str, Any]]
    next_cursor: str | None
    next_after: int | None


class AuditQuery(BaseModel):
    """Which entries are meant. ``flow`` is the name of the flow whose runs are meant, ``user`` the id of somebody the
    entry names; ``since`` is included, ``until`` is not."""

    model_config = {"extra": "forbid"}

    run: Annotated[str | None, searched(36, "The id of the run they are about.")] = None
    flow: Annotated[str | None, searched(255, "The name of the flow of their runs.")] = None
    user: Annotated[
        str | None,
        Query(min_length=36, max_length=36, pattern="^[0-9a-fA-F-]*$", description="The id of somebody they name."),
    ] = None
    name: Annotated[
        str | None,
        searched(64, "The name of the event.", "run.approved"),
    ] = None
    since: Annotated[Moment | None, Query(description="Recorded then or later.")] = None
    until: Annotated[Moment | None, Query(description="Recorded before that.")] = None
    after: After = 0
    cursor: Cursor = None
    limit: Annotated[int, Query(ge=1, le=1000, description="How many at most.")] = 200


@router.get("/audit")
def list_audit(query: Annotated[AuditQuery, Query()], caller: KnownCaller, services: UsedServices) -> AuditPage:
    """The audit log, for admins."""
    if caller.user.role != "admin":
        raise _refused(services, caller)
    only = Filter(
        run_id=query.run.lower() if query.run else None, flow=query.flow,
        user_id=query.user.lower() if query.user else None, name=query.name, since=query.since, until=query.until,
    )  # fmt: skip
    with services.store.reading() as conn:
        found = entries(conn, only=only, after_sequence=continued(query.after, query.cursor), limit=query.limit + 1)
    page, cursor, after = cut(found, query.limit)
    return AuditPage(entries=page, next_cursor=cursor, next_after=after)


def _refused(services: Services, caller: Caller) -> Refused:
    refusal = Refused("Only admins may read the audit log.", code="Auth:FORBIDDEN")
    with services.store.transaction() as conn:
        actor = actor_of(require_organization(conn).slug, caller.user)
        entry = ActionRefused(actor=actor, action="audit", code=refusal.code, message=refusal.message)
        append(conn, entry, now=services.clock())
    return refusal
