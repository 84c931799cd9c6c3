"""Who may do what to a run, and whether anybody still can. Pure: the same rules at the door and in the worker."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sym.errors import Conflict, Refused

ROLE_LEVELS: Mapping[str, frozenset[str]] = {
    "admin": frozenset({"admin", "member", "all_users"}),
    "member": frozenset({"member", "all_users"}),
    "guest": frozenset({"all_users"}),
    "requester": frozenset(),
}
# What people may do to a run, and the status it must have for that.
ACTIONS: Mapping[str, str] = {
    "approve": "requested",
    "deny": "requested",
    "deescalate": "escalated",
    "extend": "escalated",
    "retry": "errored",
    "remove": "escalated",
}
# Of these an admin may set the flow's on_ hook aside.
OVERRIDABLE = frozenset({"approve", "deny", "deescalate"})
# Ten years, in seconds. What is longer is a mistake, and soon beyond what databases and calendars can hold.
LONGEST_DURATION = 10 * 365 * 86_400
# Extended access ends at the latest this long after it began.
LONGEST_ACCESS = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Person:
    """Who acts: a user's id and role (``admin``, ``member``, ``guest``, or ``requester`` for bots). ``issuer_id`` is
    who issued the token they act with, if somebody else did: that person may have kept it."""

    id: str
    role: str
    issuer_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class RunState:
    """What a decision needs to know of a run.

    ``permissions`` is what the flow's reducers answered (``{"approve_deny": level or ids, "allow_self_approval"}``) as
    it holds for the notification that is out, None before the request was processed. ``routing`` is the list of
    notifications and which of them is out. ``submitter_id`` is who asked for the requester, and ``issuer_id`` who
    issued the token of the bot that asked. ``requester_left``: their account is closed. ``duration`` is in seconds.
    ``lease`` is the lease's status or None, with when its access began and ends.
    """

    id: str
    status: str
    requester_id: str
    submitter_id: str | None = None
    issuer_id: str | None = None
    approver_id: str | None = None
    is_access_flow: bool = False
    allow_revoke: bool = True
    allow_extension: bool = False
    schedule_deescalation: bool = True
    duration: int | None = None
    requester_left: bool = False
    permissions: Mapping[str, object] | None = None
    routing: Mapping[str, object] | None = None
    lease: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None


def require_asking(flow: str, allowed_sources: Collection[str] | None, source: str, role: str) -> None:
    """Raises Refused unless somebody of this role may ask for ``flow`` from ``source``: without ``allowed_sources`` it
    takes requests from anywhere, and from the command line it always does."""
    if allowed_sources is not None and source not in ("cli", *allowed_sources):
        raise Refused(f"The flow {flow} does not take requests from the source '{source}'.",
                      hint="Its allowed_sources say where requests may come from.",
                      code="RequestAPI:SOURCE_NOT_ALLOWED")  # fmt: skip
    if role == "guest":
        raise Refused("Guests cannot ask for access.", code="RequestAPI:USER_NOT_ALLOWED")


def authorize(run: RunState, event: str, actor: Person, *, overrides: bool = False,
              extension: int | None = None) -> None:  # fmt: skip
    """Raise Refused if ``actor`` may not do ``event`` (one of :data:`ACTIONS`) to ``run``, Conflict if nobody can any
    more. ``overrides`` asks for it without the flow's ``on_`` hook, ``extension`` says by how many seconds to
    ``extend``, where that is known.

    A requester never approves their own request unless the flow allows it, not even an admin: who may approve anything
    is exactly who that rule is for. The same goes for whoever asked on somebody's behalf, for whoever issued the token
    of the bot that asked, for every token that one of them has issued, and for extending. Anyone may deny, that is
    withdraw, their own request. Whoever may not act does not learn the run's status from the refusal.
    """
    if run.status == "prompted" and event in ("approve", "deny"):
        _require_status(run, event)
    if overrides:
        _authorize_override(event, actor)
    if event in ("retry", "remove"):
        _require_admin(event, actor)
    elif event == "deescalate":
        _authorize_revoke(run, actor)
    else:
        _authorize_decision(run, event, actor)
    _require_status(run, event)
    if extension is not None:
        require_room(run, extension)


def _authorize_override(event: str, actor: Person) -> None:
    code = f"{event.capitalize()}API:OVERRIDE_NOT_ALLOWED"
    if actor.role != "admin":
        raise Refused("Only admins may set the flow's hook aside.", hint="Do it without override.", code=code)
    if event not in OVERRIDABLE:
        raise Refused(f"There is no hook to set aside for '{event}'.", hint="Do it without override.", code=code)


def _require_admin(event: str, actor: Person) -> None:
    if actor.role != "admin":
        doing = {"retry": "try a failed grant again", "remove": "say that access was removed by hand"}[event]
        raise Refused(f"Only admins may {doing}.", hint="Ask an admin.", code=f"{event.capitalize()}API:NOT_ALLOWED")


def _authorize_decision(run: RunState, event: str, actor: Person) -> None:
    api = f"{event.capitalize()}API"
    if event == "extend" and not run.allow_extension:
        raise Refused("This flow does not allow access to be extended.",
                      hint="Ask for access again, or set the flow's allow_extension.",
                      code=f"{api}:NOT_ALLOWED")  # fmt: skip
    if event == "deny" and actor.id == run.requester_id:
        return
    if event != "deny" and not (run.permissions or {}).get("allow_self_approval"):
        _refuse_self(run, event, actor)
    if not _is_permitted(actor, (run.permissions or {}).get("approve_deny")):
        raise Refused(f"You may not {event} requests of this flow.",
                      hint="The flow says who may: ask one of them.", code=f"{api}:NOT_ALLOWED")  # fmt: skip


def _refuse_self(run: RunState, event: str, actor: Person) -> None:
    """Whoever issues a token may use it as well: it counts as them, on either side."""
    asked = {run.requester_id, run.submitter_id}
    if actor.id in asked:
        message = f"Requesters may not {event} their own requests in this flow."
    elif actor.id == run.issuer_id:
        message = f"You issued the token that this was asked for with, so you may not {event} it in this flow."
    elif actor.issuer_id is not None and actor.issuer_id in {*asked, run.issuer_id}:
        message = f"Who asked has issued the token that this comes with: it may not {event} that in this flow."
    else:
        return
    raise Refused(message, hint=f"Ask somebody else to {event} it.", code=f"{event.capitalize()}API:SELF_APPROVAL")


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


_PAST = {
    "approve": "approved", "deny": "denied", "deescalate": "de-escalated", "extend": "extended",
    "retry": "tried again", "remove": "removed by hand",
}  # fmt: skip


def _require_status(run: RunState, event: str) -> None:
    code = f"{event.capitalize()}API:INVALID_RUN"
    if run.status == "prompted" and event in ("approve", "deny"):
        raise Conflict("The request is still being processed.", hint="Try again in a moment.", code=code)
    # Access that a failed grant may have left behind can be stuck as well.
    is_cleanup = event == "remove" and run.status == "errored"
    if run.status != ACTIONS[event] and not is_cleanup:
        raise Conflict(f"A run with status '{run.status}' cannot be {_PAST[event]}.",
                       hint=f"It would have to be '{ACTIONS[event]}'.", code=code)  # fmt: skip
    _require_lease(run, event, code)


def _require_lease(run: RunState, event: str, code: str) -> None:
    if event == "deescalate" and run.lease == "ending":
        raise Conflict("The access is being ended already.", code=code)
    if event == "extend" and run.lease != "active":
        raise Conflict("The access is being ended already.", hint="Ask for access again.", code=code)
    if event == "extend" and run.ends_at is None:
        raise Conflict("This access has no end that could be put off.", code=code)
    if event == "remove" and run.lease != "stuck":
        raise Conflict("Only access that could not be ended can be declared removed by hand.",
                       hint="End it first; it is stuck when that has failed six times.", code=code)  # fmt: skip
    if event != "retry":
        return
    if run.approver_id is None:
        raise Conflict("The request was never approved, so there is no grant to try again.",
                       hint="Ask for access again.", code=code)  # fmt: skip
    if run.lease not in (None, "ended"):
        raise Conflict("What the failed grant may have left behind is still being taken back.",
                       hint="Try again when that has ended.", code=code)  # fmt: skip


def require_room(run: RunState, extension: int) -> None:
    """Raise Conflict if the running access cannot be extended by so many seconds."""
    if not 0 < extension <= LONGEST_DURATION:
        raise Conflict("It does not say by how long the access shall be extended.", code="ExtendAPI:INVALID_DURATION")
    assert run.ends_at is not None, "access without an end was refused"
    if run.ends_at + timedelta(seconds=extension) > (run.starts_at or run.ends_at) + LONGEST_ACCESS:
        raise Conflict(f"Access cannot be extended to more than {LONGEST_ACCESS.days} days in all.",
                       hint="Ask for access again.", code="ExtendAPI:TOO_LONG")  # fmt: skip
