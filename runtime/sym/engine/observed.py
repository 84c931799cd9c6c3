"""What the engine says of itself, in the words of the metrics."""

from __future__ import annotations

from collections.abc import Callable

from sym.engine.calls import Waiting
from sym.engine.lifecycle import Decision
from sym.engine.performer import Outcome
from sym.engine.views import World
from sym.observability import watch


def note_commit(world: World, decision: Decision) -> None:
    """Count what was just committed about the world's event."""
    event = world.event
    outcome = outcome_of(decision)
    watch.decided(event.name, outcome)
    if event.name == "request" and event.phase == "decide":
        watch.requested(world.run.flow_slug, world.run.source)
    if outcome == "refused":
        watch.refused(event.name, "Event:REFUSED")


def outcome_of(decision: Decision) -> str:
    """A decision in one word: ``refused``, ``ignored``, ``retry``, ``failed``, ``started`` (a strategy is to be
    called), the status the run got, or ``ok`` where nothing of it changed."""
    if "action.refused" in decision.audit:
        return "refused"
    if any(name.endswith(".ignored") for name in decision.audit):
        return "ignored"
    if decision.retry_at is not None:
        return "retry"
    if decision.error is not None:
        return "failed"
    if decision.effect is not None:
        return "started"
    return decision.status or "ok"


def watched_call(world: World, call: Callable[[], Outcome | None]) -> Outcome | None:
    """Carry out the effect of the world's event with ``call``, and measure it."""
    strategy = world.flow_view["strategy"] or {}
    with watch.strategy_call(str(strategy.get("type") or "none"), world.event.name) as outcome:
        result = call()
        if result is None:
            outcome.say("lost")
        elif isinstance(result, Waiting):
            outcome.say("in_progress")
        elif result.failure is not None:
            outcome.say("retryable" if result.retryable else "failed")
        return result
