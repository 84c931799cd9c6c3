"""One run as ``GET /runs/{run_id}`` shows it: what was asked for, who decided, and the receipt for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from sym.api.views import Person, RunBody, moment, person_of, view_run
from sym.engine.audit_keys import checking
from sym.engine.decided import Approval, Unproved, approval_of, request_context
from sym.engine.keys import KeyDirectory
from sym.engine.receipts import (
    PURPOSE,
    VALID_STATUSES,
    Receipt,
    context_hash,
    expiry,
    inputs_hash,
    sign,
)
from sym.errors import Unavailable
from sym.store.database import Connection
from sym.store.events import Event, events_of_run
from sym.store.organizations import organization
from sym.store.runs import Run

PENDING = "pending"


class FlowItem(BaseModel):
    """The flow of a run in the version that the run is pinned to, whatever has been declared since."""

    srn: str
    slug: str
    version: int


class DeciderItem(BaseModel):
    """Who decided what, when. ``via`` is ``flow`` if the flow's own code decided, and ``by`` then is whose act led to
    it."""

    decision: str = Field(examples=["approve"])
    by: Person | None
    via: str = Field(examples=["person"])
    at: str


class RunDetailBody(RunBody):
    """A run, with what an approval of it stands for.

    ``inputs`` are the answers as they are kept, with ``duration`` in seconds and ``target_srn``; ``inputs_hash`` is
    the SHA-256 over them and ``context_hash``. ``receipt`` is a JWT that binds the approval to exactly that, for runs
    that are approved or escalated now; it is short-lived and new each time. ``no_receipt`` says why there is none
    (``pending: …``: ask again in a second).
    """

    flow: FlowItem
    inputs: dict[str, Any]
    inputs_hash: str
    context_hash: str
    deciders: list[DeciderItem]
    approved_at: str | None
    receipt: str | None
    no_receipt: str | None


@dataclass(frozen=True)
class Signer:
    """What receipts are made with: the organization's keys, and the present moment."""

    keys: KeyDirectory
    now: datetime


def view_run_detail(conn: Connection, run: Run, signer: Signer) -> RunDetailBody:
    """Everything the API says about one run."""
    body, events = view_run(conn, run), events_of_run(conn, run.id)
    shown = _Shown(run=run, body=body, events=events, inputs=inputs_of(run, body.target_srn),
                   context_hash=context_hash(request_context(events)))  # fmt: skip
    deciders = [_decider(conn, event) for event in deciding(run, events)]
    receipt, problem = _receipt(conn, shown, signer)
    return RunDetailBody(
        **dict(body),
        flow=FlowItem(srn=body.flow_srn, slug=run.flow_slug, version=run.flow_version),
        inputs=shown.inputs,
        inputs_hash=inputs_hash(shown.inputs, shown.context_hash),
        context_hash=shown.context_hash,
        deciders=deciders,
        approved_at=next((item.at for item in deciders if item.decision == "approve"), None),
        receipt=receipt,
        no_receipt=problem,
    )


@dataclass(frozen=True, kw_only=True)
class _Shown:
    """A run as it is shown."""

    run: Run
    body: RunBody
    events: list[Event]
    inputs: dict[str, Any]
    context_hash: str


def inputs_of(run: Run, target_srn: str | None) -> dict[str, Any]:
    """What was asked for, flat: the answers, and the duration and the target that are not among them."""
    built_in = {"duration": run.duration, "target_srn": target_srn}
    return {**run.fields, **{name: value for name, value in built_in.items() if value is not None}}


def deciding(run: Run, events: Iterable[Event]) -> list[Event]:
    """The events that decided on ``run``, of its ``events``, oldest first. Clicks that came too late are none."""
    found: dict[str, Event] = {}
    for event in events:
        if event.name not in ("approve", "deny") or run.actors.get(event.name) != event.actor_id:
            continue
        # One whose after_ hook failed has decided all the same, so that an error does not rule it out.
        if event.name not in found or found[event.name].status != "success":
            found[event.name] = event
    return list(found.values())


def _decider(conn: Connection, event: Event) -> DeciderItem:
    via = "flow" if event.channel_type in ("sdk", "internal") else "person"
    return DeciderItem(
        decision=event.name, by=person_of(conn, event.actor_id), via=via, at=moment(event.created_at)
    )  # fmt: skip


def _receipt(conn: Connection, shown: _Shown, signer: Signer) -> tuple[str | None, str | None]:
    """The receipt for a run, or why there is none; nothing is said of runs that are not approved."""
    run = shown.run
    if run.status not in VALID_STATUSES:
        return None, None
    if int(expiry(run.expires_at, signer.now).timestamp()) <= int(signer.now.timestamp()):
        return None, "There is no receipt for this run: its access has ended."
    try:
        approval = approval_of(conn, run, shown.events, checking(signer.keys.public_keys("audit")))
        return sign(signer.keys, _content(conn, shown, approval), now=signer.now), None
    except Unproved as problem:
        begin = f"{PENDING}: " if problem.is_pending else ""
        return None, f"{begin}There is no receipt for this run: {problem}."
    except Unavailable:
        return None, f"There is no {PURPOSE} key on this server."


def _content(conn: Connection, shown: _Shown, approval: Approval) -> Receipt:
    org = organization(conn)
    assert org is not None, "a run with an audit entry belongs to an organization"
    decider = person_of(conn, approval.user_id) if approval.user_id else None
    return Receipt(
        run_id=shown.run.id,
        org=org.slug,
        status=shown.run.status,
        flow=shown.body.flow_srn,
        inputs=shown.inputs,
        context_hash=shown.context_hash,
        requester=_named(shown.run.requester_id, shown.body.requester),
        decided_by=({**_named(approval.user_id, decider), "via": approval.via},),
        decided_at=approval.at,
        ends_at=shown.run.expires_at,
    )


def _named(user_id: str | None, person: Person | None) -> dict[str, Any]:
    return {"user_id": user_id, "username": person.username if person else None}
