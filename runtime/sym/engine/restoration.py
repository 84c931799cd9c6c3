"""Taking back what a restored store has forgotten: runs and leases with the ids and ends they had.

What is put back is as if it had never been away: the ordinary sweeper ends it when its time has come, at once if that
is over. What the store does not know any more (a person, a flow) is stood in for.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sym.engine.commit import Raced
from sym.engine.journal import record
from sym.engine.ledger_files import Entry
from sym.engine.recovery import Forgotten
from sym.engine.views import load_world
from sym.errors import Conflict, Invalid
from sym.store.database import Connection, Store
from sym.store.events import Event, events_of_run, insert_event, move_event
from sym.store.grants import Lease, get_lease
from sym.store.identities import Identity, identities_of, save_identity
from sym.store.recovery import leave_recovery, recoveries, restore_lease, restore_user, restore_version
from sym.store.resources import StoredResource, latest_version, version_of
from sym.store.runs import Run, get_run, insert_run, move_run
from sym.store.users import User, find_user, get_user

_PLACEHOLDER_VERSION = 0
"""Of a flow the store knows in no version: a number that declaring it again does not take."""


def take_back(store: Store, item: Forgotten, now: datetime) -> None:
    """Put one lease, its run and the end of its access back, and record it, in one transaction.

    Raises Invalid if the ledger does not say enough, Conflict if the lease was changed at the same moment: try again.
    """
    if item.known is None and not item.entry.is_complete:
        raise Invalid(f"The ledger does not hold all that would end the lease {item.entry.lease_id}.",
                      hint="Remove the access by hand: `symflow leases export --ledger DIR` lists it.")  # fmt: skip
    try:
        with store.transaction() as conn:
            _take_back(conn, item, now)
    except Raced:
        raise Conflict(f"The lease {item.entry.lease_id} was changed at the same moment.", hint="Try again.") from None


def _take_back(conn: Connection, item: Forgotten, now: datetime) -> None:
    entry = item.entry
    before = get_lease(conn, entry.lease_id) if item.known else None
    is_ending = before is not None and before.status in ("ending", "stuck")
    ends_at = entry.moment("ends_at") if entry.is_live else now
    run = _run(conn, entry, before, now)
    if not is_ending:
        moved = move_run(conn, run, status="escalated", expires_at=ends_at, updated_at=now)
        if moved is None:
            raise Raced
        run = moved
    lease = _lease(entry, before, run)
    lease = replace(lease, status=before.status if before and is_ending else "active", ends_at=ends_at)
    if not restore_lease(conn, lease, known_version=before.version if before else None):
        raise Raced
    granted = _finish_events(conn, run, lease, now, leaves_ending=is_ending)
    if not is_ending and ends_at is not None:
        insert_event(conn, _end(run, ends_at, now))
    world = load_world(conn, run, granted, lease.snapshot["flow"])
    record(conn, "lease.recovered", world, now=now)


def _run(conn: Connection, entry: Entry, lease: Lease | None, now: datetime) -> Run:
    """The run as the store has it, else as the ledger knows it."""
    about = entry.document.get("run") or {}
    found = get_run(conn, lease.run_id if lease else about["id"], lock=True)
    if found is not None:
        return found
    requester_id = _requester(conn, entry, now)
    flow = _flow(conn, entry, now)
    # The account may have another id by now; without somebody who asked nobody could be removed.
    actors = {name: requester_id if actor == entry.requester["id"] else actor
              for name, actor in about["actors"].items()}  # fmt: skip
    made = Run(
        id=about["id"], flow_id=flow.id, flow_slug=flow.slug, flow_version=flow.version, requester_id=requester_id,
        status="escalated", source=about["source"], fields=about["fields"], target_id=about["target_id"],
        target_version=about["target_version"], duration=about["duration"], actors={"request": requester_id, **actors},
        created_at=datetime.fromisoformat(about["created_at"]), updated_at=now,
    )  # fmt: skip
    insert_run(conn, made)
    return made


def _requester(conn: Connection, entry: Entry, now: datetime) -> str:
    """The id of who was granted: of an account that is there, or of one that stands in and can do nothing."""
    person = entry.requester
    username = str(person.get("username") or f"recovered-{person['id']}")
    email = person.get("email")
    user = get_user(conn, person["id"]) or find_user(conn, username=username)
    user = user or (find_user(conn, email=email) if email else None)
    if user is None:
        user = User(id=person["id"], username=username, email=email, type="normal", role="guest", created_at=now)
        restore_user(conn, user, now=now)
    _remember_identity(conn, user, entry, now)
    return user.id


def _remember_identity(conn: Connection, user: User, entry: Entry, now: datetime) -> None:
    integration = entry.document["key_document"].get("integration") or {}
    service, account, known_as = integration.get("type"), integration.get("external_id"), entry.document.get("identity")
    if not service or not account or not known_as or known_as == entry.requester["id"]:
        return
    if not any((item.service, item.service_id) == (service, account) for item in identities_of(conn, user.id)):
        identity = Identity(user_id=user.id, service=service, service_id=account, external_user_id=known_as)
        save_identity(conn, identity, now)


def _flow(conn: Connection, entry: Entry, now: datetime) -> StoredResource:
    """The version the run was pinned to, else the newest the store has, else one without code that stands in."""
    about = entry.document["run"]
    flow_id = about["flow_id"]
    found = version_of(conn, flow_id, about["flow_version"]) or latest_version(conn, flow_id)
    if found is None:
        strategy = entry.document["snapshot"]["flow"].get("strategy") or {}
        document = {"name": about["flow_slug"], "implementation": "", "params": [{"strategy_id": strategy.get("id")}]}
        found = StoredResource(
            id=flow_id, name="flow", type="", slug=about["flow_slug"], version=_PLACEHOLDER_VERSION,
            document=document, created_at=now, updated_at=now,
        )  # fmt: skip
        restore_version(conn, found)
    return found


def _lease(entry: Entry, before: Lease | None, run: Run) -> Lease:
    """The lease with what the ledger says of it, one version further than the ledger has seen."""
    told = entry.document
    changes: dict[str, Any] = {"version": entry.version + 1, "ended_at": None, "verified_at": None}
    if "key" in told:
        changes |= {name: told[name] for name in ("key", "key_document", "identity", "preexisting", "output")}
        changes |= {"starts_at": entry.moment("starts_at")}
    if before is not None:
        return replace(before, **changes)
    return Lease(
        id=entry.lease_id, run_id=run.id, status="active", requester_id=run.requester_id, snapshot=told["snapshot"],
        **changes,
    )  # fmt: skip


def _finish_events(conn: Connection, run: Run, lease: Lease, now: datetime, *, leaves_ending: bool) -> Event:
    """Close what was under way when the backup was made, which has happened since; gives the event that granted."""
    granted = None
    for event in events_of_run(conn, run.id):
        if event.phase != "done" and not (leaves_ending and event.name == "deescalate"):
            changes: dict[str, Any] = {"phase": "done", "status": "success", "error": None, "finished_at": now}
            if event.name == "escalate":
                changes["output"] = lease.output
            closed = move_event(conn, event, **changes)
            if closed is None:
                raise Raced
            event = closed  # noqa: PLW2901 - the same event, as it is now
        if event.name == "escalate" and event.status == "success":
            granted = event
    if granted is None:
        at = lease.starts_at or now
        granted = _event(run, "escalate", at, status="success", phase="done", output=lease.output, finished_at=at)
        insert_event(conn, granted)
    return granted


def _end(run: Run, ends_at: datetime, now: datetime) -> Event:
    """The timer that ends the access. It has no job: the sweeper takes it up when it is due."""
    fields = {"deescalate_type": "scheduled"}
    return _event(run, "deescalate", max(ends_at, now), status="scheduled", fields=fields, due_at=max(ends_at, now))


def _event(run: Run, name: str, at: datetime, **details: Any) -> Event:
    plain: dict[str, Any] = {"phase": "decide", "fields": {}}
    return Event(
        id=str(uuid.uuid4()), run_id=run.id, name=name, actor_id=run.requester_id, channel_type="internal", context={},
        created_at=at, scheduled_at=at, **{**plain, **details},
    )  # fmt: skip


def end_recovery(store: Store, sources: Sequence[str], *, leases: int, now: datetime) -> list[str]:
    """Grant again as far as ``sources`` are concerned; gives the reasons that others still have not to."""
    with store.transaction() as conn:
        for source in sources:
            leave_recovery(conn, source, leases=leases, now=now)
        return [item.reason for item in recoveries(conn)]
