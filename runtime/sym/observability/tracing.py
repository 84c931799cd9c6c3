"""OpenTelemetry spans, where its API is installed (the extra ``otel``); without it nothing is imported, and nothing
done.

Everything that happens to a run is one trace, over any number of processes and days: the run's id is the trace's id.
Whoever runs the program brings the SDK and says where spans go, as with ``opentelemetry-instrument symflow serve``.
"""

from __future__ import annotations

import functools
import hashlib
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

Attributes = Mapping[str, str | int | float | bool]


class Span:
    """One span, or nothing at all."""

    def __init__(self, span: Any = None) -> None:
        self._span = span

    def set(self, **attributes: str | int | float | bool) -> None:
        """Add attributes, each below ``sym.``."""
        if self._span is not None:
            self._span.set_attributes({f"sym.{name}": value for name, value in attributes.items()})

    def fail(self, kind: str) -> None:
        """Say that it failed, and how in one word. Never the message: it may quote what nobody may read."""
        if self._span is not None:
            from opentelemetry.trace import Status, StatusCode

            self._span.set_status(Status(StatusCode.ERROR, kind))


@functools.cache
def _api() -> Any:
    try:
        from opentelemetry import trace
    except ImportError:
        return None
    return trace


@contextmanager
def span(name: str, attributes: Attributes, *, run_id: str | None = None,
         headers: Mapping[str, str] | None = None) -> Iterator[Span]:  # fmt: skip
    """A span that lasts as long as the block, within the one that lasts already.

    With ``run_id`` it belongs to the trace of that run, with ``headers`` to the one that a caller names in them.
    """
    trace = _api()
    if trace is None:
        yield Span()
        return
    tracer = trace.get_tracer("sym")
    options = {"record_exception": False, "set_status_on_exception": False}
    named = {f"sym.{key}": value for key, value in attributes.items()}
    with tracer.start_as_current_span(name, _parent(run_id, headers), attributes=named, **options) as started:
        found = Span(started)
        try:
            yield found
        except BaseException as error:
            found.fail(type(error).__name__)
            raise


def _parent(run_id: str | None, headers: Mapping[str, str] | None) -> Any:
    if headers is not None:
        from opentelemetry.propagate import extract

        return extract(headers)
    return _run_context(run_id) if run_id is not None else None


def _run_context(run_id: str) -> Any:
    from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, set_span_in_context

    # The root is a span nobody ever records: the run itself.
    root = int.from_bytes(hashlib.sha256(run_id.encode()).digest()[:8], "big") or 1
    context = SpanContext(trace_id_of(run_id), root, is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED))
    return set_span_in_context(NonRecordingSpan(context))


def trace_id_of(run_id: str) -> int:
    """The id of a run's trace: the run's own, which has as many bits; a hash of an id that is no UUID."""
    try:
        return uuid.UUID(run_id).int or 1
    except ValueError:
        return int.from_bytes(hashlib.sha256(run_id.encode()).digest()[:16], "big") or 1
