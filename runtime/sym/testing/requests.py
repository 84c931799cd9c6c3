"""One request of a test: what was done to it, what came of it, and who heard what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from sym.engine.authority import ACTIONS
from sym.engine.inbound import Action
from sym.sdk.duration import duration_seconds
from sym.store.audit import entries
from sym.store.events import Event, events_of_run
from sym.store.grants import Lease, lease_of_run
from sym.store.runs import Run, get_run
from sym.store.traces import Trace, traces_of_run
from sym.testing.outbox import Message, Notification, Outbox, Report
from sym.testing.people import Person
from sym.testing.stage import Stage


class Surroundings(Protocol):
    """What a request needs of its test."""

    stage: Stage
    outbox: Outbox

    def work(self) -> None:
        """Let everything that is due happen."""
        ...

    def person(self, who: Person | str) -> Person:
        """Somebody by name."""
        ...


@dataclass(frozen=True)
class Step:
    """One event of a request.

    ``status`` is ``success``, ``error`` or ``scheduled``; ``error`` says why: what a hook raised, or said when it
    ignored the event. ``channel`` is ``sym``, ``slack``, ``sdk`` (a hook fired it) or ``internal``.
    """

    name: str
    status: str
    error: str | None
    channel: str
    output: dict[str, Any] | None

    @property
    def is_done(self) -> bool:
        """Whether it happened, and nothing went wrong or stood in the way."""
        return self.status == "success"


class Request:
    """A request, as it is whenever it is asked."""

    def __init__(self, test: Surroundings, run_id: str) -> None:
        self._test = test
        self.id = run_id

    # What people do

    def approve(self, by: Person | str, message: str | None = None, **details: Any) -> Step:
        """Approve it. Raises Refused if they may not, Conflict if it is not open. What the flow's hooks made of it is
        in the step; ``override=True`` sets ``on_approve`` aside."""
        return self._act("approve", by, message, **details)

    def deny(self, by: Person | str, message: str | None = None, **details: Any) -> Step:
        """Deny it; otherwise as :meth:`approve`."""
        return self._act("deny", by, message, **details)

    def revoke(self, by: Person | str, message: str | None = None, **details: Any) -> Step:
        """End its access early; otherwise as :meth:`approve`."""
        return self._act("deescalate", by, message, **details)

    def extend(self, by: Person | str, duration: str | int) -> Step:
        """Put the end of its access off, by a duration of the flow's form."""
        return self._act("extend", by, None, duration=seconds(duration))

    def retry(self, by: Person | str) -> Step:
        """Try a grant that failed once more, as an admin."""
        return self._act("retry", by, None)

    def _act(self, name: str, by: Person | str, message: str | None, *, duration: int | None = None,
             override: bool = False, source: str = "slack") -> Step:  # fmt: skip
        assert name in ACTIONS
        action = Action(name=name, run_id=self.id, actor=self._test.person(by).user, source=source, message=message,
                        overrides=override, duration=duration)  # fmt: skip
        accepted = self._test.stage.inbound.act(action, now=self._test.stage.clock())
        self._test.work()
        return next(_step(event) for event in self._events() if event.id == accepted.event_id)

    # What came of it

    @property
    def status(self) -> str:
        """``requested``, ``approved``, ``escalated`` (granted), ``denied``, ``expired``, ``ignored``, ``deescalated``
        (ended) or ``errored``."""
        return self.run.status

    @property
    def is_granted(self) -> bool:
        """Whether the access is there now, which for a flow without a strategy means: approved."""
        lease = self.lease
        return self.status == "approved" if lease is None else lease.status == "active"

    @property
    def duration(self) -> int | None:
        """How long access was asked for, or a hook made it, in seconds."""
        return self.run.duration

    @property
    def fields(self) -> dict[str, Any]:
        """The answers of the form."""
        return self.run.fields

    @property
    def permissions(self) -> dict[str, Any] | None:
        """Who may see and decide it: what ``get_permissions`` answered, or ``get_approvers`` implies."""
        return self.run.permissions

    @property
    def notifications(self) -> list[Notification]:
        """The cards that ask for a decision, in the order they went out, each as it looks now."""
        return self._test.outbox.notifications(self.id)

    @property
    def messages(self) -> list[Message]:
        """What requester and deciders heard, in order."""
        return self._test.outbox.messages(self.id)

    @property
    def reports(self) -> list[Report]:
        """What the error logger's channel heard, in order."""
        return self._test.outbox.reports(self.id)

    @property
    def steps(self) -> list[Step]:
        """Its events in order, those that are scheduled among them."""
        return [_step(event) for event in self._events()]

    @property
    def errors(self) -> list[str]:
        """Why events of it failed, were ignored or refused."""
        return [event.error for event in self._events() if event.error]

    @property
    def audit(self) -> list[str]:
        """The names of its audit entries, in order: ``run.requested``, ``run.approved`` …"""
        return [str(entry["name"]) for entry in self.audit_entries]

    @property
    def audit_entries(self) -> list[dict[str, Any]]:
        """Its audit entries, whole."""
        with self._test.stage.store.reading() as conn:
            return entries(conn, run_id=self.id)

    @property
    def trace(self) -> list[Trace]:
        """How its decisions came about: every phase of every event with its ``outcome``, the ``reason`` and, in
        ``steps``, the handlers that ran, with what they returned, asked and printed."""
        with self._test.stage.store.reading() as conn:
            return list(traces_of_run(conn, self.id))

    @property
    def printed(self) -> str:
        """What its handlers and its strategy printed and logged, in order, as the trace keeps it."""
        return "".join(str(step.get("printed") or "") for phase in self.trace for step in phase.steps)

    @property
    def run(self) -> Run:
        """Its row in the store."""
        with self._test.stage.store.reading() as conn:
            found = get_run(conn, self.id)
        assert found is not None, "a run is never removed"
        return found

    @property
    def lease(self) -> Lease | None:
        """The grant's row in the store: when it ends, how it stands; None if nothing was granted."""
        with self._test.stage.store.reading() as conn:
            return lease_of_run(conn, self.id)

    def _events(self) -> list[Event]:
        with self._test.stage.store.reading() as conn:
            return events_of_run(conn, self.id)

    def __repr__(self) -> str:
        told = "".join(f"; {error}" for error in self.errors)
        return f"<Request {self.status}: {', '.join(step.name for step in self.steps)}{told}>"


def seconds(duration: str | int) -> int:
    """A duration in seconds, from ``"1h"`` or a number. Raises ValueError."""
    return duration if isinstance(duration, int) else int(duration_seconds(duration))


def _step(event: Event) -> Step:
    return Step(event.name, event.status, event.error, event.channel_type, event.output)
