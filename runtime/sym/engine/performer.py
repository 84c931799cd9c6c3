"""One effect, one strategy call, its outcome.

Before the call an effect row says "intended", in a transaction of its own. A later attempt that finds such a row knows
that a call may or may not have happened: it says so in the audit log and calls again, which is safe because escalate
and deescalate are idempotent.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sym import plugins
from sym.engine.author import explain
from sym.engine.commit import GRACE
from sym.engine.effects import Deescalate, Effect, Escalate
from sym.engine.host import FlowHost
from sym.engine.journal import record, require_recordable
from sym.engine.lifecycle import Decision, RunState
from sym.engine.sandbox.sandbox import Call, Sandbox
from sym.engine.settlement import settle
from sym.engine.spool import Spool, recorded
from sym.engine.views import Document, World, target_view, view_event
from sym.errors import AuthorCodeFailed, NotServed, Retryable, Unavailable
from sym.store.database import Connection, Store
from sym.store.events import move_event
from sym.store.grants import Effect as EffectRow
from sym.store.grants import Lease, effects_of_event, insert_effect, move_effect

log = logging.getLogger(__name__)
SOURCE = "strategy.py"


@dataclass(frozen=True, kw_only=True)
class Result:
    """What came of one strategy call: its ``output``, or the ``failure`` and whether trying again may help."""

    effect: Effect
    row: EffectRow
    tries: int
    output: dict[str, Any] | None = None
    failure: str | None = None
    retryable: bool = False

    def close(self, conn: Connection, now: datetime) -> None:
        """Note in the effect's row what came of it, in the transaction that settles it."""
        status = "failed" if self.failure else "done"
        move_effect(conn, self.row, status=status, error=self.failure, finished_at=now)

    def unrecorded(self) -> Result:
        """The same as a failure for good, because the audit log does not take that it succeeded."""
        failure = self.failure or "The audit log cannot be written, so the access that was granted is taken back."
        return replace(self, output=None, failure=failure, retryable=False)


class Performer:
    """Calls strategies."""

    def __init__(self, store: Store, sandbox: Sandbox, clock: Callable[[], datetime],
                 spool: Spool | None = None) -> None:  # fmt: skip
        self._store = store
        self._spool = spool
        self._sandbox = sandbox
        self._clock = clock

    def call(self, world: World, lease: Lease, host: FlowHost) -> Result | None:
        """Carry out the effect of the world's event; None, and nothing is done, if somebody else has the event by now.
        Never raises for what the strategy does."""
        intended = self._intend(world)
        if intended is None:
            return None
        row, tries = intended
        effect: Effect = Escalate(run_id=world.run.id) if row.name == "escalate" else Deescalate(run_id=world.run.id)
        try:
            output = self._run(world, lease, host, row.name)
        except AuthorCodeFailed as error:
            return Result(effect=effect, row=row, tries=tries, failure=explain(error), retryable=error.retryable)
        except (NotServed, Retryable, Unavailable) as error:
            retryable = not isinstance(error, NotServed)
            return Result(effect=effect, row=row, tries=tries, failure=str(error), retryable=retryable)
        except Exception as error:
            # A defect of ours, and the vendor may have been called: it counts as a try, so that the limits, the audit
            # entry and the clean-up of a failed call follow.
            log.exception("the strategy call of event %s failed unexpectedly", world.event.id)
            failure = f"the runtime failed ({type(error).__name__}); its log says more"
            return Result(effect=effect, row=row, tries=tries, failure=failure, retryable=True)
        return Result(effect=effect, row=row, tries=tries, output=output)

    def settle(self, state: RunState, result: Result, now: datetime) -> Decision:
        """What follows from ``result``."""
        return settle(
            state, result.effect, tries=result.tries, failure=result.failure, retryable=result.retryable, now=now
        )

    def _intend(self, world: World) -> tuple[EffectRow, int] | None:
        ends = world.event.name != "escalate"
        return recorded(self._store, self._spool, lambda conn: self._note_intent(conn, world), ends=ends)

    def _note_intent(self, conn: Connection, world: World) -> tuple[EffectRow, int] | None:
        event, now = world.event, self._clock()
        if move_event(conn, event, due_at=now + GRACE) is None:
            return None
        if event.name == "escalate":
            require_recordable(conn, "run.escalated", world, now=now)
        earlier = effects_of_event(conn, event.id)
        for row in earlier:
            if row.status == "intended":
                move_effect(conn, row, status="ambiguous", finished_at=now)
                note = f"the call of {row.name} started at {row.started_at.isoformat()} has no known outcome"
                record(conn, "effect.repeated", world, errors=(note,), now=now)
        row = EffectRow(
            run_id=world.run.id, name=event.name, attempt=len(earlier) + 1, event_id=event.id, status="intended",
            error=None, started_at=now, finished_at=None,
        )  # fmt: skip
        insert_effect(conn, row)
        return row, len(earlier) + 1

    def _run(self, world: World, lease: Lease, host: FlowHost, method: str) -> dict[str, Any] | None:
        strategy = world.flow_view["strategy"]
        if problem := _unserved(strategy):
            raise NotServed(problem)
        event = view_event(world)
        event["payload"]["fields"] = {**event["payload"]["fields"], "target": lease.snapshot["target"]}
        call = Call(
            source=SOURCE,
            text=strategy["implementation"],
            kind="strategy",
            function=method,
            arguments=[
                {
                    "integration": strategy["integration"],
                    "target_id": target_id(lease.snapshot["target"]),
                    "event": event,
                }
            ],
        )
        output = self._sandbox.call(call, host).value
        if output is not None and not isinstance(output, dict):
            # Not the value: it may be a secret.
            raise AuthorCodeFailed(f"{method} must return a dict or nothing, not a {type(output).__name__}",
                                   handler=method, source=SOURCE)  # fmt: skip
        return output


def obstacle(world: World) -> str | None:
    """Why the access of the world's run cannot be granted, as far as is known before anything is called; None if
    nothing stands in the way."""
    strategy = world.flow_view["strategy"]
    if problem := _unserved(strategy):
        return problem
    if target_view(world.run, world.flow_view) is None:
        return f"The strategy {strategy['name']} no longer has the target that was asked for."
    return None


def _unserved(strategy: Document) -> str | None:
    if not is_served(strategy["type"]):
        return f"Strategies of type '{strategy['type']}' are not served by this release."
    if not strategy.get("implementation"):
        return f"The strategy {strategy['name']} has no implementation."
    return None


def is_served(kind: str) -> bool:
    """Whether strategies of this type can be carried out: the shelf has it, and its code comes with the resource."""
    return (
        kind in plugins.names("strategies")
        and getattr(plugins.load("strategies", kind), "needs_implementation", False) is True
    )


def target_id(target: Document) -> str:
    """What a custom strategy gets as ``target_id``: the target's ``identifier`` setting, else the target's own id."""
    return str(target["settings"].get("identifier") or target["id"])
