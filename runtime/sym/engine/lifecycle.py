"""The life cycle of a request, as a pure function: (run, event, now) to what shall happen.

Nothing here reads or writes anything. :func:`authorize` says who may act, :func:`decide` what an event does after its
``on_`` hook has run; :mod:`sym.engine.settlement` says what follows once a strategy was called. The executor carries a
:class:`Decision` out in one transaction.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sym.engine.effects import Deescalate, Effect, Escalate
from sym.errors import Conflict, Refused

# Events a hook of the key may fire instead of the default: forward only, and its own event once.
FORWARD: Mapping[str, frozenset[str]] = {
    "request": frozenset({"request", "approve", "deny"}),
    "approve": frozenset({"approve", "deny", "escalate"}),
    "deny": frozenset({"deny", "approve"}),
    "escalate": frozenset({"escalate", "deescalate"}),
    "deescalate": frozenset({"deescalate"}),
}
# How far along a run is when an event is possible: what tells forward from back.
STAGE: Mapping[str, int] = {"request": 0, "approve": 1, "deny": 1, "escalate": 2, "deescalate": 3}
# The status a run must have for an event to be possible.
FROM_STATUS: Mapping[str, frozenset[str]] = {
    "request": frozenset({"prompted"}),
    "approve": frozenset({"requested"}),
    "deny": frozenset({"requested"}),
    "escalate": frozenset({"approved"}),
    "deescalate": frozenset({"escalated", "errored"}),
}
ROLE_LEVELS: Mapping[str, frozenset[str]] = {
    "admin": frozenset({"admin", "member", "all_users"}),
    "member": frozenset({"member", "all_users"}),
    "guest": frozenset({"all_users"}),
    "requester": frozenset(),
}
# Ten years, in seconds. What is longer is a mistake, and soon beyond what databases and calendars can hold.
LONGEST_DURATION = 10 * 365 * 86_400


@dataclass(frozen=True, kw_only=True)
class Person:
    """Who acts: a user's id and role (``admin``, ``member``, ``guest``, or ``requester`` for bots)."""

    id: str
    role: str


@dataclass(frozen=True, kw_only=True)
class RunState:
    """What a decision needs to know of a run.

    ``permissions`` is what the flow's reducers answered (``{"approve_deny": level or ids, "allow_self_approval"}``),
    None before the request was processed. ``duration`` is in seconds. ``lease`` is the lease's status or None.
    """

    id: str
    status: str
    requester_id: str
    submitter_id: str | None = None
    approver_id: str | None = None
    is_access_flow: bool = False
    allow_revoke: bool = True
    schedule_deescalation: bool = True
    duration: int | None = None
    permissions: Mapping[str, object] | None = None
    lease: str | None = None


@dataclass(frozen=True, kw_only=True)
class HookAnswer:
    """What the ``on_`` hook of an event answered: nothing (the default follows), ``ignore`` or another event in
    ``step``, or the ``failure`` it raised."""

    step: str | None = None
    message: str | None = None
    duration: int | None = None
    fields: Mapping[str, object] = dataclasses.field(default_factory=dict)
    failure: str | None = None


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """An event that has arrived. ``actor`` is None for a timer; ``recursed`` says that it is among the events whose
    hooks led to it, so that its own hook may only go on."""

    name: str
    channel: str
    actor: Person | None = None
    recursed: bool = False
    hook: HookAnswer = dataclasses.field(default_factory=HookAnswer)

    @property
    def is_trusted(self) -> bool:
        """Whether the flow's own code or the product fired it, rather than a person."""
        return self.channel in ("sdk", "internal")


