"""Afterwards: do the vendor's books and ours agree? Pure: it takes both and gives complaints and figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sym.store.events import Event
from sym.store.grants import Lease
from sym.store.runs import Run
from tests.fakes.vendor.books import Stay
from tests.fakes.vendor.process import Ledger

RESTING = frozenset({"requested", "denied", "deescalated", "errored", "expired", "ignored"})
"""Where a request may rest: decided and over, or waiting for people."""
ONCE = ("run.requested", "run.approved", "run.denied", "run.escalated")
SLACK = 1.0
"""Seconds by which a grant may have been noted before the vendor made it, because a worker's clock trails a little."""
OUR_FAULT = ("the runtime failed", "The runtime could not")
"""What the product says of failures that are neither the vendor's nor an author's."""
GRANTS = {"run.escalated", "lease.restored"}
ENDS = {"run.deescalated", "lease.stuck"}


@dataclass(frozen=True, kw_only=True)
class Books:
    """What the product says: its rows, its audit entries (by run), and the runs people were told of."""

    runs: list[Run]
    events: list[Event]
    leases: list[Lease]
    trail: dict[str, list[dict[str, Any]]]
    accepted: set[str]


@dataclass
class Verdict:
    """What is wrong, sentence by sentence, and the figures of a run."""

    complaints: list[str] = field(default_factory=list)
    figures: Counter[str] = field(default_factory=Counter)
    lateness: list[float] = field(default_factory=list)

    def complain(self, kind: str, text: str) -> None:
        """Note something wrong, counted as ``kind``."""
        self.figures[kind] += 1
        self.complaints.append(f"{kind}: {text}")


def judge(books: Books, ledger: Ledger) -> Verdict:
    """Hold both books against each other, when everything has come to rest."""
    verdict = Verdict()
    for kind in ("lost", "early", "left", "taken", "doubles"):
        verdict.figures[kind] = 0
    verdict.figures["requests"] = len(books.runs)
    _nothing_is_lost(books, verdict)
    _nothing_ends_early(books, ledger, verdict)
    _nothing_is_left(books, ledger, verdict)
    _every_call_is_explained(books, ledger, verdict)
    _measure(books, verdict)
    for text in ledger.refused:
        verdict.complain("refused by the vendor", text)
    for name in ledger.working:
        verdict.complain("left", f"the vendor still works on {name}")
    return verdict


def _nothing_is_lost(books: Books, verdict: Verdict) -> None:
    known = {run.id for run in books.runs}
    for run_id in books.accepted - known:
        verdict.complain("lost", f"the run {run_id} was accepted and is not in the store")
    for run in books.runs:
        if run.status not in RESTING:
            verdict.complain("lost", f"the run {run.id} never left the status {run.status}")
        if run.status == "errored" and not _has(books, run.id, "event.failed"):
            verdict.complain("lost", f"the run {run.id} is errored, and the audit log does not say why")
    for event in books.events:
        if event.phase != "done" and event.status != "scheduled" and not _is_daily(event, books):
            verdict.complain("lost", f"the {event.name} of run {event.run_id} never left the phase {event.phase}")
        if any(words in (event.error or "") for words in OUR_FAULT):
            verdict.complain("defects", f"the {event.name} of run {event.run_id}: {event.error}")


def _has(books: Books, run_id: str, name: str) -> bool:
    """Whether the audit log has such an entry of the run."""
    return any(entry["name"] == name for entry in books.trail.get(run_id, ()))


def _is_daily(event: Event, books: Books) -> bool:
    """Whether it is the end of stuck access, which is tried again every day."""
    return any(lease.run_id == event.run_id and lease.status == "stuck" for lease in books.leases)


def owed(lease: Lease, events: Iterable[Event]) -> tuple[float, float] | None:
    """From when to when access was promised: until it was due, or somebody ended it. None if it never was granted."""
    if lease.starts_at is None or lease.ends_at is None:
        return None
    asked = [
        event.created_at for event in events
        if event.run_id == lease.run_id and event.name == "deescalate" and event.channel_type != "internal"
        and event.error is None
    ]  # fmt: skip
    end: datetime = min([lease.ends_at, *asked])
    return lease.starts_at.timestamp(), max(end, lease.starts_at).timestamp()


