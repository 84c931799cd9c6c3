"""One effect, one strategy call, its outcome: asked for, worked on, read back."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sym.engine.author import explain
from sym.engine.calls import Claim, Result, Spared, Waiting, effect_of
from sym.engine.claiming import claim, claim_decided, note_before
from sym.engine.effects import Deescalate, Effect, Escalate
from sym.engine.host import FlowHost
from sym.engine.identities import Identities
from sym.engine.journal import require_recordable
from sym.engine.leases import key_changes, removal_instructions
from sym.engine.lifecycle import Decision, RunState
from sym.engine.overlap import known_before, look
from sym.engine.progress import polling, reading
from sym.engine.sandbox.sandbox import CallFailed, Sandbox
from sym.engine.settlement import settle
from sym.engine.spool import Spool, recorded
from sym.engine.strategy import open_strategy, unserved
from sym.engine.strategy_port import Absent, StrategyPort
from sym.engine.views import Document, World, target_view
from sym.errors import AuthorCodeFailed, NotServed, Retryable, SymError, Unavailable
from sym.store.database import Connection, Store
from sym.store.grants import Lease, delete_effect, lock_lease, move_lease
from sym.store.users import get_user

log = logging.getLogger(__name__)
LOOK_PAUSES = (0.0, 0.2, 0.5)
"""Seconds between the looks at what a vendor shows within one attempt."""
LOOK_SECONDS = 5.0
"""How long these may take together; the rest is for later attempts."""
COULD_NOT = (AuthorCodeFailed, Retryable, Unavailable)
Outcome = Result | Spared | Waiting


class Performer:
    """Calls strategies. ``pause`` waits a moment."""

    def __init__(self, store: Store, sandbox: Sandbox, clock: Callable[[], datetime],
                 *, spool: Spool | None = None,
                 pause: Callable[[float], None] = time.sleep) -> None:  # fmt: skip
        self._store = store
        self._spool = spool
        self._sandbox = sandbox
        self._clock = clock
        self._pause = pause
        self._identities = Identities(store, sandbox, clock)
        self.before_grant: Callable[[World, Lease], None] = lambda _world, _lease: None
        """Called before a vendor is asked to grant; what it raises keeps the event waiting."""

    def call(self, world: World, lease: Lease, host: FlowHost) -> Outcome | None:
        """Carry out the effect of the world's event; None, and nothing is done, if somebody else has the event by now.
        Never raises for what the strategy does."""
        effect = effect_of(world.event)
        if isinstance(effect, Escalate):
            try:
                lease = self._identified(world, lease, host)
            except AuthorCodeFailed as error:
                claimed = self._claim(world, lease)
                return _not_called(claimed, error) if isinstance(claimed, Claim) else claimed
            self.before_grant(world, lease)
        claimed = self._claim(world, lease)
        return self.carry_out(world, claimed, host) if isinstance(claimed, Claim) else claimed

    def can_claim(self, world: World, effect: Effect, lease: Lease) -> bool:
        """Whether ``effect`` of a decision about the world's event can be claimed as it is decided on: everything its
        key is made of is known."""
        return isinstance(effect, Deescalate) or lease.identity is not None or _has_no_identities(world)

    def claim_decided(self, conn: Connection, world: World, lease: Lease) -> Claim | Waiting | Spared:
        """Claim the effect of the world's event in the transaction that decided on it."""
        if isinstance(effect_of(world.event), Escalate):
            require_recordable(conn, "run.escalated", world, now=self._clock())
        return claim_decided(conn, world, lease, self._clock())

    def hold(self, world: World, claimed: Claim) -> None:
        """What has to be done between claim and call, where the claim came with the decision. What it raises keeps the
        event waiting, and nobody has been called."""
        if not isinstance(claimed.effect, Escalate):
            return
        try:
            self.before_grant(world, claimed.lease)
        except SymError:
            with self._store.transaction() as conn:
                delete_effect(conn, claimed.row)
            raise

    def carry_out(self, world: World, claimed: Claim, host: FlowHost) -> Outcome | None:
        """Carry out what was claimed. Never raises for what the strategy does."""
        if isinstance(claimed.effect, Escalate) and claimed.resumed is None and self._has_left(world):
            return replace(_failed(claimed, "The requester has left before the access was granted."), is_called=False)
        try:
            return self._carry_out(world, claimed, open_strategy(world, claimed.lease, host, self._sandbox))
        except NotServed as error:
            return replace(_failed(claimed, str(error)), is_called=False)
        except COULD_NOT as error:
            return _failed(claimed, _told(error), retryable=_may_pass(error))
        except Exception as error:
            # A defect of ours, and the vendor may have been called: it counts as a try, so that the limits, the audit
            # entry and the clean-up of a failed call follow.
            log.exception("the strategy call of event %s failed unexpectedly", world.event.id)
            failure = f"the runtime failed ({type(error).__name__}); its log says more"
            return _failed(claimed, failure, retryable=True)

    def _claim(self, world: World, lease: Lease) -> Claim | Waiting | Spared | None:
        def work(conn: Connection) -> Claim | Waiting | Spared | None:
            if isinstance(effect_of(world.event), Escalate):
                require_recordable(conn, "run.escalated", world, now=self._clock())
            return claim(conn, world, lease.id, self._clock())

        return recorded(self._store, self._spool, work, ends=isinstance(effect_of(world.event), Deescalate))

    def _has_left(self, world: World) -> bool:
        """Asked between claim and call: whoever leaves after that is seen when the call is settled."""
        with self._store.reading() as conn:
            requester = get_user(conn, world.run.requester_id)
        return requester is None or requester.deactivated_at is not None

    def settle(self, state: RunState, result: Result | Spared, now: datetime) -> Decision:
        """What follows from ``result``."""
        return settle(
            state, result.effect, tries=result.tries, failure=result.failure, retryable=result.retryable, now=now
        )

    def instructions(self, world: World, lease: Lease, host: FlowHost) -> str:
        """How a person takes the access away by hand: what the strategy says, else what the lease tells. Never
        raises for what the strategy does."""
        try:
            port = open_strategy(world, lease, host, self._sandbox)
            said = port.ask("manual_instructions") if port.has("manual_instructions") else None
        except (SymError, Absent) as error:
            log.warning("the strategy of run %s gives no instructions: %s", world.run.id, error)
            said = None
        return said if isinstance(said, str) and said.strip() else removal_instructions(lease)

    def _identified(self, world: World, lease: Lease, host: FlowHost) -> Lease:
        """The lease under the key of who the requester is at the vendor, before it is compared with others. A strategy
        that cannot tell may not need to: then the key is the user's. Raises AuthorCodeFailed."""
        if lease.identity is not None or _has_no_identities(world):
            return lease
        identity = self._identities.of_requester(world, lease, host)
        if identity is None:
            return lease
        changes = key_changes(lease, identity)
        with self._store.transaction() as conn:
            fresh = lock_lease(conn, lease.id, also=changes["key"])
            return (move_lease(conn, fresh, **changes) if fresh.identity is None else None) or fresh

    def _carry_out(self, world: World, claimed: Claim, port: StrategyPort) -> Outcome | None:
        if claimed.resumed is not None and claimed.resumed["stage"] == "reading":
            return self._read_back(claimed, port, claimed.resumed["output"])
        if claimed.resumed is not None:
            return self._poll(claimed, port, claimed.resumed["operation"])
        if claimed.is_first and isinstance(claimed.effect, Escalate) and port.has("is_escalated"):
            asked = self._ask_before(world, claimed, port)
            if not isinstance(asked, Claim):
                return asked
            claimed = asked
        try:
            answer = port.ask(claimed.event.name)
        except CallFailed as error:
            if not (error.is_gone and isinstance(claimed.effect, Deescalate)):
                raise
            answer = None
        return self._answered(claimed, port, answer)

    def _ask_before(self, world: World, claimed: Claim, port: StrategyPort) -> Claim | Result | None:
        """Find out, before the first call, whether somebody else gave the access."""
        with self._store.reading() as conn:
            is_there = known_before(conn, look(conn, claimed.lease, claimed.event.id), self._clock())
        if is_there is None:
            try:
                is_there = port.ask("is_escalated") is True
            except Absent:
                return claimed
            except COULD_NOT as error:
                return _not_called(claimed, error)
        with self._store.transaction() as conn:
            return note_before(conn, world, claimed, is_there, self._clock())

    def _poll(self, claimed: Claim, port: StrategyPort, operation: Document) -> Outcome | None:
        try:
            answer = port.ask("poll", operation)
        except Absent:
            return _failed(claimed, "the service is still at work, and there is no method poll")
        except COULD_NOT as error:
            if isinstance(error, CallFailed) and error.is_gone and isinstance(claimed.effect, Deescalate):
                return self._answered(claimed, port, None)
            return _or_failed(claimed, polling(claimed, operation, self._clock(), miss=_told(error)))
        return self._answered(claimed, port, answer)

    def _answered(self, claimed: Claim, port: StrategyPort, answer: Any) -> Outcome | None:
        method = claimed.event.name
        if isinstance(answer, dict) and answer.get("$type") == "operation":
            if answer["status"] == "FAILED":
                message = answer["message"] or f"the service gave up on operation {answer['id']}"
                return _failed(claimed, f"in {method}: {message}", retryable=True)
            if answer["status"] == "IN_PROGRESS":
                if not port.has("poll"):
                    return _failed(claimed, f"{method} returned an operation in progress, and there is no method poll")
                return _or_failed(claimed, polling(claimed, answer, self._clock()))
            answer = answer["data"]
        if method == "deescalate" and answer is not False and not (isinstance(answer, dict) and "$type" not in answer):
            # It did not raise, so access has ended: what else it says, be it a response or "ok", keeps nobody in.
            answer = None
        if answer is not None and (not isinstance(answer, dict) or "$type" in answer):
            # Not the value: it may be a secret.
            kind = answer["$type"] if isinstance(answer, dict) else type(answer).__name__
            return _failed(claimed, f"{method} must return a dict or nothing, or an Operation; not a {kind}")
        return self._read_back(claimed, port, answer)

    def _read_back(self, claimed: Claim, port: StrategyPort, output: Document | None) -> Outcome:
        done = Result(effect=claimed.effect, row=claimed.row, tries=claimed.tries, output=output)
        if not port.has("is_escalated"):
            return done
        problem, until = "", time.monotonic() + LOOK_SECONDS
        for pause in LOOK_PAUSES:
            if pause and time.monotonic() > until:
                break
            self._pause(pause)
            try:
                seen = port.ask("is_escalated")
            except Absent:
                return done
            except COULD_NOT as error:
                problem = _told(error)
                continue
            problem = "" if isinstance(seen, bool) else "is_escalated must return True or False"
            if seen is not isinstance(claimed.effect, Deescalate) and not problem:
                return replace(done, is_verified=True)
        return _or_failed(claimed, reading(claimed, output, problem=problem))


def _has_no_identities(world: World) -> bool:
    return world.flow_view["strategy"]["integration"] is None


def _failed(claimed: Claim, failure: str, *, retryable: bool = False) -> Result:
    return Result(effect=claimed.effect, row=claimed.row, tries=claimed.tries, failure=failure, retryable=retryable)


def _not_called(claimed: Claim, error: SymError) -> Result:
    return replace(_failed(claimed, _told(error), retryable=_may_pass(error)), is_called=False)


def _or_failed(claimed: Claim, progress: Waiting | str) -> Outcome:
    return progress if isinstance(progress, Waiting) else _failed(claimed, progress)


def _may_pass(error: SymError) -> bool:
    return error.retryable if isinstance(error, AuthorCodeFailed) else True


def _told(error: SymError) -> str:
    return explain(error) if isinstance(error, AuthorCodeFailed) else str(error)


def obstacle(world: World) -> str | None:
    """Why the access of the world's run cannot be granted, as far as is known before anything is called; None if
    nothing stands in the way."""
    strategy = world.flow_view["strategy"]
    if problem := unserved(strategy):
        return problem
    if target_view(world.run, world.flow_view) is None:
        return f"The strategy {strategy['name']} no longer has the target that was asked for."
    return None
