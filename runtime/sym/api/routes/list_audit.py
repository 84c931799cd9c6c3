"""``GET /audit``."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query
from pydantic import AwareDatetime, BaseModel

from sym.api.auth import Caller
from sym.api.route import api_router
from sym.api.wiring import KnownCaller, Services, UsedServices
from sym.audit.events import ActionRefused
from sym.engine.journal import actor_of
from sym.errors import Refused
from sym.store.audit import Filter, append, entries
from sym.store.organizations import require_organization

router = api_router("audit")


class AuditPage(BaseModel):
    """Entries of the audit log, oldest first; ``next_after`` continues after the last one, null: that was all."""

    entries: list[dict[str, Any]]
    next_after: int | None


class AuditQuery(BaseModel):
    """Which entries are meant. ``flow`` is the name of the flow whose runs are meant, ``user`` the id of somebody the
    entry names; ``since`` is included, ``until`` is not."""

    model_config = {"extra": "forbid"}

    run: Annotated[str | None, Query(max_length=36)] = None
    flow: Annotated[str | None, Query(max_length=255)] = None
    user: Annotated[str | None, Query(min_length=36, max_length=36)] = None
    name: Annotated[str | None, Query(max_length=64, examples=["run.approved"])] = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    after: Annotated[int, Query(ge=0, le=2**62, description="The sequence number to continue after.")] = 0
    limit: Annotated[int, Query(ge=1, le=1000)] = 200


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
        found = entries(conn, only=only, after_sequence=query.after, limit=query.limit)
    return AuditPage(entries=found, next_after=found[-1]["sequence"] if len(found) == query.limit else None)


def _refused(services: Services, caller: Caller) -> Refused:
    refusal = Refused("Only admins may read the audit log.", code="Auth:FORBIDDEN")
    with services.store.transaction() as conn:
        actor = actor_of(require_organization(conn).slug, caller.user)
        entry = ActionRefused(actor=actor, action="audit", code=refusal.code, message=refusal.message)
        append(conn, entry, now=services.clock())
    return refusal
