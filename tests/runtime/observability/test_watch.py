"""What is said once reaches the log, the metrics and nothing else."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from sym.observability import watch
from sym.observability.logs import logging_to
from sym.observability.metrics import REGISTRY
from sym.observability.redaction import MASK, remember

LOG = logging.getLogger("sym.test")


def value(name: str, **labels: str) -> float:
    """A metric's value now."""
    return REGISTRY.get_sample_value(name, labels) or 0.0


@pytest.fixture
def lines() -> Iterator[Any]:
    """The lines logged until now."""
    stream = io.StringIO()
    with logging_to(stream, level="DEBUG", as_json=True):
        yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


def test_what_a_job_logs_names_the_run_it_is_about(lines: Any) -> None:
    def run(event_id: str, attempt: int) -> None:
        LOG.info("before")
        watch.identify("r", "f", "approve")
        watch.identify("r", "f", "approve")
        LOG.info("after")

    before = value("sym_phase_seconds_count", phase="decide", outcome="ok")
    watch.job("decide", run)("e", 3)
    LOG.info("outside")
    first, second, last, outside = lines()
    job = {"phase": "decide", "event_id": "e", "attempt": 3}
    run_fields = {"run_id": "r", "flow": "f", "event_name": "approve"}
    assert {key: first.get(key) for key in (*job, "run_id")} == {**job, "run_id": None}
    assert {key: second.get(key) for key in (*job, *run_fields)} == {**job, **run_fields}
    assert (last["event"], last["outcome"], last["run_id"]) == ("decide: ok", "ok", "r")
    assert not {*job, *run_fields} & outside.keys()
    assert value("sym_phase_seconds_count", phase="decide", outcome="ok") == before + 1


def test_a_job_that_finds_nothing_to_do_is_stale_and_hardly_mentioned(lines: Any) -> None:
    before = value("sym_phase_seconds_count", phase="after", outcome="stale")
    watch.job("after", lambda event_id, attempt: None)("e", 1)
    assert value("sym_phase_seconds_count", phase="after", outcome="stale") == before + 1
    assert [line["level"] for line in lines()] == ["debug"]


@pytest.mark.parametrize("outcome", ["failed", "stopped"])
def test_a_job_that_did_not_go_as_it_should_says_so(lines: Any, outcome: str) -> None:
    def run(event_id: str, attempt: int) -> None:
        watch.identify("r", "f", "approve")
        watch.job_ended(outcome)

    before = value("sym_phase_seconds_count", phase="decide", outcome=outcome)
    watch.job("decide", run)("e", 1)
    assert value("sym_phase_seconds_count", phase="decide", outcome=outcome) == before + 1
    assert lines()[-1]["outcome"] == outcome


def test_a_job_that_raises_leaves_nothing_behind(lines: Any) -> None:
    def run(event_id: str, attempt: int) -> None:
        watch.identify("r", "f", "approve")
        raise ValueError("x")

    with pytest.raises(ValueError, match="x"):
        watch.job("decide", run)("e", 1)
    LOG.info("outside")
    assert "run_id" not in lines()[-1]
    watch.identify("other", "f", "approve")
    watch.job_ended("failed")
    LOG.info("still outside")
    assert "run_id" not in lines()[-1]


def test_a_message_is_not_called_an_event(lines: Any) -> None:
    watch.job("deliver", lambda message_id, attempt: LOG.info("x"))("m", 1)
    assert (lines()[0]["message_id"], "event_id" in lines()[0]) == ("m", False)


def test_a_secret_is_masked_while_the_job_that_read_it_goes_on(lines: Any) -> None:
    def run(event_id: str, attempt: int) -> None:
        remember("hunter2")
        LOG.info("it is hunter2")

    watch.job("perform", run)("e", 1)
    assert lines()[0]["event"] == f"it is {MASK}"


def test_strategy_calls_are_measured_by_type_method_and_outcome(lines: Any) -> None:
    labels = {"type": "custom", "method": "escalate"}
    before = [value("sym_strategy_call_seconds_count", **labels, outcome=word) for word in ("ok", "failed")]
    with watch.strategy_call("custom", "escalate"):
        pass
    with watch.strategy_call("custom", "escalate") as outcome:
        outcome.say("failed")
    after = [value("sym_strategy_call_seconds_count", **labels, outcome=word) for word in ("ok", "failed")]
    assert after == [count + 1 for count in before]
    assert [line["outcome"] for line in lines()] == ["ok", "failed"]


def test_handlers_are_measured_by_kind_and_outcome() -> None:
    before = [value("sym_handler_seconds_count", kind="hook", outcome=word) for word in ("ok", "failed")]
    with watch.handler("hook", "on_request"):
        pass
    with pytest.raises(ValueError, match="x"), watch.handler("hook", "on_request"):
        raise ValueError("x")
    after = [value("sym_handler_seconds_count", kind="hook", outcome=word) for word in ("ok", "failed")]
    assert after == [count + 1 for count in before]


def test_an_api_request_is_measured_by_its_route(lines: Any) -> None:
    labels = {"method": "GET", "route": "/api/v1/runs/{run_id}", "status": "200"}
    before = value("sym_api_request_seconds_count", **labels)
    with watch.api_request("GET", "id-1", {}) as answer:
        answer.route, answer.status = labels["route"], 200
        LOG.info("inside")
    assert value("sym_api_request_seconds_count", **labels) == before + 1
    assert [line["request_id"] for line in lines()] == ["id-1", "id-1"]
    assert lines()[-1]["level"] == "info"


def test_a_method_nobody_knows_makes_no_metric_of_its_own() -> None:
    with watch.api_request("HACK-1", "id", {}):
        pass
    assert value("sym_api_request_seconds_count", method="other", route="unmatched", status="500") >= 1


def test_health_checks_are_hardly_mentioned(lines: Any) -> None:
    with watch.api_request("GET", "id-1", {}) as answer:
        answer.route, answer.status = "/healthz", 200
    assert lines()[-1]["level"] == "debug"


def test_what_happens_is_counted(now: datetime) -> None:
    watch.requested("flow", "api")
    watch.decided("approve", "approved")
    watch.refused("approve", "Auth:FORBIDDEN")
    watch.swept(now)
    assert value("sym_requests_total", flow="flow", source="api") >= 1
    assert value("sym_decisions_total", event_name="approve", outcome="approved") >= 1
    assert value("sym_refusals_total", action="approve", code="Auth:FORBIDDEN") >= 1
    assert value("sym_last_sweep_timestamp_seconds") == now.timestamp()
