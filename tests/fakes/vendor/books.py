"""The vendor's own books: who was in which group, since when and by whose call, and every call with its time.

Nothing here knows HTTP. Times are seconds since the epoch.
"""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass, field, fields
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Faults:
    """What is wrong with the vendor. Shares are from 0 to 1, of calls of the kind they concern.

    ``slow``          calls that take ``slow_seconds``
    ``throttled``     calls answered 429 with Retry-After, to no effect
    ``broken``        calls answered 503, to no effect
    ``loses``         changes whose connection is closed after they took effect
    ``lies``          changes answered as usual, to no effect
    ``works_on``      changes answered 202 that take effect ``work_seconds`` later
    ``gives_up``      of those, the ones that fail instead
    ``stale_seconds`` how old the state is that reads show
    """

    slow: float = 0.0
    slow_seconds: float = 1.0
    throttled: float = 0.0
    broken: float = 0.0
    loses: float = 0.0
    lies: float = 0.0
    works_on: float = 0.0
    work_seconds: float = 1.5
    gives_up: float = 0.0
    stale_seconds: float = 0.0

    @classmethod
    def of(cls, document: dict[str, Any]) -> Faults:
        """The faults a document names. Raises ValueError for a name or value that is none."""
        known = {item.name for item in fields(cls)}
        for name, value in document.items():
            if name not in known or isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
                raise ValueError(f"{name}={value!r} is no fault")
        return cls(**document)


@dataclass
class Stay:
    """A membership: ``run`` began it ("" for somebody else), ``ended_by`` ended it."""

    group: str
    member: str
    run: str
    since: float
    until: float | None = None
    ended_by: str | None = None


@dataclass(frozen=True)
class Call:
    """One call: ``what`` is ``PUT``, ``DELETE`` or ``GET`` of a membership; ``did`` how it went."""

    at: float
    what: str
    group: str
    member: str
    run: str
    did: str


@dataclass
class Operation:
    """A change the vendor works on until ``due``; ``fails`` instead of taking effect."""

    id: str
    what: str
    group: str
    member: str
    run: str
    due: float
    fails: bool
    is_over: bool = False


@dataclass
class Books:
    """Everything the vendor knows. Not safe for threads: whoever uses it holds a lock."""

    seed: int = 0
    groups: set[str] = field(default_factory=set)
    people: set[str] = field(default_factory=set)
    stays: list[Stay] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    operations: dict[str, Operation] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)

    def strikes(self, share: float) -> bool:
        """Whether something that goes wrong for ``share`` of all calls does for this one."""
        return share > 0 and self._chance.random() < share

    def seed_member(self, group: str, member: str, now: float) -> None:
        """Somebody else gives ``member`` the membership."""
        self.stays.append(Stay(group, member, "", now))

    def note(self, now: float, what: str, place: tuple[str, str], run: str, did: str) -> None:
        """Write a call down."""
        self.calls.append(Call(now, what, *place, run, did))

    def is_member(self, group: str, member: str, at: float) -> bool:
        """Whether ``member`` was in the group at the time ``at``."""
        mine = (stay for stay in self.stays if (stay.group, stay.member) == (group, member))
        return any(stay.since <= at and (stay.until is None or at < stay.until) for stay in mine)

    def change(self, what: str, place: tuple[str, str], run: str, now: float) -> bool:
        """``PUT`` or ``DELETE`` a membership; whether anything changed."""
        group, member = place
        current = next((stay for stay in self.stays
                        if (stay.group, stay.member) == place and stay.until is None), None)  # fmt: skip
        if (current is not None) is (what == "PUT"):
            return False
        if current is None:
            self.stays.append(Stay(group, member, run, now))
        else:
            current.until, current.ended_by = now, run
        return True

    def begin(self, what: str, place: tuple[str, str], run: str, now: float) -> Operation:
        """Take a change on that takes effect later."""
        fails = self.strikes(self.faults.gives_up)
        made = Operation(f"op-{len(self.operations) + 1}", what, *place, run, now + self.faults.work_seconds, fails)
        self.operations[made.id] = made
        return made

    def catch_up(self, now: float) -> None:
        """Let the operations take effect that are due by ``now``, each at its own time."""
        due = [item for item in self.operations.values() if not item.is_over and item.due <= now]
        for item in sorted(due, key=lambda one: one.due):
            item.is_over = True
            if not item.fails:
                self.change(item.what, (item.group, item.member), item.run, item.due)

    def document(self) -> dict[str, Any]:
        """All of it, for whoever compares it with the product's books."""
        return {
            "stays": [asdict(stay) for stay in self.stays],
            "calls": [asdict(call) for call in self.calls],
            "refused": list(self.refused),
            "working": [item.id for item in self.operations.values() if not item.is_over],
        }
