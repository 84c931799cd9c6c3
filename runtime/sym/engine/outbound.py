"""The port through which people are reached. What binds it is a surface: Slack, e-mail, a console; tests bind a fake.

A message is a row, written in the transaction of what it tells about, and handed over here afterwards, at least once:
a crash between the delivery and its note hands the same ``id`` over again. What it says is a plain document (see
:mod:`sym.engine.cards`); how it looks is the surface's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sym.errors import SymError
from sym.sdk.exceptions.slack import SlackError

Document = Mapping[str, Any]


class Undeliverable(SymError):
    """The message cannot be delivered, and trying again is of no use: the destination does not exist, or is closed."""


class Unreachable(SymError):
    """The message could not be delivered now: it is tried again.

    ``retry_after`` is how many seconds the surface asked to be left alone, None if it did not say. Waiting as asked
    is no try in vain.
    """

    def __init__(self, message: str = "", *, hint: str = "", code: str = "", retry_after: float | None = None) -> None:
        super().__init__(message, hint=hint, code=code)
        self.retry_after = retry_after


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """A message to hand over.

    ``id`` stays the same however often it is handed over; ``attempt`` grows when it is tried again or says something
    new. ``kind`` is ``request`` (the card that asks for a decision, changed in place as the run moves), ``requester``
    (what the requester hears, one thread per run) or ``reply`` (to whoever just acted). ``thread`` is the reference of
    the first message of the thread, None if this begins it. ``destination`` is one of :mod:`sym.engine.routing`; that
    of a reply may also have a ``channel``: where the person it is for acted. ``created_at`` is when it was written: a
    delivery that was cut off is not older.
    """

    id: str
    attempt: int
    run_id: str
    kind: str
    destination: Document
    content: Document
    thread: Document | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ErrorReport:
    """What went wrong, for the channel an environment's error logger names. ``id`` as for :class:`Outgoing`;
    ``destination`` is ``{"kind": "error_logger", "integration_id", "channel"}``. ``run_id`` is "" for what failed
    before there was a run (see :mod:`sym.engine.form_reports`); the run in ``content`` then has neither id nor srn."""

    id: str
    attempt: int
    run_id: str
    destination: Document
    content: Document
    created_at: datetime | None = None


class Outbound(Protocol):
    """Where people are reached. Calls may block; they are made outside transactions, several at once.

    Every call raises Undeliverable or Unreachable when it fails; anything else it raises counts as Unreachable.
    """

    @property
    def is_bound(self) -> bool:
        """Whether anybody can be reached at all. Otherwise messages are kept and nothing is called."""
        ...

    def deliver(self, message: Outgoing) -> Mapping[str, Any]:
        """Deliver the message, and give a reference by which it can be changed: any JSON object. A message whose ``id``
        was delivered before must not appear twice. Somebody who wants no messages counts as reached: ``{}``."""
        ...

    def update(self, message: Outgoing, reference: Document) -> None:
        """Make the delivered message say what ``message`` says. Doing it twice must be as good as once."""
        ...

    def find(self, message: Outgoing) -> Mapping[str, Any] | None:
        """The reference of a message whose delivery may have been cut off before anybody noted it; None if it is not
        there. Nothing is delivered."""
        ...

    def find_person(self, *, service: str, external_id: str, email: str) -> str | None:
        """The id that the person with this e-mail address has in a service's account, None if there is none."""
        ...

    def report(self, report: ErrorReport) -> None:
        """Tell an error logger's channel what went wrong. The same ``id`` must not appear twice."""
        ...

    def ask(self, function: str, arguments: Document, *, external_id: str, run_id: str | None) -> Any:
        """Do what authors' code asks of ``sym.sdk.integrations.slack``: its ``function`` with ``arguments`` as JSON,
        in the workspace ``external_id`` ("" where the flow's environment names none), for a run (None while a form is
        shown). Raises SymException as that module documents it."""
        ...


class Unbound:
    """Nobody is reached. Requests stay decidable through the API and the command line, and their timers run."""

    is_bound = False

    def deliver(self, message: Outgoing) -> Mapping[str, Any]:
        """Never called."""
        raise Unreachable(f"Nothing is bound that could deliver the message {message.id}.")

    def update(self, message: Outgoing, reference: Document) -> None:  # noqa: ARG002
        """Never called."""
        raise Unreachable(f"Nothing is bound that could change the message {message.id}.")

    def find(self, message: Outgoing) -> Mapping[str, Any] | None:  # noqa: ARG002
        """Nothing was delivered."""
        return None

    def find_person(self, *, service: str, external_id: str, email: str) -> str | None:  # noqa: ARG002
        """Nobody is known."""
        return None

    def report(self, report: ErrorReport) -> None:
        """Never called."""
        raise Unreachable(f"Nothing is bound that could report {report.id}.")

    def ask(self, function: str, arguments: Document, *, external_id: str, run_id: str | None) -> Any:  # noqa: ARG002
        """Nobody answers."""
        raise SlackError("NOT_CONNECTED", f"slack.{function} needs a workspace, and none is connected.")
