"""Looks for drift (:mod:`sym.engine.drift`) every so often, in one worker at a time, and tells of it.

It never changes anything at a service. What is found stands in the store, for the API, the command line and the
metrics; the error logger of the environment hears of it once, and again after a day if it still is so.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from sym.engine.connections.opening import Connections
from sym.engine.drift import SETTLING, Explained, Place, compare, places
from sym.engine.drift_report import by_environment, report_content
from sym.engine.error_loggers import error_loggers
from sym.engine.flow_services import FlowServices
from sym.engine.outbound import ErrorReport, Outbound
from sym.engine.strategy_in_worker import list_active
from sym.errors import SymError
from sym.observability.redaction import forgetting
from sym.sdk._secrets import SecretPlace
from sym.store.database import Store
from sym.store.drift import (
    claim_check,
    finish_check,
    forget_places,
    leases_that_explain,
    list_findings,
    note_findings,
    note_told,
)

log = logging.getLogger(__name__)
LOOK_SECONDS = 60.0
"""Between two looks at whether a check is due."""
BUDGET_SECONDS = 300.0
"""A check asks no further place after so long: the next one goes on from there."""
MOST_MEMBERS = 10_000
"""A place with more is not compared."""
TELL_AGAIN = timedelta(days=1)


class DriftWatch:
    """Checks every ``every`` until it is stopped. ``seconds`` measures the budget."""

    def __init__(self, store: Store, connections: Connections, place: SecretPlace, outbound: Outbound,  # noqa: PLR0913
                 clock: Callable[[], datetime], *, every: timedelta, seconds: Callable[[], float] = time.monotonic,
                 ) -> None:  # fmt: skip
        self._store = store
        self._connections = connections
        self._secrets = place
        self._outbound = outbound
        self._clock = clock
        self._every = every
        self._seconds = seconds
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="sym-drift", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after the place in hand."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def check(self) -> bool:
        """Check every place there is, if it is time and no other worker does; whether it was this one's turn."""
        now = self._clock()
        with self._store.transaction() as conn:
            last = claim_check(conn, now, self._every)
            if last is None:
                return False
            known = places(conn, leases_that_explain(conn, now - SETTLING))
            forget_places(conn, known)
        ordered = _from(known.values(), last.reached)
        reached, checked, problems = self._ask(ordered)
        with self._store.transaction() as conn:
            finish_check(conn, self._clock(), reached=reached, checked=checked, problems=problems)
        self._tell()
        return True

    def _ask(self, ordered: list[Place]) -> tuple[str | None, int, list[str]]:
        """The id of the first place that was not asked (None: all were), how many were, and what went wrong."""
        end, checked = self._seconds() + BUDGET_SECONDS, 0
        problems: list[str] = []
        for place in ordered:
            if self._seconds() >= end or self._stopped.is_set():
                log.warning("the check for drift ran out of time: %d of %d places were asked", checked, len(ordered))
                return place.id, checked, problems
            with forgetting():
                if problem := self._compare(place):
                    problems.append(problem)
                    log.warning("drift: %s", problem)
            checked += 1
        return None, checked, problems

    def _compare(self, place: Place) -> str | None:
        """Note what differs at one place; why it cannot be told."""
        where = f"{place.label} ({place.strategy['type']}, flow {place.slug})"
        before = self._explained()
        try:
            services = FlowServices(self._store, self._secrets, place.flow, self._clock, self._connections)
            active = list_active(place.strategy, place.settings, services, most=MOST_MEMBERS + 1)
        except SymError as error:
            return f"{where} could not be asked: {error}"
        if len(active) > MOST_MEMBERS:
            return f"{where} has more than {MOST_MEMBERS} members: they are not compared."
        with self._store.transaction() as conn:
            now = self._clock()
            after = Explained.by(leases_that_explain(conn, now - SETTLING), now)
            note_findings(conn, place.id, compare(place, active, before, after, now))
        return None

    def _explained(self) -> Explained:
        now = self._clock()
        with self._store.reading() as conn:
            return Explained.by(leases_that_explain(conn, now - SETTLING), now)

    def _tell(self) -> None:
        now = self._clock()
        with self._store.reading() as conn:
            news = by_environment(list_findings(conn, untold_since=now - TELL_AGAIN))
            loggers = {key: error_loggers(conn, key) if key else [] for key in news}
        for key, findings in news.items():
            content = report_content(findings)
            log.warning("drift: %s", content["text"])
            for destination in loggers[key] if self._outbound.is_bound else ():
                report = ErrorReport(
                    id=str(uuid.uuid4()), attempt=1, run_id="", destination=destination, content=content
                )
                try:
                    self._outbound.report(report)
                except Exception as error:  # noqa: BLE001 - the log and the API have it
                    log.warning("a report of drift could not be delivered (%s)", type(error).__name__)
            with self._store.transaction() as conn:
                note_told(conn, [item.id for item in findings], now)

    def _loop(self) -> None:
        while not self._stopped.wait(LOOK_SECONDS):
            try:
                self.check()
            except Exception:
                log.exception("a check for drift failed; the next one follows")


def _from(known: Iterable[Place], reached: str | None) -> list[Place]:
    """The places, beginning with the one the last check did not come to."""
    ordered = sorted(known, key=lambda place: place.id)
    return [place for place in ordered if place.id >= (reached or "")] + [
        place for place in ordered if place.id < (reached or "")
    ]
