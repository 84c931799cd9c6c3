"""Leases as the API and the command line show them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from sym.api.views import Person, moment, person_of
from sym.engine.instructions import by_hand, label
from sym.store.database import Connection
from sym.store.grants import Lease


class LeaseBody(BaseModel):
    """One grant. ``status`` is pending, active, ending, ended or stuck; ``identity`` who the requester is at the
    vendor; ``ends_at`` is null for access without an end; ``instructions`` say how to remove it by hand; moments are in
    UTC."""

    lease_id: str
    run_id: str
    status: str
    requester: Person | None
    identity: str | None
    target: str
    target_settings: dict[str, Any]
    integration: dict[str, Any]
    starts_at: str | None
    ends_at: str | None
    ended_at: str | None
    verified_at: str | None
    attempts: int
    next_attempt_at: str | None
    last_error: str | None
    is_preexisting: bool
    closed_reason: str | None
    instructions: str


def view_lease(conn: Connection, lease: Lease) -> LeaseBody:
    """Everything the API says about a lease."""
    person = person_of(conn, lease.requester_id)
    known_as = (person.email or person.username) if person else lease.requester_id
    times = {name: getattr(lease, name) for name in
             ("starts_at", "ends_at", "ended_at", "verified_at", "next_attempt_at")}  # fmt: skip
    return LeaseBody(
        lease_id=lease.id,
        run_id=lease.run_id,
        status=lease.status,
        requester=person,
        identity=_at_vendor(lease),
        target=label(lease.snapshot),
        target_settings=(lease.snapshot.get("target") or {}).get("settings") or {},
        integration=lease.key_document.get("integration") or {},
        attempts=lease.attempts,
        last_error=lease.last_error,
        is_preexisting=lease.preexisting,
        closed_reason=lease.closed_reason,
        instructions=by_hand(lease.snapshot, _at_vendor(lease), known_as),
        **{name: moment(when) if when else None for name, when in times.items()},
    )


def _at_vendor(lease: Lease) -> str | None:
    return lease.identity if lease.identity != lease.requester_id else None
