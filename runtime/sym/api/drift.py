"""Drift as the API and the command line show it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from sym.api.views import Person, moment, person_of
from sym.store.database import Connection
from sym.store.drift import Finding, last_check, list_findings
from sym.store.identities import users_with_identity


class FindingBody(BaseModel):
    """``kind`` is ``unapproved`` (access that no request led to) or ``vanished`` (access that should be there and is
    not). ``identity`` is who has it, as the service knows them, and ``person`` whose identity that is, null if nobody
    here has it."""

    kind: str
    identity: str
    person: Person | None
    target: str
    target_type: str
    target_settings: dict[str, Any]
    integration: dict[str, Any]
    strategy: str
    flow: str
    lease_id: str | None
    first_seen_at: str
    last_seen_at: str


class DriftBody(BaseModel):
    """What differs between what services grant and what was approved. ``checked_at`` is when that was looked for last,
    null if it never was; ``is_complete`` whether all ``places`` there are were asked by then; ``problems`` say which
    could not be."""

    checked_at: str | None
    is_complete: bool
    places: int
    problems: list[str]
    findings: list[FindingBody]


def view_drift(conn: Connection) -> DriftBody:
    """Everything the API says about drift."""
    check = last_check(conn)
    finished = check.finished_at if check else None
    return DriftBody(
        checked_at=moment(finished) if finished else None,
        is_complete=bool(check and finished and check.reached is None),
        places=check.checked if check else 0,
        problems=check.problems if check else [],
        findings=[_view(conn, item) for item in list_findings(conn)],
    )


def _view(conn: Connection, item: Finding) -> FindingBody:
    place, account = item.place, item.place["integration"]
    users = users_with_identity(conn, account["type"], account["external_id"], item.identity)
    return FindingBody(
        kind=item.kind, identity=item.identity, person=person_of(conn, users[0].id) if users else None,
        target=place["label"], target_type=place["target"]["type"], target_settings=place["target"]["settings"],
        integration=account, strategy=place["strategy"], flow=place["flow"], lease_id=item.lease_id,
        first_seen_at=moment(item.first_seen_at), last_seen_at=moment(item.last_seen_at),
    )  # fmt: skip
