"""What is counted and measured in this process. No label has more values than the configuration has parts: there is
none for a person or a run."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.process_collector import ProcessCollector

REGISTRY = CollectorRegistry()
"""Everything this process counts. Not the library's own registry, which other libraries write to."""

_FAST = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_SLOW = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)

REQUESTS = Counter(
    "sym_requests", "Requests for access or approval that were processed.", ["flow", "source"], registry=REGISTRY
)
DECISIONS = Counter(
    "sym_decisions",
    "What became of events: the status the run got, or started, ok, retry, failed, refused, ignored.",
    ["event_name", "outcome"],
    registry=REGISTRY,
)
REFUSALS = Counter("sym_refusals", "Actions somebody was not allowed to take.", ["action", "code"], registry=REGISTRY)
STRATEGY_CALLS = Histogram(
    "sym_strategy_call_seconds",
    "Calls of strategies: ok, retryable, failed, or lost to another worker.",
    ["type", "method", "outcome"],
    buckets=_SLOW,
    registry=REGISTRY,
)
HANDLERS = Histogram(
    "sym_handler_seconds",
    "Calls of authors' code in the sandbox, by kind: ok or failed.",
    ["kind", "outcome"],
    buckets=_SLOW,
    registry=REGISTRY,
)
PHASES = Histogram(
    "sym_phase_seconds",
    "Jobs: ok, failed (and tried again), stopped (left to the next start) or stale (nothing to do).",
    ["phase", "outcome"],
    buckets=_SLOW,
    registry=REGISTRY,
)
API_REQUESTS = Histogram(
    "sym_api_request_seconds",
    "Requests to the API, by method, route and status.",
    ["method", "route", "status"],
    buckets=_FAST,
    registry=REGISTRY,
)
ERROR_REPORTS = Counter(
    "sym_error_reports", "What error loggers are to hear of, whether there is one or not.", ["what"], registry=REGISTRY
)
LOG_ENTRIES_SENT = Counter(
    "sym_log_entries_sent",
    "Entries of the audit log that log destinations took.",
    ["type", "destination"],
    registry=REGISTRY,
)
LOG_SEND_FAILURES = Counter(
    "sym_log_send_failures", "Times a log destination did not take what was sent to it.", ["type", "destination"],
    registry=REGISTRY,
)  # fmt: skip
LAST_SWEEP = Gauge(
    "sym_last_sweep_timestamp_seconds",
    "When the sweeper of this process last looked for what is due and does not move; 0 before the first time.",
    registry=REGISTRY,
)
BUILD = Gauge("sym_build_info", "Always 1; its labels say what is running.", ["version", "python"], registry=REGISTRY)
ProcessCollector(registry=REGISTRY)
