"""Spans, with OpenTelemetry and without."""

from __future__ import annotations

import subprocess
import sys
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from sym.observability import tracing
from sym.observability.tracing import Span, span, trace_id_of
from tests.architecture.sources import ROOT

RUN = "0d9f6c1e-5f0e-4c6a-9d7e-3b2a1c0d9e8f"


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The spans that have ended, with an SDK as a user would bring it."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "get_tracer", provider.get_tracer)
    yield exporter.get_finished_spans
    provider.shutdown()


def test_everything_of_a_run_is_one_trace_with_the_runs_id(spans: Any) -> None:
    for name in ("decide request", "perform escalate"):
        with span(name, {"phase": "x"}, run_id=RUN) as outer:
            outer.set(outcome="ok")
            with span("inner", {}):
                pass
    assert {one.context.trace_id for one in spans()} == {uuid.UUID(RUN).int}
    inner, outer_span, _, _ = spans()
    assert inner.parent.span_id == outer_span.context.span_id
    assert dict(outer_span.attributes) == {"sym.phase": "x", "sym.outcome": "ok"}


def test_a_callers_trace_is_gone_on_with(spans: Any) -> None:
    headers = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
    with span("POST request", {}, headers=headers):
        pass
    (found,) = spans()
    assert f"{found.context.trace_id:032x}" == "0af7651916cd43dd8448eb211c80319c"


def test_a_failure_is_named_and_not_quoted(spans: Any) -> None:
    with pytest.raises(ValueError, match="hunter2"), span("x", {}, run_id=RUN):
        raise ValueError("hunter2")
    (found,) = spans()
    assert found.status.description == "ValueError"
    assert found.events == ()
    assert "hunter2" not in found.to_json()


def test_an_id_that_is_no_uuid_has_a_trace_of_its_own() -> None:
    assert trace_id_of("x") != trace_id_of("y")
    assert 0 < trace_id_of("x") < 2**128


def test_without_an_sdk_nothing_is_recorded_and_nothing_fails() -> None:
    with span("x", {"a": 1}, run_id=RUN) as found:
        found.set(b=2)
        found.fail("failed")


def test_without_the_extra_nothing_is_imported_and_nothing_fails() -> None:
    code = (
        "import sys; sys.modules['opentelemetry'] = None\n"
        f"sys.path[:0] = [{str(ROOT / 'runtime')!r}]\n"
        "from sym.observability.tracing import span\n"
        "with span('x', {}, run_id='r', headers={}) as found: found.set(a=1); found.fail('x')\n"
        "print([name for name in sys.modules if name.startswith('opentelemetry.')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


def test_importing_it_imports_no_tracing() -> None:
    code = "import sys, sym.observability.watch; print(any(n.startswith('opentelemetry') for n in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "False"


def test_no_span_takes_everything() -> None:
    nothing = Span()
    nothing.set(a=1)
    nothing.fail("x")
    assert tracing._api() is trace
