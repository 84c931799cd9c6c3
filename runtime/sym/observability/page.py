"""What Prometheus reads: everything this process counts, and what the store knows."""

from __future__ import annotations

import importlib.metadata
import logging
import platform
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder, start_http_server
from prometheus_client.registry import Collector

from sym.errors import Unavailable
from sym.observability import metrics
from sym.store.database import Store
from sym.store.drift import count_findings
from sym.store.log_cursors import Lag, lags
from sym.store.survey import Survey, survey

log = logging.getLogger(__name__)
CACHED_SECONDS = 5.0
"""However often it is asked for, the store is not looked at more often."""


class Page(Collector):
    """The metrics of a process that works on ``store``."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: tuple[float, list[Metric]] | None = None
        metrics.BUILD.labels(_version(), platform.python_version()).set(1)

    def render(self, accept: str) -> tuple[bytes, str]:
        """The page in the format that the header ``accept`` asks for, and its content type. A store that cannot be
        read is ``sym_store_up 0``, and what it would have told is missing."""
        encode, content_type = choose_encoder(accept)
        return encode(self), content_type

    def collect(self) -> Iterator[Metric]:
        """Every metric."""
        yield from metrics.REGISTRY.collect()
        yield from self._of_the_store()

    def _of_the_store(self) -> list[Metric]:
        with self._lock:
            if self._seen is None or time.monotonic() - self._seen[0] >= CACHED_SECONDS:
                self._seen = (time.monotonic(), self._look())
            return self._seen[1]

    def _look(self) -> list[Metric]:
        now = self._clock()
        try:
            with self._store.reading() as conn:
                found, behind, drift = survey(conn, now), lags(conn), count_findings(conn)
        except Exception:
            log.exception("the store could not be measured")
            return [_gauge("sym_store_up", "Whether the store can be read.", 0)]
        return [_gauge("sym_store_up", "Whether the store can be read.", 1), *gauges(found, now),
                *lag_gauges(behind, now),
                drift_gauge(drift)]  # fmt: skip

    @contextmanager
    def served_at(self, host: str, port: int) -> Iterator[int]:
        """Serve the page at ``host``:``port`` within the block, whatever the path; gives the port.

        Raises Unavailable if nobody can listen there.
        """
        try:
            server, thread = start_http_server(port, host, self)
        except OSError as error:
            raise Unavailable(f"SYM_METRICS: cannot listen on {host}:{port}: {error.strerror or error}.") from error
        try:
            yield server.server_port
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def gauges(found: Survey, now: datetime) -> Iterator[Metric]:
    """What a survey made at ``now`` says, as metrics."""
    yield _by("sym_leases", "Leases that may mean access at a vendor.", "status", found.leases)
    yield _gauge("sym_leases_overdue", "Access that should have ended by now.", found.overdue_leases)
    yield _gauge("sym_lease_overdue_seconds", "By how much the longest of them.", _since(found.first_lease_end, now))
    yield _by("sym_queue_depth", "Events whose time has come and that are not finished.", "phase", found.queue)
    yield _gauge("sym_events_overdue", "Events that should have moved by now.", found.overdue_events)
    yield _gauge("sym_event_overdue_seconds", "By how much the longest of them.", _since(found.first_due, now))
    yield _gauge(
        "sym_timer_lateness_seconds", "How late the earliest due timer is that has not begun; 0 without one.",
        _since(found.first_timer, now),
    )  # fmt: skip
    yield _gauge("sym_messages_waiting", "Messages that are to be delivered.", found.messages)
    yield _gauge("sym_workers_alive", "Workers heard of within half a minute.", found.workers)
    yield _gauge(
        "sym_audit_last_seal_timestamp_seconds", "When entries of the audit log were last sealed; 0 if never.",
        found.last_seal.timestamp() if found.last_seal else 0,
    )  # fmt: skip
    yield _gauge(
        "sym_audit_unsealed_seconds", "Age of the oldest entry of the audit log that is not sealed; 0 without one.",
        _since(found.first_unsealed, now),
    )  # fmt: skip


def drift_gauge(found: Mapping[str, int]) -> Metric:
    """How much drift there is of each kind, as a metric."""
    return _by("sym_drift", "Where services grant something else than was approved.", "kind", found)


def lag_gauges(behind: Sequence[Lag], now: datetime) -> Iterator[Metric]:
    """How far log destinations are behind at ``now``, as metrics; none where there is no destination."""
    measures: tuple[tuple[str, str, Callable[[Lag], float]], ...] = (
        (
            "sym_log_destination_lag_entries",
            "Entries that are to be sent to a log destination, 10000 at most.",
            lambda lag: float(lag.entries),
        ),
        (
            "sym_log_destination_lag_seconds",
            "Age of the first of them; 0 without one.",
            lambda lag: _since(lag.since, now),
        ),
        (
            "sym_log_destination_failing_seconds",
            "Since when a log destination takes nothing; 0 if it does.",
            lambda lag: _since(lag.cursor.failing_since if lag.cursor else None, now),
        ),
    )
    for name, meaning, value in measures:
        family = GaugeMetricFamily(name, meaning, labels=["type", "destination"])
        for lag in behind:
            family.add_metric([lag.type, lag.slug], value(lag))
        if behind:
            yield family


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, value=value)


def _by(name: str, meaning: str, label: str, values: Mapping[str, int]) -> Metric:
    family = GaugeMetricFamily(name, meaning, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _since(moment: datetime | None, now: datetime) -> float:
    return max((now - moment).total_seconds(), 0.0) if moment else 0.0


def _version() -> str:
    try:
        return importlib.metadata.version("symflow")
    except importlib.metadata.PackageNotFoundError:  # run from a checkout that was never installed
        return "0"
