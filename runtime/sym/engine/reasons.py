"""Why a phase of an event ended as it did, in a sentence or two; and where that is kept, with the calls it made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sym.engine.commit import Outcome
from sym.engine.lifecycle import Decision
from sym.engine.observed import outcome_of
from sym.engine.trace import PhaseTrace, current_trace
from sym.engine.views import World
from sym.observability.redaction import Redactor
from sym.store.database import Connection
from sym.store.traces import Trace, insert_trace

WAITS_KEPT = 20
"""Attempts at one phase of which it is kept that they led to waiting: a service may be asked hundreds of times."""
_DEFAULTS = {
    "request": "people are asked to decide",
    "deny": "the request is denied",
    "escalate": "the strategy is asked to grant access",
    "deescalate": "the strategy is asked to end access",
    "expire": "nobody decided in time: the request is over",
    "forward": "nobody decided in time: the next destination is asked",
    "extend": "the end of the access is put off",
    "retry": "the grant is tried again",
    "remove": "an admin says that the access was removed by hand",
}
_HOOKED = ("request", "approve", "deny", "escalate", "deescalate")


def keep_trace(conn: Connection, world: World, word: str, reason: str, now: datetime) -> None:
    """Write down, in the caller's transaction, what the phase in hand did to the world's event and why. Nothing if
    nobody traces it."""
    trace, event = current_trace(), world.event
    if trace is None:
        return
    dropped = f" ({trace.dropped} more calls are not shown.)" if trace.dropped else ""
    insert_trace(conn, Trace(
        run_id=event.run_id, event_id=event.id, event_name=event.name, phase=event.phase,
        attempt=event.attempt, started_at=trace.started_at, finished_at=now, outcome=word,
        reason=Redactor(trace.secrets).text(reason)[:2000] + dropped, steps=trace.steps,
    ))  # fmt: skip


def keep_decision(conn: Connection, world: World, decision: Decision, outcome: Outcome, now: datetime) -> None:
    """:func:`keep_trace` of a phase that decided something."""
    trace = current_trace()
    if trace is not None:
        reason = why(world, decision, outcome, trace)
        keep_trace(conn, world, outcome_of(decision), reason, now)


def keep_wait(conn: Connection, world: World, delay: float, now: datetime) -> None:
    """:func:`keep_trace` of a phase that has to wait, for ``delay`` seconds."""
    if world.event.attempt <= WAITS_KEPT:
        keep_trace(conn, world, "waiting", f"It is looked at again in {delay:g} s.", now)


def keep_after(conn: Connection, world: World, failure: str | None, now: datetime) -> None:
    """:func:`keep_trace` of an ``after_`` hook, which may have failed."""
    reason = f"It failed: {failure}" if failure else "The decision stands, whatever this hook does."
    keep_trace(conn, world, "failed" if failure else "ok", reason, now)


def why(world: World, decision: Decision, outcome: Outcome, trace: PhaseTrace) -> str:
    """Why ``decision`` is what it is, the calls of ``trace`` having been made."""
    if "action.refused" in decision.audit:
        return f"Refused before any of the flow's code ran: {decision.error}"
    if decision == Decision():
        return "There was nothing left to do: another event got there first."
    if world.event.phase == "perform":
        return _why_performed(decision, outcome)
    return _why_decided(world, decision, outcome, trace.has_run)


def _why_decided(world: World, decision: Decision, outcome: Outcome, has_run: Callable[[str], bool]) -> str:
    name = world.event.name
    hook = f"on_request_{name}" if name in ("forward", "expire") else f"on_{name}"
    if any(entry.endswith(".ignored") for entry in decision.audit):
        return f"{hook} answered ignore: {decision.error}"
    if decision.error is not None:
        return f"It failed: {decision.error}"
    if decision.following is not None and decision.following.channel == "sdk":
        return f"{hook} answered {decision.following.name}, which happens next.{_permitted(outcome)}"
    if decision.effect is None and (name, decision.status) == ("escalate", "deescalated"):
        return f"{hook} answered deescalate before anything was granted."
    if "event.overridden" in decision.audit:
        begin = f"An admin set {hook} aside"
    elif has_run(hook):
        begin = f"{hook} returned nothing"
    elif name not in _HOOKED:
        return f"{_default(name, decision).capitalize()}."
    else:
        begin = f"There is no {hook}" if world.event.channel_type != "internal" or name != "deescalate" else "It is due"
    return f"{begin}, so {_default(name, decision)}.{_permitted(outcome)}"


def _default(name: str, decision: Decision) -> str:
    if name == "approve":
        return "access is granted next" if decision.following is not None else "the request is approved"
    return _DEFAULTS.get(name, name)


def _permitted(outcome: Outcome) -> str:
    if outcome.permissions is None:
        return ""
    who = outcome.permissions.get("approve_deny")
    said = f"those of level {who}" if isinstance(who, str) else f"{len(who or [])} people by name"
    alone = "may" if outcome.permissions.get("allow_self_approval") else "may not"
    return f" Admins and {said} may decide; the requester {alone} approve."


def _why_performed(decision: Decision, outcome: Outcome) -> str:
    if decision.error is not None:
        again = f" It is tried again at {decision.retry_at.isoformat()}." if decision.retry_at else ""
        return f"The strategy failed: {decision.error}{again}"
    note = outcome.note
    if "held_by" in note:
        return f"Nothing was taken away: run {note['held_by']} still needs the same access."
    if note.get("preexisting"):
        return "Nothing was taken away: the access was there before the request."
    if note.get("never_granted"):
        return "Nothing was taken away: the grant was never asked for."
    return "The strategy did it, and it was read back." if outcome.is_verified else "The strategy did it."
