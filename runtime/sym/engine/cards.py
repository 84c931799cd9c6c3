"""What people are told of a run, as plain documents. Pure; how a document looks is the surface's.

Every document has ``run`` (id, flow, requester, target, duration in seconds, the form's answers) and ``state``; a card
also which ``actions`` can be taken, and the notes to people ``what`` they are about. Nothing here is secret: the
answers of the form are shown to whoever decides.

Moments are ISO 8601 in UTC, or None. A card has four: ``requested_at``, ``times_out_at`` (when its notification is over
unless somebody decides), ``decided_at`` (when it got its present state, None while it is ``requested``) and ``ends_at``
(when access ends). ``ended_by`` is the person who ended access early, ``forwarded_to`` the channel a request was sent
on to, and ``somebody_left`` says that it was because nobody was left who could decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sym.engine import routing, srns
from sym.engine.inputs import from_text
from sym.engine.lifecycle import LEFT, Decision
from sym.engine.views import World, target_view
from sym.store.events import Event
from sym.store.grants import Lease
from sym.store.runs import Run
from sym.store.users import User

Document = dict[str, Any]
STATES = (
    "requested", "forwarded", "expired", "denied", "approved", "granting", "granted", "ending", "ended", "errored",
    "ignored",
)  # fmt: skip
"""What a card can say about its request. ``forwarded``: it was sent on to others and cannot be acted upon here."""

_BY_STATUS = {"prompted": "requested", "deescalated": "ended"}
# What the requester hears, by the entry in the audit log.
_NEWS = {
    "run.forwarded": "forwarded", "run.approved": "approved", "run.denied": "denied", "run.expired": "expired",
    "run.escalated": "granted", "run.extended": "extended", "run.retried": "retried", "run.ignored": "ignored",
    "lease.removed_manually": "ended", "run.deescalated": "ended",
}  # fmt: skip
_REPORTED = ("event.failed", "lease.stuck", "message.failed")


@dataclass(frozen=True, kw_only=True)
class Told:
    """What there is to tell: a decision about the world's event, with the run and the lease it led to."""

    world: World
    run: Run
    lease: Lease | None
    decision: Decision


def state_of_card(run: Run, lease: Lease | None) -> str:
    """The state a card shows, one of :data:`STATES` but ``forwarded``."""
    status = lease.status if lease else None
    if run.status == "approved" and status is not None:
        return "granting"
    if run.status == "escalated":
        return "ending" if status in ("ending", "stuck") else "granted"
    return _BY_STATUS.get(run.status, run.status)


def request_card(told: Told, *, times_out_at: datetime | None = None) -> Document:
    """The card that asks for a decision, and tells how it went. ``times_out_at``: when others are asked, or the request
    expires."""
    state = state_of_card(told.run, told.lease)
    params = told.world.params
    return {
        "run": summary(told),
        "state": state,
        "position": routing.position_of(told.run.routing),
        "actions": _actions(told, state),
        "asks_decision_message": state == "requested" and bool(params.get("include_decision_message")),
        "decision": _decision(told),
        "requested_at": _moment(told.run.created_at),
        "times_out_at": _moment(times_out_at),
        "decided_at": None,
        "ends_at": _ends_at(told),
        "ended_by": _ended_by(told, state),
    }


def _actions(told: Told, state: str) -> list[str]:
    """What can be clicked. Who may is decided when it is: only admins may ``retry``."""
    if state == "granted":
        return ["revoke"] if told.world.params.get("allow_revoke", True) else []
    if state == "errored":
        was_approved = told.world.flow_view["strategy"] is not None and "approve" in told.run.actors
        is_clean = told.lease is None or told.lease.status == "ended"
        return ["retry"] if was_approved and is_clean else []
    return ["approve", "deny"] if state == "requested" else []


def changed_card(shown: Document, card: Document, now: datetime) -> Document | None:
    """What a card that says ``shown`` is to say, where it would now be made as ``card``; None for nothing new."""
    is_same = card["state"] == shown.get("state")
    times_out_at = shown.get("times_out_at") if card["state"] == "requested" else None
    decided_at = shown.get("decided_at") if is_same else _moment(now)
    changed = {**card, "times_out_at": times_out_at, "decided_at": decided_at}
    return None if changed == shown else changed


def forwarded_card(card: Document, told: Told, now: datetime) -> Document:
    """The card of a request that was sent on to others."""
    return {**card, "state": "forwarded", "actions": [], "asks_decision_message": False, "times_out_at": None,
            "decided_at": _moment(now), "forwarded_to": routing.channel_of(told.run.routing),
            **_why_forwarded(told)}  # fmt: skip


def _why_forwarded(told: Told) -> Document:
    return {"somebody_left": True} if told.world.event.fields.get("cause") == LEFT else {}


