"""Traces: for each phase of an event, which handlers ran, what they answered, and why it ended as it did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from sym.store import rows
from sym.store.tables import trace as table


@dataclass(frozen=True, kw_only=True)
class Trace:
    """One phase of one event. ``steps`` are the calls that were made in it, in order, as ``sym.engine.trace`` writes
    them; ``outcome`` is one word, ``reason`` a sentence or two."""

    run_id: str
    event_id: str
    event_name: str
    phase: str
    attempt: int
    started_at: datetime
    finished_at: datetime
    outcome: str
    reason: str
    steps: list[dict[str, Any]]


def insert_trace(conn: Connection, trace: Trace) -> None:
    """Add a trace."""
    rows.insert(conn, table, trace)


def traces_of_run(conn: Connection, run_id: str, *, limit: int = 1000) -> list[Trace]:
    """The traces of a run, in the order they were written; no more than ``limit``."""
    query = table.select().where(table.c.run_id == run_id)
    return rows.many(conn, Trace, query.order_by(table.c.number).limit(limit))