@dataclass(frozen=True, kw_only=True)
class Following:
    """An event to fire next, at ``at`` (None: now)."""

    name: str
    channel: str
    at: datetime | None = None
    fields: Mapping[str, object] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What shall happen, all of it in one transaction.

    ``status``      the run's new status, None to leave it
    ``audit``       vocabulary names of the audit entries to append, in order
    ``error``       why the event failed or was ignored, None if it did not
    ``following``   the event to fire next
    ``effect``      what to do outside before the event is finished
    ``retry_at``    when to try the effect again
    ``lease``       the lease's new status
    ``ends_at``     when access ends, from the moment it was granted
    """

    status: str | None = None
    audit: tuple[str, ...] = ()
    error: str | None = None
    following: Following | None = None
    effect: Effect | None = None
    retry_at: datetime | None = None
    lease: str | None = None
    ends_at: datetime | None = None
    duration: int | None = None


def authorize(run: RunState, event: str, actor: Person) -> None:
    """Raise Refused if ``actor`` may not fire ``event`` on ``run``, Conflict if nobody can any more.

    A requester never approves their own request unless the flow allows it, not even an admin: who may approve anything
    is exactly who that rule is for. The same goes for whoever asked on somebody's behalf. Anyone may deny, that is
    withdraw, their own request. Whoever may not act does not learn the run's status from the refusal.
    """
    if run.status == "prompted" and event in ("approve", "deny"):
        _require_status(run, event)
    if event == "deescalate":
        _authorize_revoke(run, actor)
    else:
        _authorize_decision(run, event, actor)
    _require_status(run, event)


def _authorize_decision(run: RunState, event: str, actor: Person) -> None:
    if event == "deny" and actor.id == run.requester_id:
        return
    is_own = event == "approve" and actor.id in (run.requester_id, run.submitter_id)
    if is_own and not (run.permissions or {}).get("allow_self_approval"):
        raise Refused("Requesters may not approve their own requests in this flow.",
                      hint="Ask somebody else to approve it.", code="ApproveAPI:SELF_APPROVAL")  # fmt: skip
    if not _is_permitted(actor, (run.permissions or {}).get("approve_deny")):
        code = "ApproveAPI:NOT_ALLOWED" if event == "approve" else "DenyAPI:NOT_ALLOWED"
        raise Refused(f"You may not {event} requests of this flow.",
                      hint="The flow's get_permissions says who may.", code=code)  # fmt: skip


def _require_status(run: RunState, event: str) -> None:
    code = f"{event.capitalize()}API:INVALID_RUN"
    if run.status == "prompted" and event in ("approve", "deny"):
        raise Conflict("The request is still being processed.", hint="Try again in a moment.", code=code)
    possible = FROM_STATUS[event] - {"errored"}
    if run.status not in possible:
        raise Conflict(f"A run with status '{run.status}' cannot be {_PAST[event]}.",
                       hint=f"It would have to be '{min(possible)}'.", code=code)  # fmt: skip
    if event == "deescalate" and run.lease == "ending":
        raise Conflict("The access is being ended already.", code=code)


_PAST = {"approve": "approved", "deny": "denied", "deescalate": "de-escalated"}


def _authorize_revoke(run: RunState, actor: Person) -> None:
    if actor.role == "admin":
        return
    if not run.allow_revoke:
        raise Refused("This flow does not allow access to be revoked early.",
                      hint="Ask an admin.", code="DeescalateAPI:NOT_ALLOWED")  # fmt: skip
    if actor.id not in (run.requester_id, run.approver_id):
        raise Refused("Only the requester, the approver or an admin may end this access.",
                      code="DeescalateAPI:NOT_ALLOWED")  # fmt: skip


def _is_permitted(actor: Person, permitted: object) -> bool:
    levels = ROLE_LEVELS.get(actor.role, frozenset())
    if "admin" in levels:
        return True
    if isinstance(permitted, str):
        return permitted in levels
    return isinstance(permitted, (list, tuple)) and actor.id in permitted


def decide(run: RunState, event: Incoming) -> Decision:
    """What ``event`` does to ``run``, its hook having answered. Never raises: a refusal is a Decision with
    an ``error``, audited."""
    refusal = refuse(run, event)
    if refusal is not None:
        return refusal
    hook = event.hook
    if event.name == "deescalate" and event.channel == "internal":
        # Access that is due always ends: neither a broken hook nor one that says "ignore" may keep it.
        return _default(run, event)
    if hook.failure is not None:
        status = "errored" if event.name in ("request", "escalate") else None
        return Decision(status=status, error=hook.failure, audit=("event.failed",))
    if hook.step is None:
        return _default(run, event)
    if hook.step == "ignore":
        status = "ignored" if event.name == "request" else None
        audit = "run.ignored" if status else "event.ignored"
        return Decision(status=status, error=hook.message or "The flow ignored this.", audit=(audit,))
    return _redirect(event)


def refuse(run: RunState, event: Incoming) -> Decision | None:
    """The decision for an event that cannot be taken, before any of its code runs; None if it can."""
    if run.status not in FROM_STATUS[event.name]:
        if event.name == "deescalate" and event.channel == "internal":
            return Decision()  # the timer of access that was revoked early: nothing is left to do
        return Decision(error=f"A run with status '{run.status}' cannot take the event '{event.name}'.",
                        audit=("action.refused",))  # fmt: skip
    if event.name == "deescalate" and run.lease in (None, "ending", "ended") and event.is_trusted:
        return Decision()
    if event.is_trusted or event.actor is None or event.name == "request":
        return None
    try:
        authorize(run, event.name, event.actor)
    except (Refused, Conflict) as error:
        return Decision(error=str(error), audit=("action.refused",))
    return None


def _redirect(event: Incoming) -> Decision:
    step = event.hook.step or ""
    if problem := _not_possible(event, step):
        return decide_failure(event.name, f"on_{event.name} returned {problem}")
    if (event.name, step) == ("escalate", "deescalate"):
        # Nothing has been granted, so nothing is taken away.
        return Decision(status="deescalated", audit=("run.deescalated",))
    following = Following(name=step, channel="sdk", fields=event.hook.fields)
    if event.name == "request" and step != "request":
        return Decision(status="requested", audit=("run.requested",), following=following, duration=event.hook.duration)
    if event.name == "approve" and step == "escalate":
        return Decision(status="approved", audit=("run.approved",), following=following, duration=event.hook.duration)
    return Decision(following=following, duration=event.hook.duration)


def _not_possible(event: Incoming, step: str) -> str | None:
    if step not in FORWARD[event.name]:
        return f"'{step}', but a flow goes on from there only to: {', '.join(sorted(FORWARD[event.name]))}, ignore."
    if event.recursed and STAGE[step] <= STAGE[event.name]:
        return f"'{step}', which goes round in circles; the flow was stopped."
    if (event.hook.duration or 0) > LONGEST_DURATION:
        return f"a duration of {event.hook.duration} seconds; ten years is the longest."
    return None


def decide_failure(event: str, message: str) -> Decision:
    """The decision for an event whose author's code did something it may not."""
    status = "errored" if event in ("request", "escalate") else None
    return Decision(status=status, error=message, audit=("event.failed",))


def _default(run: RunState, event: Incoming) -> Decision:
    if event.name == "request":
        return Decision(status="requested", audit=("run.requested",))
    if event.name == "approve":
        following = Following(name="escalate", channel="internal") if run.is_access_flow else None
        return Decision(status="approved", audit=("run.approved",), following=following)
    if event.name == "deny":
        return Decision(status="denied", audit=("run.denied",))
    if event.name == "escalate":
        return Decision(effect=Escalate(run_id=run.id), lease="pending")
    return Decision(effect=Deescalate(run_id=run.id), lease="ending")