def news(told: Told) -> Document | None:
    """What the requester hears of the decision; None for nothing."""
    what = next((_NEWS[name] for name in told.decision.audit if name in _NEWS), None)
    if told.decision.status == "errored":
        what = "errored"
    if what is None or (what == "ended" and told.decision.status != "deescalated"):
        return None  # what a failed grant left behind was taken back: they heard that it failed
    return {
        "what": what,
        "run": summary(told),
        "state": state_of_card(told.run, told.lease),
        "decision": _decision(told),
        "ends_at": _ends_at(told),
        "forwarded_to": routing.channel_of(told.run.routing) if what == "forwarded" else None,
        **(_why_forwarded(told) if what == "forwarded" else {}),
        # Only what the flow said to them; what code raised is for the error logger.
        "text": told.decision.error if what == "ignored" else None,
    }


def answer(told: Told) -> Document | None:
    """What whoever acted hears: that their request went out, or that it came to nothing; else None."""
    if "run.requested" in told.decision.audit and told.decision.following is None:
        return _submitted(told)
    names = ("action.refused", "event.ignored", "event.failed")
    what = next((name.partition(".")[2] for name in told.decision.audit if name in names), None)
    if what is None:
        return None
    text = told.decision.error if what != "failed" else None
    return {"what": what, "action": told.world.event.name, "run": summary(told), "text": text,
            "state": state_of_card(told.run, told.lease)}  # fmt: skip


def _submitted(told: Told) -> Document:
    out = routing.notification_of(told.run.routing)
    asked = [dict(destination) for destination in out["destinations"]] if out else []
    return {"what": "submitted", "action": "request", "run": summary(told), "text": None, "asked": asked,
            "state": state_of_card(told.run, told.lease)}  # fmt: skip


def error(told: Told) -> Document | None:
    """What the error logger hears; None if nothing went wrong."""
    what = next((name for name in told.decision.audit if name in _REPORTED), None)
    if what is None:
        return None
    user = _person(told.world, told.world.event.actor_id)
    by_hand = told.lease.instructions if told.lease and told.decision.lease == "stuck" else None
    return {"what": what, "event": told.world.event.name, "user": user, "run": summary(told),
            "text": told.decision.error, "retry_at": _moment(told.decision.retry_at),
            "instructions": by_hand}  # fmt: skip


def summary(told: Told) -> Document:
    """The run as messages show it."""
    world, run = told.world, told.run
    target = target_view(run, world.flow_view)
    return {
        "id": run.id,
        "srn": srns.run(world.org, run.flow_slug, run.flow_version, run.id),
        "flow": {"name": run.flow_slug, "label": world.flow.document.get("label") or run.flow_slug},
        "environment": _environment(world),
        "requester": _person(world, run.requester_id),
        "target": {key: target[key] for key in ("name", "label", "type")} if target else None,
        "duration": run.duration,
        "fields": [
            {"name": field["name"], "label": field.get("label") or field["name"], "type": field["type"],
             "value": run.fields[field["name"]]}
            for field in world.params.get("prompt_field") or []
            if field["name"] in run.fields and not _stayed_hidden(field, run.fields[field["name"]])
        ],
    }  # fmt: skip


def _environment(world: World) -> str:
    """What people call the environment."""
    view = world.flow_view["environment"]
    return str(view.get("label") or str(view["srn"]).split(":")[2])


def _stayed_hidden(field: Document, value: Any) -> bool:
    """Whether nobody saw the field: it is declared invisible, and says what it said before anybody asked. What a form
    showed later, or changed behind it, is for whoever decides to know."""
    if field.get("visible", True):
        return False
    default = field.get("default")
    return bool(value == (from_text(field["type"], str(default)) if default not in (None, "") else None))


def _person(world: World, user_id: str | None) -> Document | None:
    user = world.users.get(user_id) if user_id else None
    return person_document(user) if user else None


def person_document(user: User) -> Document:
    """Who somebody is, as messages name people: ``{"user_id", "username", "email", "name"}``."""
    name = " ".join(part for part in (user.first_name, user.last_name) if part)
    return {"user_id": user.id, "username": user.username, "email": user.email, "name": name or user.username}


def _decision(told: Told) -> Document | None:
    """Who decided what, and what they said; the last word of each of them counts."""
    kind = "deny" if told.run.status == "denied" else "approve"
    by = _person(told.world, told.run.actors.get(kind))
    if by is None:
        return None
    said: Document = {}
    at = None
    for event in (*told.world.events, told.world.event):
        if event.name in ("approve", "deny") and event.status != "error":
            said |= _said(event)
            at = event.created_at if event.name == kind else at
    return {"action": kind, "by": by, "at": _moment(at), "message": said.get("decision_message"),
            "reason": said.get("reason")}  # fmt: skip


def _said(event: Event) -> Document:
    return {name: event.fields[name] for name in ("decision_message", "reason") if event.fields.get(name)}


def _ends_at(told: Told) -> str | None:
    # The run's own moment: the lease's may be on its way.
    return _moment(told.run.expires_at)


def _ended_by(told: Told, state: str) -> Document | None:
    """Who ended access early; None for its timer, code, or while it goes on."""
    ends = [
        event
        for event in (*told.world.events, told.world.event)
        if event.name == "deescalate" and event.channel_type in ("slack", "sym") and event.status != "error"
    ]
    return _person(told.world, ends[-1].actor_id) if ends and state in ("ending", "ended") else None


def _moment(when: Any) -> str | None:
    return when.isoformat() if when is not None else None
