"""The life cycle of a request, as a pure function: (run, event, now) to what shall happen.

Nothing here reads or writes anything. :mod:`sym.engine.authority` says who may act, :func:`decide` what an event does
after its ``on_`` hook has run; :mod:`sym.engine.settlement` says what follows once a strategy was called. The executor
carries a :class:`Decision` out in one transaction.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sym.engine import routing
from sym.engine.authority import ACTIONS, LONGEST_ACCESS, LONGEST_DURATION, ROLE_LEVELS, Person, RunState, authorize
from sym.engine.effects import Deescalate, Effect, Escalate
from sym.engine.stages import FORWARD, FROM_STATUS, LEFT, OPENING, PEOPLES, STAGE, UNATTENDED
from sym.errors import Conflict, Refused

__all__ = [
    "FORWARD", "FROM_STATUS", "LEFT", "LONGEST_ACCESS", "LONGEST_DURATION", "ROLE_LEVELS", "STAGE", "Decision",
    "Following", "HookAnswer", "Incoming", "Person", "RunState", "authorize", "decide", "decide_failure", "is_open",
    "refuse", "route",
]  # fmt: skip


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
    hooks led to it, so that its own hook may only go on.

    ``overrides`` says that an admin set its hook aside, ``position`` which notification a ``forward`` or ``expire`` is
    about, ``ends_at`` which end of access the timer of a scheduled ``deescalate`` was set for, ``extension`` by how
    many seconds an ``extend`` puts that end off. ``actor_left`` says that the actor's account is closed,
    ``somebody_left`` that the product fired it because somebody's was: no hook stands in its way.
    """

    name: str
    channel: str
    actor: Person | None = None
    recursed: bool = False
    overrides: bool = False
    position: int | None = None
    ends_at: datetime | None = None
    extension: int | None = None
    actor_left: bool = False
    somebody_left: bool = False
    hook: HookAnswer = dataclasses.field(default_factory=HookAnswer)

    @property
    def is_trusted(self) -> bool:
        """Whether the flow's own code or the product fired it, rather than a person."""
        return self.channel in ("sdk", "internal")

    @property
    def is_withdrawal(self) -> bool:
        """Whether the product takes a request back for a requester who has left."""
        return self.name == "deny" and self.somebody_left


@dataclass(frozen=True, kw_only=True)
class Following:
    """An event to fire next, at ``at`` or ``delay`` seconds from now (both None: now)."""

    name: str
    channel: str
    at: datetime | None = None
    delay: int | None = None
    fields: Mapping[str, object] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What shall happen, all of it in one transaction.

    ``status``      the run's new status, None to leave it
    ``audit``       vocabulary names of the audit entries to append, in order
    ``error``       why the event failed or was ignored, None if it did not
    ``following``   the event to fire next
    ``timer``       a further event, for later
    ``routing``     the run's notifications and which of them is out from now on
    ``effect``      what to do outside before the event is finished
    ``retry_at``    when to try the effect again
    ``lease``       the lease's new status
    ``ends_at``     when access ends, from the moment it was granted
    """

    status: str | None = None
    audit: tuple[str, ...] = ()
    error: str | None = None
    following: Following | None = None
    timer: Following | None = None
    routing: Mapping[str, object] | None = None
    effect: Effect | None = None
    retry_at: datetime | None = None
    lease: str | None = None
    ends_at: datetime | None = None
    duration: int | None = None


def decide(run: RunState, event: Incoming) -> Decision:
    """What ``event`` does to ``run``, its hook having answered. Never raises: a refusal is a Decision with
    an ``error``, audited."""
    refusal = refuse(run, event)
    if refusal is not None:
        return refusal
    default = _default(run, event)
    if event.overrides:
        return replace(default, audit=("event.overridden", *default.audit))
    if event.somebody_left or (event.name == "deescalate" and event.channel == "internal"):
        # Access that is due always ends: neither a broken hook nor one that says "ignore" may keep it.
        return default
    return _obey(event, default)


def _obey(event: Incoming, default: Decision) -> Decision:
    """What the event's hook makes of it: what it answered, or the ``default``."""
    hook = event.hook
    if hook.failure is not None and event.name in UNATTENDED:
        # Nobody would be told again, and the request would wait for ever.
        return replace(default, error=hook.failure, audit=("event.failed", *default.audit))
    if hook.failure is not None:
        status = "errored" if event.name in ("request", "escalate") else None
        return Decision(status=status, error=hook.failure, audit=("event.failed",))
    if hook.step is None:
        return default
    if hook.step == "ignore":
        status = "ignored" if event.name == "request" else None
        audit = "run.ignored" if status else "event.ignored"
        return Decision(status=status, error=hook.message or "The flow ignored this.", audit=(audit,))
    return _redirect(event)


