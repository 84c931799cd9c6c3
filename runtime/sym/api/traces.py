"""The trace of a run as the API shows it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from sym.api.views import moment
from sym.store.database import Connection
from sym.store.traces import Trace, traces_of_run


class PhaseItem(BaseModel):
    """One phase of one event: ``outcome`` in a word, ``reason`` in a sentence or two, and the calls it made.

    Each of ``steps`` has the handler that ran, its kind and source, when (``at``), for how many milliseconds (``ms``),
    what it ``returned`` or why it ``failed``, what it ``printed``, and what it ``asked`` of the world with the answers.
    Values of secrets are never there; long ones are cut.
    """

    event_id: str
    event: str = Field(examples=["request"])
    phase: str = Field(examples=["decide", "perform", "after"])
    attempt: int
    at: str
    ms: float
    outcome: str
    reason: str
    steps: list[dict[str, Any]]


class TraceBody(BaseModel):
    """How the decisions of a run came about, oldest first."""

    run_id: str
    trace: list[PhaseItem]


def view_trace(conn: Connection, run_id: str) -> TraceBody:
    """The trace of a run."""
    return TraceBody(run_id=run_id, trace=[_item(trace) for trace in traces_of_run(conn, run_id)])


def _item(trace: Trace) -> PhaseItem:
    return PhaseItem(
        event_id=trace.event_id,
        event=trace.event_name,
        phase=trace.phase,
        attempt=trace.attempt,
        at=moment(trace.started_at),
        ms=round((trace.finished_at - trace.started_at).total_seconds() * 1000, 1),
        outcome=trace.outcome,
        reason=trace.reason,
        steps=trace.steps,
    )
