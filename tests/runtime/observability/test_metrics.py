"""What is counted: nothing that grows with people or runs."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

from sym.observability import metrics

BOUNDED = {
    "flow", "source", "event_name", "outcome", "action", "code", "type", "method", "kind", "phase", "route", "status",
    "version", "python", "what", "destination",
}  # fmt: skip


def test_no_label_names_a_person_or_a_run() -> None:
    found = [one for one in vars(metrics).values() if isinstance(one, Counter | Gauge | Histogram)]
    assert len(found) >= 8
    assert {label for one in found for label in one._labelnames} <= BOUNDED


def test_everything_is_ours_or_the_processs() -> None:
    names = {family.name for family in metrics.REGISTRY.collect()}
    assert {name for name in names if not name.startswith(("sym_", "process_"))} == set()
