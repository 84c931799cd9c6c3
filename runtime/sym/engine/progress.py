"""How long a vendor is waited for: one that works on what it was asked, and one that does not show it yet.

Pure. No thread waits: every look is an attempt of the event, some time after the one before.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sym.engine.calls import Claim, Waiting
from sym.engine.views import Document

POLL_SECONDS = (1, 2, 4, 8, 15, 30)
"""Pauses between questions to a vendor that is at work; the last one goes on."""
POLL_FOR = timedelta(minutes=30)
"""A vendor that is still at work after this long is taken to have failed."""
MOST_MISSES = 6
"""So often in a row the question may fail."""
READ_SECONDS = (1, 2, 4, 8, 15, 30)
"""Pauses between looks at whether the vendor shows what it said it did; after them it is taken not to have done it."""


def polling(claimed: Claim, operation: Document, now: datetime, *, miss: str = "") -> Waiting | str:
    """When to ask next how ``operation`` is getting on, or why it has failed. ``miss`` is why the question did."""
    before = _before(claimed, "polling")
    since = datetime.fromisoformat(before.get("since", now.isoformat()))
    polls = before.get("polls", 0)
    misses = before.get("misses", 0) + 1 if miss else 0
    if misses >= MOST_MISSES:
        return f"It cannot be found out whether the service has done it: {miss}"
    if now - since >= POLL_FOR:
        return f"The service has not finished within {int(POLL_FOR.total_seconds() // 60)} minutes."
    kept = {"operation": operation, "since": since.isoformat(), "polls": polls + 1, "misses": misses}
    return _waiting(claimed, "polling", kept, POLL_SECONDS[min(polls, len(POLL_SECONDS) - 1)])


def reading(claimed: Claim, output: Document | None, *, problem: str = "") -> Waiting | str:
    """When to look next whether the vendor shows it, or that it does not. ``problem`` is why it could not be seen."""
    reads = _before(claimed, "reading").get("reads", 0)
    if reads < len(READ_SECONDS):
        return _waiting(claimed, "reading", {"output": output, "reads": reads + 1}, READ_SECONDS[reads])
    if problem:
        return f"It cannot be read back what the service did: {problem}"
    shows = "still shows" if claimed.event.name == "deescalate" else "does not show"
    return f"The service said it was done and {shows} the access {sum(READ_SECONDS)} seconds later."


def _before(claimed: Claim, stage: str) -> Document:
    resumed = claimed.resumed or {}
    return resumed if resumed.get("stage") == stage else {}


def _waiting(claimed: Claim, stage: str, kept: Document, delay: float) -> Waiting:
    operation = {"stage": stage, "event_id": claimed.event.id, **kept}
    return Waiting(effect=claimed.effect, delay=delay, operation=operation, started_at=claimed.row.started_at)