def covers(stays: Iterable[Stay], start: float, end: float) -> bool:
    """Whether the memberships, one after the other, last from ``start`` to ``end`` without a gap."""
    reached = start
    for stay in sorted(stays, key=lambda one: one.since):
        if stay.since <= reached and (stay.until is None or stay.until > reached):
            reached = float("inf") if stay.until is None else stay.until
    return reached >= end


def _nothing_ends_early(books: Books, ledger: Ledger, verdict: Verdict) -> None:
    for lease in books.leases:
        promised = owed(lease, books.events)
        if promised is None:
            continue
        group, member = place_of(lease)
        promised = (min(promised[0] + SLACK, promised[1]), promised[1])
        stays = [stay for stay in ledger.stays if (stay.group, stay.member) == (group, member)]
        if covers(stays, *promised):
            continue
        if _has(books, lease.run_id, "lease.restored"):
            verdict.figures["restored"] += 1  # taken away by a late call, and given back: the audit log says so
            continue
        shown = "; ".join(_told(stay, promised[0]) for stay in stays[-6:])
        text = f"run {lease.run_id} was promised {group} for {member} for {promised[1] - promised[0]:.3f} s"
        verdict.complain("early", f"{text}, and the vendor had it {shown or 'never'}")


def _told(stay: Stay, start: float) -> str:
    """A membership, in seconds from ``start``."""
    until = "now" if stay.until is None else f"{stay.until - start:+.3f} (by {(stay.ended_by or '')[:8]})"
    return f"from {stay.since - start:+.3f} (by {stay.run[:8]}) to {until}"


def place_of(lease: Lease) -> tuple[str, str]:
    """The group and the member of a lease."""
    return lease.snapshot["target"]["settings"]["identifier"], str(lease.identity)


def _nothing_is_left(books: Books, ledger: Ledger, verdict: Verdict) -> None:
    for lease in books.leases:
        if lease.status == "stuck":
            verdict.figures["stuck"] += 1
        elif lease.status != "ended":
            verdict.complain("lost", f"the lease of run {lease.run_id} never left the status {lease.status}")
    live = {place_of(lease) for lease in books.leases if lease.status != "ended"}
    for stay in ledger.stays:
        if stay.run and stay.until is None and (stay.group, stay.member) not in live:
            verdict.complain("left", f"{stay.member} is still in {stay.group}, by run {stay.run}")
        if not stay.run and stay.until is not None:
            verdict.complain("taken", f"{stay.member} was in {stay.group} before, and run {stay.ended_by} ended it")


def _every_call_is_explained(books: Books, ledger: Ledger, verdict: Verdict) -> None:
    made = Counter((call.run, call.what) for call in ledger.calls)
    for run in books.runs:
        trail = books.trail.get(run.id, [])
        names = Counter(entry["name"] for entry in trail)
        for name in ONCE:
            if names[name] > 1:
                verdict.complain("doubles", f"run {run.id} has {names[name]} entries {name}")
        verdict.figures["repeats"] += names["effect.repeated"]
        for what, event, outcomes in (("PUT", "escalate", GRANTS), ("DELETE", "deescalate", ENDS)):
            failed = sum(entry["name"] == "event.failed" and entry["event"]["type"] == event for entry in trail)
            explained = sum(names[name] for name in outcomes) + failed + names["effect.repeated"]
            if made[run.id, what] > explained:
                verdict.complain("doubles", f"run {run.id} made {made[run.id, what]} calls {what} and the audit log "
                                            f"explains {explained}: {dict(names)}")  # fmt: skip


def _measure(books: Books, verdict: Verdict) -> None:
    for status, count in Counter(run.status for run in books.runs).items():
        verdict.figures[f"now {status}"] = count
    for lease in books.leases:
        promised = owed(lease, books.events)
        if promised is not None:
            verdict.figures["granted"] += 1
        if promised is not None and lease.ended_at is not None:
            verdict.lateness.append(max(lease.ended_at.timestamp() - promised[1], 0.0))


def percentile(values: list[float], share: float) -> float:
    """The smallest value that at least ``share`` of them do not exceed; 0.0 if there are none."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0
