"""The example alerts speak of metrics that exist, and the runbook has something to say about everything."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml

from sym import serving
from sym.commands import _checks
from sym.engine.keys import PURPOSES
from sym.observability import metrics
from sym.observability.page import drift_gauge, gauges, lag_gauges
from sym.store.log_cursors import Lag
from sym.store.survey import Survey
from tests.architecture.sources import ROOT

ALERTS = ROOT / "examples" / "prometheus" / "alerts.yml"
RUNBOOK = ROOT / "runtime" / "docs" / "runbook.md"
EMPTY = Survey(leases={}, overdue_leases=0, first_lease_end=None, queue={}, overdue_events=0, first_due=None,
               first_timer=None, messages=0, workers=0, last_seal=None, first_unsealed=None)  # fmt: skip
SIEM = Lag(id="1", type="http", slug="siem", cursor=None, entries=0, since=None)
LABELS = {
    "sym_leases": {"status"}, "sym_drift": {"kind"}, "sym_queue_depth": {"phase"},
    **{one.name: {"type", "destination"} for one in lag_gauges([SIEM], datetime.now(UTC))},
    **{one._name + ("_total" if one._type == "counter" else ""): set(one._labelnames)
       for one in vars(metrics).values() if hasattr(one, "_labelnames")},
}  # fmt: skip


def families(now: Any) -> dict[str, str]:
    """The kind of every metric of ours by the name it is shown with."""
    found = [*metrics.REGISTRY.collect(), *gauges(EMPTY, now), *lag_gauges([SIEM], now), drift_gauge({})]
    named = {one.name + ("_total" if one.type == "counter" else ""): one.type for one in found}
    return {name: kind for name, kind in named.items() if name.startswith("sym_")} | {"sym_store_up": "gauge"}


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load(ALERTS.read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def series(expression: str) -> list[tuple[str, str]]:
    """The names of metrics in an expression, each with its matchers."""
    return re.findall(r"\b(sym_[a-z_]+)(?:\{([^}]*)\})?", expression)


def test_alerts_are_rules_as_prometheus_reads_them() -> None:
    found = rules()
    assert len(found) > 10
    assert len({rule["alert"] for rule in found}) == len(found)
    for rule in found:
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
        assert rule["labels"]["severity"] in ("warning", "critical")
        assert re.fullmatch(r"\d+[smh]", rule.get("for", "0s"))
        assert set(rule["annotations"]) == {"summary", "runbook"}
        for opening, closing in ("()", "{}", "[]"):
            assert rule["expr"].count(opening) == rule["expr"].count(closing)


def test_every_metric_an_alert_names_exists_and_has_its_labels(now: Any) -> None:
    known = families(now)
    used = [(rule["alert"], *pair) for rule in rules() for pair in series(rule["expr"])]
    assert len(used) >= len(rules())
    for alert, name, matchers in used:
        family = name if name in known else re.sub(r"_(count|sum|bucket)$", "", name)
        assert family in known, alert
        assert name in known or known[family] == "histogram", alert
        for label in re.findall(r"([a-z_]+)\s*[=!]", matchers):
            assert label in LABELS[family], alert


def headings() -> set[str]:
    """The runbook's headings as links name them."""
    found = re.findall(r"^#+ (.+)$", RUNBOOK.read_text(), re.M)
    return {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in found}


def test_every_alert_has_its_place_in_the_runbook() -> None:
    for rule in rules():
        assert rule["annotations"]["runbook"] in headings(), rule["alert"]
    for link in re.findall(r"\]\(#([^)]+)\)", RUNBOOK.read_text()):
        assert link in headings()


def test_the_runbook_knows_every_metric(now: Any) -> None:
    text = RUNBOOK.read_text()
    assert [name for name in families(now) if f"`{name}" not in text] == []
    named = set(re.findall(r"`(sym_[a-z_]+)", text))
    assert named - set(families(now)) == set()


@pytest.mark.parametrize(
    "check",
    [
        "store", "sandbox", *(f"{purpose} key" for purpose in PURPOSES),
        *(_checks.name_of(check) for check in _checks.STORE_CHECKS),
        *(shelf.replace("_", " ") for shelf in serving.SHELVES),
    ],
)  # fmt: skip
def test_the_runbook_knows_every_check_of_the_doctor(check: str) -> None:
    said = re.findall(r"[Dd]octor: ((?:`[^`]+`(?:, )?)+)", RUNBOOK.read_text())
    assert check in {name for names in said for name in re.findall(r"`([^`]+)`", names)}
