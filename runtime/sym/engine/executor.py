"""The phases of an event: ``decide`` runs the hook and the reducers and decides, ``perform`` calls the strategy,
``after`` runs the ``after_`` hook. Each ends with one transaction.

Author code and strategies never run inside a transaction. A phase that finds its event elsewhere does nothing.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from sym.engine.author import AuthorCode, explain, hook_name
from sym.engine.calls import Claim, Result, Spared, Taken, Waiting, is_over, is_repair
from sym.engine.commit import Outcome, Raced, Transition
from sym.engine.effects import Deescalate, Effect, Escalate, Restore
from sym.engine.host import FlowHost
from sym.engine.journal import record
from sym.engine.later import Later
from sym.engine.ledger import LedgerUnwritable
from sym.engine.lifecycle import Decision, decide, decide_failure, refuse, route
from sym.engine.notices import Notices
from sym.engine.observed import note_commit, watched_call
from sym.engine.performer import Performer, obstacle
from sym.engine.queue import Queue
from sym.engine.reach import NOWHERE, Reach
from sym.engine.reasons import keep_after, keep_decision
from sym.engine.recent import RecentWorlds
from sym.engine.repair import Repair
from sym.engine.sandbox.sandbox import Sandbox
from sym.engine.scene import Known, Scene, incoming_of, open_scene
from sym.engine.spool import Spool, is_ending, recorded
from sym.engine.trace import begin_again, traced_phase
from sym.engine.views import World
from sym.errors import AuthorCodeFailed, Recovering, Unrecorded
from sym.observability import watch
from sym.sdk._secrets import SecretPlace
from sym.store.database import Connection, Store
from sym.store.events import move_event
from sym.store.grants import Lease

log = logging.getLogger(__name__)
RACES, DECIDE_TRIES, HELD_SECONDS = 20, 8, 5.0


class Stopped(Exception):
    """The runtime stops: whatever comes of what is in hand does not count."""


class Executor:
    """Runs the phases of events, one call at a time per job, any number of jobs at once."""

    def __init__(self, store: Store, queue: Queue, sandbox: Sandbox, place: SecretPlace,  # noqa: PLR0913 - its parts
                 clock: Callable[[], datetime], *, notices: Notices | None = None, spool: Spool | None = None,
                 reach: Reach = NOWHERE) -> None:  # fmt: skip
        self._store = store
        self._queue = queue
        self._sandbox = sandbox
        self._place, self._reach, self._clock = place, reach, clock
        self._performer = Performer(store, sandbox, clock, spool=spool)
        self._notices = notices
        self._spool = spool
        self._stopped = threading.Event()
        self._recent = RecentWorlds()
        self._later = Later(store, queue, clock)

    def stop(self) -> None:
        """Write nothing any more. What is in hand is left to the next start, as if it had not been begun."""
        self._stopped.set()

    def before_each_grant(self, check: Callable[[World, Lease], None]) -> None:
        """Call ``check`` before a vendor is asked to grant; what it raises keeps the grant waiting."""
        self._performer.before_grant = check

    def phases(self) -> dict[str, Callable[[str, int], None]]:
        """The phases by the name of their jobs. They do not raise: what fails unexpectedly is tried again later."""
        run = {"decide": self.decide, "perform": self.perform, "after": self.after}
        return {phase: watch.job(phase, self._guarded(phase, function)) for phase, function in run.items()}

    def _guarded(self, phase: str, function: Callable[[str, int], None]) -> Callable[[str, int], None]:
        def guarded(event_id: str, attempt: int) -> None:
            try:
                function(event_id, attempt)
            except Stopped:
                watch.job_ended("stopped")
                log.info("%s of event %s is left to the next start", phase, event_id)
            except (Recovering, LedgerUnwritable) as held:
                log.warning("%s of event %s waits: %s", phase, event_id, held)
                self._later.again(phase, event_id, attempt, delay=HELD_SECONDS)
            except Exception:
                watch.job_ended("failed")
                log.exception("%s of event %s failed unexpectedly and is tried again", phase, event_id)
                if phase != "decide" or attempt < DECIDE_TRIES or not self._give_up(event_id, attempt):
                    self._later.again(phase, event_id, attempt)

        return guarded

    def _give_up(self, event_id: str, attempt: int) -> bool:
        """End an event that cannot be decided, so that people hear of it. Access that is due is never given up."""
        try:
            scene = self._scene(event_id, "decide", attempt)
            if scene is None or (scene.world.event.name, scene.world.event.channel_type) == ("deescalate", "internal"):
                return False
            failure = decide_failure(scene.world.event.name, "The runtime could not decide on this; its log says more.")
            return self._commit(scene, failure, Outcome()) is not None
        except Exception:
            log.exception("event %s cannot even be ended", event_id)
            return False

    @traced_phase
    def decide(self, event_id: str, attempt: int) -> None:
        """Decide on an event that has arrived, or whose time has come."""
        for _ in range(RACES):
            begin_again()
            scene = self._scene(event_id, "decide", attempt)
            if scene is None or self._later.is_early(scene.world.event):
                return
            decision, outcome = self._decide(scene)
            try:
                taken = self._commit(scene, decision, outcome, keeps_hand=self._queue.works_here())
            except Unrecorded:
                # Nothing may be granted now, but it is decided: the effect waits for the audit log in a job of its own.
                taken = self._commit(scene, decision, outcome)
            if taken is not None:
                if taken.claimed is not None:
                    self._guarded("perform", partial(self._go_on, taken))(event_id, taken.world.event.attempt)
                return
        log.error("event %s lost every race and is left to the sweeper", event_id)

    @traced_phase
    def perform(self, event_id: str, attempt: int) -> None:
        """Carry out the effect an event was decided to have, and settle what comes of it."""
        scene = self._scene(event_id, "perform", attempt)
        if scene is None or scene.lease is None:
            return
        if is_over(scene.world.event, scene.lease):
            # Another event ended it. To end it again could take away what has been granted since.
            self._commit(scene, Decision(), Outcome())
            return
        world, lease = scene.world, scene.lease
        result = watched_call(world, lambda: self._performer.call(world, lease, self._host(world)))
        self._conclude(world, attempt, result)

    def _go_on(self, taken: Taken, _event_id: str, attempt: int) -> None:
        """Carry out the effect that was claimed with its decision."""
        begin_again()
        world, claimed = taken.world, taken.claimed
        result: Result | Spared | Waiting | None
        if isinstance(claimed, Claim):
            self._performer.hold(world, claimed)
            result = watched_call(world, lambda: self._performer.carry_out(world, claimed, self._host(world)))
        else:
            result = claimed
        self._conclude(world, attempt, result)

    def _conclude(self, world: World, attempt: int, result: Result | Spared | Waiting | None) -> None:
        event_id = world.event.id
        for _ in range(RACES):
            fresh = self._scene(event_id, "perform", attempt, same=world)
            if result is None or fresh is None or fresh.lease is None:
                log.warning("event %s is in other hands; what was done for it here does not count", event_id)
                if isinstance(result, Result) or (isinstance(result, Waiting) and result.operation):
                    self._repair(world, result.effect)
                return
            try:
                if isinstance(result, Waiting):
                    done = self._later.postpone(fresh.world, fresh.lease, result)
                else:
                    done = self._settle(fresh, result)
            except Unrecorded:
                if self._spool is None or not (isinstance(result, Result) and isinstance(result.effect, Escalate)):
                    raise
                result = result.unrecorded()  # no grant without its entry: it is taken back
                continue
            if done:
                return
            if isinstance(result, Spared):  # whoever needed the membership may not any more: look again
                result = Waiting(effect=result.effect, delay=0.1)

    def _repair(self, world: World, effect: Effect) -> None:
        def work(conn: Connection) -> None:
            Repair(conn=conn, queue=self._queue, world=world, now=self._clock()).after_late_call(effect)

        recorded(self._store, self._spool, work, ends=not isinstance(effect, Deescalate))

    def _settle(self, scene: Scene, result: Result | Spared) -> bool:
        assert scene.lease is not None, "an effect that was performed has a lease"
        world, decision = scene.world, self._performer.settle(scene.state, result, self._clock())
        is_news = decision.lease == "stuck" and scene.lease.status != "stuck"
        said = self._performer.instructions(world, scene.lease, self._host(world)) if is_news else None
        outcome = Outcome(
            output=result.output, is_verified=result.is_verified, instructions=said,
            note={**result.note, **({"instructions": said} if said else {})},
            has_after=not is_repair(world.event) and self._author(world).has(f"after_{world.event.name}"),
        )  # fmt: skip

        def before(conn: Connection, now: datetime) -> None:
            Repair(conn=conn, queue=self._queue, world=world, now=now).close(result)

        done = self._commit(scene, decision, outcome, before=before) is not None
        if done and said:
            log.error("run %s: access could not be taken away: %s %s", world.run.id, decision.error, said)
        elif done and decision.error and decision.retry_at is None and isinstance(result.effect, Restore):
            log.error("run %s: access taken away too early could not be given back: %s", world.run.id, decision.error)
        return done

    @traced_phase
    def after(self, event_id: str, attempt: int) -> None:
        """Run the ``after_`` hook. What it raises is reported; it cannot undo anything."""
        scene = self._scene(event_id, "after", attempt)
        if scene is None:
            return
        world, now = scene.world, self._clock()
        failure = self._author(world).after(world.event.name)
        self._require_running()
        with self._store.transaction() as conn:
            moved = move_event(conn, world.event, phase="done", status="error" if failure else "success", error=failure,
                               due_at=None, finished_at=now)  # fmt: skip
            if moved is not None and failure is not None:
                record(conn, "event.failed", world, errors=(failure,), now=now)
            if moved is not None:
                keep_after(conn, world, failure, now)

    def _scene(self, event_id: str, phase: str, attempt: int, same: World | None = None) -> Scene | None:
        self._require_running()
        with self._store.reading() as conn:
            return open_scene(conn, event_id, (phase, attempt), Known(same, self._recent.take(event_id)))

    def _decide(self, scene: Scene) -> tuple[Decision, Outcome]:
        world, state = scene.world, scene.state
        incoming = incoming_of(scene)
        refusal = refuse(state, incoming)
        if refusal is not None:
            return refusal, Outcome()
        author = self._author(world)
        if not (incoming.overrides or incoming.somebody_left):
            incoming = replace(incoming, hook=author.on(world.event.name))
        decision = decide(state, incoming)
        permissions = None
        if world.event.name == "request" and decision.status == "requested":
            try:
                permissions = author.permissions()
                decision = route(decision, author.routing())
            except AuthorCodeFailed as error:
                decision = decide_failure("request", explain(error))
        elif isinstance(decision.effect, Escalate) and (problem := obstacle(world)):
            decision = decide_failure("escalate", problem)
        return decision, Outcome(permissions=permissions, has_after=author.has(hook_name("after", world.event.name)))

    def _commit(self, scene: Scene, decision: Decision, outcome: Outcome,
                before: Callable[..., None] | None = None, *, keeps_hand: bool = False) -> Taken | None:  # fmt: skip
        """Write the decision; None if somebody was faster. With ``keeps_hand`` its effect is claimed if possible."""
        self._require_running()
        now = self._clock()
        transition = Transition(
            queue=self._queue, world=scene.world, lease=scene.lease, decision=decision, outcome=outcome, now=now,
            notices=self._notices, keeps_hand=keeps_hand,
        )  # fmt: skip

        def write(conn: Connection) -> Taken:
            if before is not None:
                before(conn, now)
            keep_decision(conn, scene.world, decision, outcome, now)
            written = transition.write(conn)
            world = written.seen_from(scene.world)
            claimed = self._claim(conn, world, decision, written.lease) if keeps_hand else None
            return Taken(going_on=written.going_on, world=world, claimed=claimed)

        try:
            taken = recorded(self._store, self._spool, write, ends=is_ending(scene.world.event.name, decision))
        except Raced:
            return None
        self._recent.keep(taken.going_on, scene.world)
        note_commit(scene.world, decision)
        return taken

    def _claim(self, conn: Connection, world: World, decision: Decision,
               lease: Lease | None) -> Claim | Waiting | Spared | None:  # fmt: skip
        event = world.event
        if decision.effect is None or event.phase != "perform":
            return None
        if lease is not None and self._performer.can_claim(world, decision.effect, lease):
            return self._performer.claim_decided(conn, world, lease)
        self._queue.enqueue(conn, event.phase, event.id, event.attempt)
        return None

    def _require_running(self) -> None:
        if self._stopped.is_set():
            raise Stopped

    def _host(self, world: World) -> FlowHost:
        return FlowHost(self._store, self._place, world, self._clock, self._reach)

    def _author(self, world: World) -> AuthorCode:
        return AuthorCode(self._sandbox, self._host(world), world)
