"""What the engine counts of itself."""

from __future__ import annotations

import io
import json
import logging
import uuid
from datetime import datetime
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from sym.engine.effects import Escalate
from sym.engine.lifecycle import Decision
from sym.engine.observed import outcome_of
from sym.errors import Refused
from sym.observability.logs import logging_to
from sym.observability.metrics import REGISTRY
from tests.runtime.engine.conftest import OPEN

SECRET = "s3cr3t-hunter2"


@pytest.mark.parametrize(
    ("decision", "word"),
    [
        (Decision(), "ok"),
        (Decision(status="approved"), "approved"),
        (Decision(audit=("action.refused",), error="no"), "refused"),
        (Decision(audit=("run.ignored",), error="no", status="ignored"), "ignored"),
        (Decision(error="x", retry_at=datetime(2026, 1, 1)), "retry"),
        (Decision(error="x", status="errored"), "failed"),
        (Decision(effect=Escalate(run_id="r"), lease="pending"), "started"),
    ],
)
def test_a_decision_in_one_word(decision: Decision, word: str) -> None:
    assert outcome_of(decision) == word


def values() -> dict[tuple[str, ...], float]:
    """Every sample of ours by name and labels."""
    return {
        (one.name, *(text for _, text in sorted(one.labels.items()))): one.value
        for family in REGISTRY.collect()
        for one in family.samples
        if one.name.startswith("sym_") and not one.name.endswith(("_bucket", "_sum", "_created"))
    }


def test_a_life_cycle_is_counted_once(engine: Any) -> None:
    engine.flow()
    before = values()
    engine.escalated()
    engine.later(seconds=601)
    after = values()
    grown = {key: int(value - before.get(key, 0)) for key, value in after.items() if value != before.get(key, 0)}
    decided = {key[1:]: count for key, count in grown.items() if key[0] == "sym_decisions_total"}
    assert decided == {
        ("request", "requested"): 1, ("approve", "approved"): 1, ("escalate", "started"): 1,
        ("escalate", "escalated"): 1, ("deescalate", "started"): 1, ("deescalate", "deescalated"): 1,
    }  # fmt: skip
    assert grown[("sym_requests_total", "flow", "api")] == 1
    calls = {key[1:]: count for key, count in grown.items() if key[0] == "sym_strategy_call_seconds_count"}
    assert calls == {("escalate", "ok", "custom"): 1, ("deescalate", "ok", "custom"): 1}
    assert grown[("sym_handler_seconds_count", "strategy", "ok")] == 3  # with the question who the requester is there
    assert grown[("sym_phase_seconds_count", "ok", "perform")] == 2


def test_a_strategy_that_fails_is_counted_as_that(engine: Any) -> None:
    engine.flow()
    engine.door.behave("escalate", "raise ValueError('no')")
    before = values()
    run_id = engine.requested()
    engine.act("bob", "approve", run_id)
    engine.work()
    after = values()
    name = ("sym_strategy_call_seconds_count", "escalate", "failed", "custom")
    assert after.get(name, 0) == before.get(name, 0) + 1
    name = ("sym_decisions_total", "escalate", "failed")
    assert after.get(name, 0) == before.get(name, 0) + 1


def test_what_is_refused_is_counted(engine: Any) -> None:
    engine.flow()
    run_id = engine.requested()
    before = values()
    with pytest.raises(Refused) as refused:
        engine.act("ada", "approve", run_id)
    name = ("sym_refusals_total", "approve", refused.value.code)
    assert values()[name] == before.get(name, 0) + 1


def test_a_secret_that_code_reads_is_not_logged_while_it_is_in_hand(
    engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.environment["SYM_SECRET_DOOR"] = SECRET
    source = engine.save("secrets", "source", {"type": "env", "name": "here"})
    engine.settings["key"] = engine.save("secret", "secret", {"path": "SYM_SECRET_DOOR", "source_id": source})
    engine.strategy()
    read = "event.flow.environment.integrations['door'].settings['key'].retrieve_value()"
    engine.flow(f"@hook\ndef on_request(event):\n    {read}\n")
    real = engine.executor._commit

    def talkative(*arguments: Any, **more: Any) -> Any:
        logging.getLogger("sym.test").info("it is %s", SECRET)
        return real(*arguments, **more)

    monkeypatch.setattr(engine.executor, "_commit", talkative)
    stream = io.StringIO()
    with logging_to(stream, level="DEBUG", as_json=True):
        run_id = engine.requested()
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    (said,) = [line for line in lines if line["logger"] == "sym.test"]
    assert said["event"].startswith("it is ")
    assert (said["run_id"], said["flow"], said["event_name"]) == (run_id, "flow", "request")
    assert SECRET not in stream.getvalue()


def test_everything_of_a_run_is_one_trace(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "get_tracer", provider.get_tracer)
    engine.flow("@hook\ndef on_request(event):\n    pass\n" + OPEN)
    run_id = engine.escalated()
    engine.later(seconds=601)
    spans = exporter.get_finished_spans()
    assert {one.context.trace_id for one in spans} == {uuid.UUID(run_id).int}
    by_id = {one.context.span_id: one for one in spans}
    nested = {(by_id[one.parent.span_id].name, one.name) for one in spans if one.parent.span_id in by_id}
    assert nested == {
        ("decide request", "handler on_request"), ("decide request", "handler get_permissions"),
        ("perform escalate", "strategy escalate"), ("strategy escalate", "handler escalate"),
        ("strategy escalate", "handler get_requester_identity"),
        ("perform deescalate", "strategy deescalate"), ("strategy deescalate", "handler deescalate"),
    }  # fmt: skip
    assert [one.attributes["sym.decision"] for one in spans if one.name == "perform escalate"] == ["escalated"]
    provider.shutdown()
