"""``GET /runs``."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel

from sym.api.paging import Cursor, Limit, Moment, cursor_of, key_of, moment_of, searched
from sym.api.route import api_router
from sym.api.views import RunBody, known_id, view_run
from sym.api.wiring import KnownCaller, UsedServices
from sym.engine.run_status import RunStatus
from sym.errors import Refused
from sym.store.database import Connection
from sym.store.runs import Filter, Run
from sym.store.runs import list_runs as stored_runs
from sym.store.users import User, find_user, get_user

router = api_router("runs")
NOBODY = "nobody"
"""An id that no user has."""


class RunsBody(BaseModel):
    """Runs, newest first; ``next_cursor`` continues after the last one, null: that was all."""

    runs: list[RunBody]
    next_cursor: str | None


class RunsQuery(BaseModel):
    """Which runs are meant."""

    model_config = {"extra": "forbid"}

    status: Annotated[RunStatus | None, Query(examples=["requested"], description="Their status.")] = None
    flow: Annotated[str | None, searched(512, "The name or SRN of their flow.")] = None
    requester: Annotated[str | None, searched(320, "A username, e-mail address or id of who asked.")] = None
    since: Annotated[Moment | None, Query(description="Asked for then or later.")] = None
    until: Annotated[Moment | None, Query(description="Asked for before that.")] = None
    limit: Limit = 100
    cursor: Cursor = None


@router.get("/runs")
def list_runs(query: Annotated[RunsQuery, Query()], caller: KnownCaller, services: UsedServices) -> RunsBody:
    """The newest runs: all of them for admins and bots, one's own for everybody else."""
    key = key_of(query.cursor, 2)
    after = (moment_of(key[0]), key[1]) if key else None
    with services.store.reading() as conn:
        only = Filter(
            status=query.status, flow=_slug(query.flow), requester_id=_whose(conn, caller.user, query.requester),
            since=query.since, until=query.until,
        )  # fmt: skip
        found = stored_runs(conn, only=only, after=after, limit=query.limit + 1)
        page = found[: query.limit]
        following = _cursor(page[-1]) if len(found) > len(page) else None
        return RunsBody(runs=[view_run(conn, run) for run in page], next_cursor=following)


def _cursor(run: Run) -> str:
    return cursor_of(run.created_at.isoformat(), run.id)


def _slug(flow: str | None) -> str | None:
    if flow is None:
        return None
    parts = flow.split(":")
    return (parts[2] if len(parts) > 2 else flow).lower()


def _whose(conn: Connection, caller: User, named: str | None) -> str | None:
    """The id of the user whose runs are listed, None for everybody's. Raises Refused for somebody else's."""
    sees_all = caller.role == "admin" or caller.type == "bot"
    if named is None:
        return None if sees_all else caller.id
    # Said before anybody is looked up: others may not find out whom the store knows.
    is_self = named.lower() in (caller.id, caller.username, caller.email)
    if not sees_all and not is_self:
        raise Refused("Only admins and bots may see other people's requests.", code="Auth:FORBIDDEN")
    if is_self:
        return caller.id
    by_id = get_user(conn, known_id(named) or NOBODY)
    found = by_id or find_user(conn, username=named.lower()) or find_user(conn, email=named.lower())
    return found.id if found else NOBODY