def refuse(run: RunState, event: Incoming) -> Decision | None:
    """The decision for an event that cannot be taken, before any of its code runs; None if it can."""
    if _is_over(run, event):
        return Decision()
    if event.is_withdrawal:
        return None
    if problem := _obstacle(run, event):
        return Decision(error=problem, audit=("action.refused",))
    if event.name == "request" or (event.is_trusted and event.name not in PEOPLES):
        return None
    if event.is_trusted or event.actor is None or event.name not in ACTIONS:
        return Decision(error=f"Nobody can cause the event '{event.name}' like this.", audit=("action.refused",))
    return _refuse_person(run, event, event.actor)


def _obstacle(run: RunState, event: Incoming) -> str | None:
    """Why nobody can cause the event now; None if somebody may."""
    if event.name in OPENING and (problem := _gone(run, event)):
        return problem
    if run.status not in FROM_STATUS[event.name]:
        return f"A run with status '{run.status}' cannot take the event '{event.name}'."
    if event.name == "escalate" and run.lease not in (None, "ended"):
        return "The access is being granted already."
    return None


def _gone(run: RunState, event: Incoming) -> str | None:
    """Whether whoever would have the access, or whoever lets them, is not there any more; the text says who."""
    if run.requester_left:
        return f"The requester has left: nothing is granted to a closed account, so the event '{event.name}' is over."
    if event.actor_left and not event.is_trusted:
        return "Your account is closed."
    return None


def _refuse_person(run: RunState, event: Incoming, actor: Person) -> Decision | None:
    try:
        extension = (event.extension or 0) if event.name == "extend" else None
        authorize(run, event.name, actor, overrides=event.overrides, extension=extension)
    except (Refused, Conflict) as error:
        return Decision(error=str(error), audit=("action.refused",))
    return None


def _is_over(run: RunState, event: Incoming) -> bool:
    """Whether a timer or a hook's event comes when nothing is left for it to do."""
    if event.name in UNATTENDED:
        is_old = event.position is not None and event.position != routing.position_of(run.routing)
        return run.status != "requested" or is_old or (event.name == "forward" and routing.is_last(run.routing))
    if event.is_withdrawal:
        return not is_open(run)
    if event.name != "deescalate":
        return False
    if run.status not in FROM_STATUS["deescalate"]:
        return event.channel == "internal"  # the timer of access that was revoked early
    if event.ends_at is not None and run.ends_at is not None and event.ends_at < run.ends_at:
        return True  # the access was extended meanwhile: its new end has a timer of its own
    return event.is_trusted and run.lease in (None, "ending", "ended")


def is_open(run: RunState) -> bool:
    """Whether a request may still lead to something, and nothing has been granted yet. One that is for an approval
    alone is over once it is approved."""
    is_to_be_granted = run.status == "approved" and run.is_access_flow and run.lease in (None, "ended")
    return run.status in ("prompted", "requested") or is_to_be_granted


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
    if event.name == "deescalate":
        return Decision(effect=Deescalate(run_id=run.id), lease="ending")
    return _afterwards(run, event)


def _afterwards(run: RunState, event: Incoming) -> Decision:
    """The events that have no hook: of the product's timers, and of people when a run has gone wrong or on."""
    if event.name == "expire":
        return Decision(status="expired", audit=("run.expired",))
    if event.name == "forward":
        return route(Decision(audit=("run.forwarded",)), routing.forwarded(run.routing))
    if event.name == "retry":
        following = Following(name="escalate", channel="internal")
        return Decision(status="approved", audit=("run.retried",), following=following)
    if event.name == "extend":
        assert run.ends_at is not None, "what cannot be extended was refused"
        ends_at = run.ends_at + timedelta(seconds=event.extension or 0)
        timer = Following(name="deescalate", channel="internal", at=ends_at, fields={"deescalate_type": "scheduled"})
        return Decision(audit=("run.extended",), ends_at=ends_at, timer=timer)
    status = "deescalated" if run.status == "escalated" else None
    return Decision(status=status, audit=("lease.removed_manually",), lease="ended")


def route(decision: Decision, routed: Mapping[str, object] | None) -> Decision:
    """The decision, with the notification at the position of ``routed`` going out and the timer that it has."""
    found = routing.timer_of(routed)
    if found is None:
        return replace(decision, routing=routed)
    name, seconds = found
    fields = {"position": routing.position_of(routed), "cause": "timeout"}
    return replace(decision, routing=routed,
                   timer=Following(name=name, channel="internal", delay=seconds, fields=fields))  # fmt: skip
