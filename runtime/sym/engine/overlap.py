"""Leases of one key: who still needs a membership, and whose turn it is to call the vendor.

Claims to call, and decisions not to, are made one at a time per key, under its lock. What holds then:

* **One call at a time.** Nobody calls while another call of the key has no known outcome, or while the vendor works on
  one, or is being read back. A call whose worker is silent for longer than a call may take no longer counts; what comes
  of it later is looked at in :mod:`sym.engine.repair`.
* **The vendor is told to remove only for the last.** Access that ends while another lease needs the membership is over
  without a call: that other one's end will be the last, or will find another one in turn. A lease needs it while it is
  pending or active; or while its end has not been tried, because then it will be, and this time with one lease less.
  A lease whose end failed is nobody's excuse, and neither is one whose end is being called: it found no other then.
* **Grants after removals.** A lease that is granted while another one's removal is in hand waits for that to be
  settled, and is granted after it. So no removal takes away what was granted later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sym.engine.commit import GRACE
from sym.store.database import Connection
from sym.store.grants import Effect, Lease, calls_of_key, last_ended_of_key, leases_of_key

UNSETTLED = frozenset({"polling", "reading"})
"""The stages of a lease's operation in which the vendor was called and what came of it is not known yet."""
RECENT = timedelta(minutes=15)
"""For this long after an end what a vendor shows may still be what was there before it."""


@dataclass(frozen=True, kw_only=True)
class Overlap:
    """What one event of ``lease`` finds of its key, read under its lock."""

    lease: Lease
    event_id: str
    others: tuple[Lease, ...]
    calls: tuple[Effect, ...]

    def holder(self) -> Lease | None:
        """Another lease that needs the membership, so that the end of this one is not the last; None if none does."""
        in_hand = {call.run_id for call in self.calls if call.status == "intended"}
        for other in self.others:
            untried = other.status == "ending" and other.last_error is None and other.run_id not in in_hand
            if other.status in ("pending", "active") or untried:
                return other
        return None

    def is_busy(self, now: datetime) -> bool:
        """Whether another call of the key is in hand."""
        calling = any(
            call.status == "intended" and call.event_id != self.event_id and call.started_at + GRACE > now
            for call in self.calls
        )
        return calling or any(is_unsettled(lease) for lease in self.others) or self._is_elsewhere()

    def _is_elsewhere(self) -> bool:
        operation = self.lease.operation or {}
        return is_unsettled(self.lease) and operation.get("event_id") != self.event_id

    def is_uncalled(self) -> bool:
        """Whether the vendor has surely never been called for the lease, however often that was tried."""
        own = [call for call in self.calls if call.run_id == self.lease.run_id]
        return bool(own) and all(call.status == "uncalled" for call in own)

    def begun(self) -> list[Lease]:
        """The other leases for which the vendor has been called."""
        called = {call.run_id for call in self.calls if call.status != "uncalled"}
        return [other for other in self.others if other.status != "pending" or other.run_id in called]


def is_unsettled(lease: Lease) -> bool:
    """Whether the vendor works on the lease, or it is being read back."""
    return (lease.operation or {}).get("stage") in UNSETTLED


def look(conn: Connection, lease: Lease, event_id: str) -> Overlap:
    """The other live leases of the key of ``lease`` and their calls. Lock it first."""
    others = tuple(other for other in leases_of_key(conn, lease.key) if other.id != lease.id)
    return Overlap(lease=lease, event_id=event_id, others=others, calls=tuple(calls_of_key(conn, lease.key)))


def known_before(conn: Connection, overlap: Overlap, now: datetime) -> bool | None:
    """Whether the membership was there before any of ours, as far as other leases know; None if the vendor is to be
    asked. One that somebody got from us is not one that was there before, although the vendor shows it, or shows it
    still for a while."""
    begun = overlap.begun()
    if begun:
        return any(other.preexisting for other in begun)
    last = last_ended_of_key(conn, overlap.lease.key, since=now - RECENT)
    return last.preexisting if last is not None and last.id != overlap.lease.id else None
