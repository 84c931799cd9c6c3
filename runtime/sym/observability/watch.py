"""What the rest of the product says about what it does: it goes to the log, the metrics and the trace at once. Each of
these is cheap, and none ever raises for what it is told.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from structlog.contextvars import bind_contextvars, bound_contextvars

from sym.observability import metrics, tracing
from sym.observability.redaction import forgetting
from sym.observability.tracing import Span

log = logging.getLogger(__name__)
METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
Job = Callable[[str, int], None]
"""Runs one job of the queue: takes the id of what it is about, and the attempt."""


@dataclass
class _InHand:
    phase: str
    stack: ExitStack
    span: Span
    outcome: str = "stale"
    run_id: str = ""
    decision: str = ""


_IN_HAND: ContextVar[_InHand | None] = ContextVar("sym_job_in_hand", default=None)


class Outcome:
    """How something that is measured went; ``ok`` unless somebody says otherwise."""

    def __init__(self, span: Span) -> None:
        self.span = span
        self.word = "ok"

    def say(self, word: str) -> None:
        """It went like that: one word of a few."""
        self.word = word


def job(phase: str, run: Job) -> Job:
    """``run``, watched: what it logs names the job, and how long it took is measured."""

    def watched(subject: str, attempt: int) -> None:
        begun = time.monotonic()
        key = "message_id" if phase == "deliver" else "event_id"
        bound = bound_contextvars(phase=phase, attempt=attempt, run_id="", flow="", event_name="", **{key: subject})
        with bound, forgetting(), ExitStack() as stack:
            found = _InHand(phase, stack, Span())
            reset = _IN_HAND.set(found)
            # Whatever becomes of the rest: first, so that it comes last.
            stack.callback(_IN_HAND.reset, reset)
            try:
                run(subject, attempt)
            finally:
                _finished(found, time.monotonic() - begun)

    return watched


def _finished(found: _InHand, seconds: float) -> None:
    metrics.PHASES.labels(found.phase, found.outcome).observe(seconds)
    found.span.set(outcome=found.outcome)
    level = logging.DEBUG if found.outcome == "stale" else logging.INFO
    extra = {"outcome": found.outcome, "decision": found.decision, "seconds": round(seconds, 6)}
    log.log(level, "%s: %s", found.phase, found.decision or found.outcome, extra=extra)


def identify(run_id: str, flow: str, event_name: str) -> None:
    """The job in hand is about this event of this run: from now on logs and the trace say so."""
    found = _IN_HAND.get()
    if found is None or found.run_id:
        return
    found.run_id, found.outcome = run_id, "ok"
    bind_contextvars(run_id=run_id, flow=flow, event_name=event_name)
    attributes = {"run_id": run_id, "flow": flow, "event_name": event_name, "phase": found.phase}
    found.span = found.stack.enter_context(
        tracing.span(f"{found.phase} {event_name}", attributes, run_id=run_id)
    )  # fmt: skip


def job_ended(outcome: str) -> None:
    """The job in hand did not go as it should: ``failed`` or ``stopped``."""
    found = _IN_HAND.get()
    if found is not None:
        found.outcome = outcome
        found.span.fail(outcome)


def requested(flow: str, source: str) -> None:
    """A request was processed."""
    metrics.REQUESTS.labels(flow, source).inc()


def decided(event_name: str, outcome: str) -> None:
    """Something was committed about an event: the job in hand has come to that."""
    metrics.DECISIONS.labels(event_name, outcome).inc()
    found = _IN_HAND.get()
    if found is not None:
        found.decision = outcome
        found.span.set(decision=outcome)


def refused(action: str, code: str) -> None:
    """Somebody was not allowed to do something."""
    metrics.REFUSALS.labels(action, code).inc()
    log.info("refused: %s", action, extra={"code": code})


@contextmanager
def strategy_call(kind: str, method: str) -> Iterator[Outcome]:
    """A strategy of type ``kind`` is called."""
    with _measured(f"strategy {method}", {"strategy": kind, "method": method}) as (outcome, begun):
        try:
            yield outcome
        finally:
            seconds = time.monotonic() - begun
            metrics.STRATEGY_CALLS.labels(kind, method, outcome.word).observe(seconds)
            log.info("%s: %s", method, outcome.word, extra={"outcome": outcome.word, "seconds": round(seconds, 6)})


@contextmanager
def handler(kind: str, function: str) -> Iterator[None]:
    """Authors' code is called: ``kind`` is hook, reducer, strategy …, ``function`` its name."""
    with _measured(f"handler {function}", {"kind": kind, "function": function}) as (outcome, begun):
        try:
            yield
        except BaseException:
            outcome.say("failed")
            raise
        finally:
            metrics.HANDLERS.labels(kind, outcome.word).observe(time.monotonic() - begun)


@contextmanager
def _measured(name: str, attributes: Mapping[str, str]) -> Iterator[tuple[Outcome, float]]:
    with tracing.span(name, attributes) as span:
        outcome = Outcome(span)
        yield outcome, time.monotonic()
        span.set(outcome=outcome.word)


@dataclass
class Answer:
    """What is known of an answer once it is on its way."""

    route: str = "unmatched"
    status: int = 500


@contextmanager
def api_request(method: str, request_id: str, headers: Mapping[str, str]) -> Iterator[Answer]:
    """A request to the API is served; ``route`` (a template, never a path) and ``status`` are filled in by then."""
    method = method if method in METHODS else "other"
    begun, answer = time.monotonic(), Answer()
    with (
        bound_contextvars(request_id=request_id),
        forgetting(),
        tracing.span(f"{method} request", {"request_id": request_id}, headers=headers) as span,
    ):
        try:
            yield answer
        finally:
            seconds = time.monotonic() - begun
            metrics.API_REQUESTS.labels(method, answer.route, str(answer.status)).observe(seconds)
            span.set(route=answer.route, status=answer.status)
            # Load balancers and Prometheus ask every few seconds.
            level = logging.INFO if answer.route.startswith("/api/") or answer.status >= 500 else logging.DEBUG
            extra = {"method": method, "route": answer.route, "status": answer.status, "seconds": round(seconds, 6)}
            log.log(level, "%s %s %d", method, answer.route, answer.status, extra=extra)


def swept(now: datetime) -> None:
    """The sweeper has looked for what is due and does not move."""
    metrics.LAST_SWEEP.set(now.timestamp())


def reported(what: str) -> None:
    """An error logger is to hear of something, such as ``event.failed``."""
    metrics.ERROR_REPORTS.labels(what).inc()


def sent_to_log_destination(kind: str, name: str, entries: int) -> None:
    """A log destination has taken entries of the audit log."""
    metrics.LOG_ENTRIES_SENT.labels(kind, name).inc(entries)


def log_destination_failed(kind: str, name: str) -> None:
    """A log destination has not taken what was sent to it."""
    metrics.LOG_SEND_FAILURES.labels(kind, name).inc()
