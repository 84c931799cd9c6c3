"""The life cycle as a page, made by asking the code itself: ``python -m sym.engine.state_table`` prints it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sym.engine.authority import ACTIONS, OVERRIDABLE
from sym.engine.effects import Deescalate, Effect, Escalate
from sym.engine.lifecycle import FORWARD, FROM_STATUS, Decision, Incoming, Person, RunState, decide
from sym.engine.settlement import DEESCALATE_TRIES, ESCALATE_TRIES, settle

_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_STATES: tuple[tuple[str, str | None], ...] = (
    ("prompted", None), ("requested", None), ("approved", None), ("approved", "pending"), ("approved", "ended"),
    ("escalated", "active"), ("escalated", "ending"), ("escalated", "stuck"), ("deescalated", "ended"),
    ("errored", None), ("errored", "pending"), ("errored", "ending"), ("errored", "stuck"), ("errored", "ended"),
    ("denied", None), ("expired", None), ("ignored", None),
)  # fmt: skip
_WHO = {
    "request": "members, admins, bots", "approve": "who `get_permissions` names, and admins; not the requester",
    "deny": "the same, and the requester; the product, when the requester has left",
    "escalate": "the product, after the approval",
    "deescalate": "the product when the time is over or the requester has left; requester, approver (unless "
    "`allow_revoke = false`), admins",
    "forward": "the product: nobody decided in time, nobody could be reached, or whoever could decide has left",
    "expire": "the product: nobody the last notification went to decided in time",
    "extend": "as approve, where `allow_extension = true`", "retry": "admins", "remove": "admins, with a reason",
}  # fmt: skip


def page() -> str:
    """The page, as Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# The life cycle of a run"
    yield ""
    yield "Written by `make docs` from the code; a test fails when it is out of date."
    yield ""
    yield "## What an event does"
    yield ""
    yield "A run has a status, and a lease once access was to be granted. An event whose row is not here is refused or,"
    yield "where a timer comes too late, does nothing. Events the flow's `on_` hook stops or replaces are left out."
    yield "When the requester has left, a request that is prompted, requested, or approved and not granted is denied,"
    yield "no event leads to access, and no hook stands in the way."
    yield ""
    yield "| status | lease | event | becomes | lease becomes | then | audit log |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for status, lease in _STATES:
        yield from _events(status, lease)
    yield ""
    yield "## What a call of the strategy leads to"
    yield ""
    yield "| call | outcome | status becomes | lease becomes | then | audit log |"
    yield "| --- | --- | --- | --- | --- | --- |"
    yield from _calls()
    yield ""
    yield "## Who causes an event"
    yield ""
    yield "| event | who | may a hook stand in its way | what `on_` hooks may answer instead |"
    yield "| --- | --- | --- | --- |"
    for event in FROM_STATUS:
        answers = ", ".join([*sorted(FORWARD[event]), "ignore"]) if event in FORWARD else "-"
        hook = ("yes; an admin can set it aside" if event in OVERRIDABLE else "yes") if event in FORWARD else "no"
        yield f"| {event} | {_WHO[event]} | {hook} | {answers} |"


def _run(status: str, lease: str | None) -> RunState:
    out = {"destinations": [], "timeout": 60, "continue_on_timeout": True, "continue_on_failure": True,
           "allow_self": None}  # fmt: skip
    return RunState(
        id="", status=status, requester_id="requester", approver_id="approver", is_access_flow=True,
        allow_extension=True, duration=60, routing={"notifications": [out, out], "position": 0}, lease=lease,
        starts_at=_NOW, ends_at=_NOW + timedelta(seconds=60),
    )  # fmt: skip


def _events(status: str, lease: str | None) -> Iterator[str]:
    for event in FROM_STATUS:
        is_asked = event in ACTIONS
        actor = Person(id="somebody", role="admin") if is_asked else None
        arrived = Incoming(name=event, channel="sym" if is_asked else "internal", actor=actor,
                           extension=60 if event == "extend" else None)  # fmt: skip
        decision = decide(_run(status, lease), arrived)
        if decision.error is not None and event == "deescalate":
            # What a failed grant may have left behind is the product's to take back.
            decision = decide(_run(status, lease), replace(arrived, channel="internal"))
        if decision.error is None and decision != Decision():
            name = f"{event} (clean-up)" if (event, status) == ("deescalate", "errored") else event
            cells = (status, lease or "-", name, decision.status or "-", decision.lease or "-", _then(decision))
            yield f"| {' | '.join(cells)} | {_audit(decision)} |"


def _calls() -> Iterator[str]:
    granting, ending = replace(_run("approved", "pending")), replace(_run("escalated", "ending"))
    cleaning, stuck = _run("errored", "ending"), _run("escalated", "stuck")
    grant, end = Escalate(run_id=""), Deescalate(run_id="")
    rows: tuple[tuple[str, RunState, Effect, int, str | None, bool], ...] = (
        ("it worked", granting, grant, 1, None, False),
        (f"it failed, trying again may help, try 1 to {ESCALATE_TRIES - 1}", granting, grant, 1, "no", True),
        ("it failed for good", granting, grant, 1, "no", False),
        ("it worked", ending, end, 1, None, False),
        ("it worked, after a failed grant", cleaning, end, 1, None, False),
        (f"it failed, try 1 to {DEESCALATE_TRIES - 1}", ending, end, 1, "no", False),
        (f"it failed, try {DEESCALATE_TRIES}", ending, end, DEESCALATE_TRIES, "no", False),
        ("it failed again", stuck, end, DEESCALATE_TRIES + 1, "no", False),
    )
    for outcome, run, effect, tries, failure, retryable in rows:
        decision = settle(run, effect, tries=tries, failure=failure, retryable=retryable, now=_NOW)
        cells = (effect.name, outcome, decision.status or "-", decision.lease or "-", _then(decision))
        yield f"| {' | '.join(cells)} | {_audit(decision)} |"


def _then(decision: Decision) -> str:
    said = []
    if decision.effect is not None:
        said.append(f"the strategy's `{decision.effect.name}` is called")
    if decision.following is not None:
        said.append(decision.following.name + (", when the time is over" if decision.following.at else ""))
    if decision.timer is not None:
        said.append(f"{decision.timer.name}, when the time is over")
    if decision.retry_at is not None:
        said.append(f"again after {decision.retry_at - _NOW}")
    return "; ".join(said) or "-"


def _audit(decision: Decision) -> str:
    return ", ".join(f"`{name}`" for name in decision.audit) or "-"


if __name__ == "__main__":
    sys.stdout.write(page())
