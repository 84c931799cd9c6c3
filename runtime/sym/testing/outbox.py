"""What people would have seen: the outbound port, bound to a list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sym.engine.outbound import ErrorReport, Outgoing, Undeliverable

Name = Callable[[str], str]
"""From a user's id to the name the test knows them by."""


@dataclass(frozen=True)
class Notification:
    """The card that asks for a decision, at one destination, as it looks now.

    ``destination`` is ``#ops``, ``C123``, ``U123`` (several joined by ``+``) or an e-mail address. ``state`` is one of
    :data:`sym.engine.cards.STATES`, ``actions`` what can be clicked, ``content`` the whole document.
    """

    destination: str
    state: str
    actions: tuple[str, ...]
    content: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Message:
    """What one person heard: ``what`` in a word (``approved``, ``granted``, ``ended``, ``failed`` …), ``text`` where
    the flow said something to them."""

    to: str
    what: str
    text: str | None
    content: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Report:
    """What the error logger's channel heard: ``what`` by the name of its audit entry, and why."""

    channel: str
    what: str
    text: str
    content: Mapping[str, Any] = field(repr=False)


class Outbox:
    """Keeps what everybody sees, in the order it first appeared."""

    is_bound = True

    def __init__(self, name_of: Name) -> None:
        self._name_of = name_of
        self._shown: dict[str, Outgoing] = {}
        self._reports: dict[str, ErrorReport] = {}
        self.closed: set[str] = set()

    def deliver(self, message: Outgoing) -> dict[str, Any]:
        """Show a message, unless its destination is closed."""
        if self.place(message.destination) in self.closed:
            raise Undeliverable("The test closed this destination.")
        self._shown[message.id] = message
        return {"id": message.id}

    def update(self, message: Outgoing, reference: Mapping[str, Any]) -> None:
        """Change what is shown."""
        self._shown[str(reference["id"])] = message

    def find(self, message: Outgoing) -> dict[str, Any] | None:
        """Where a message is, None if it is not."""
        return {"id": message.id} if message.id in self._shown else None

    def find_person(self, *, service: str, external_id: str, email: str) -> str | None:  # noqa: ARG002
        """Nobody is known elsewhere."""
        return None

    def report(self, report: ErrorReport) -> None:
        """Keep what went wrong."""
        self._reports[report.id] = report

    def ask(self, function: str, arguments: Mapping[str, Any], *, external_id: str, run_id: str | None) -> Any:  # noqa: ARG002
        """Never called: the test's own services answer."""
        raise AssertionError(f"slack.{function} was to be answered by the test's services.")

    def place(self, destination: Mapping[str, Any]) -> str:
        """A destination as one word."""
        if destination["kind"] == "person":
            return self._name_of(str(destination["user_id"]))
        value = next(value for key, value in destination.items() if key != "kind")
        if isinstance(value, list):
            return "+".join(value)
        return f"#{str(value).lstrip('#')}" if "name" in destination else str(value)

    def notifications(self, run_id: str) -> list[Notification]:
        """The cards of a run."""
        return [
            Notification(self.place(item.destination), str(item.content["state"]), tuple(item.content["actions"]),
                         item.content)
            for item in self._shown.values() if item.run_id == run_id and item.kind == "request"
        ]  # fmt: skip

    def messages(self, run_id: str) -> list[Message]:
        """What the requester heard of a run once it was submitted, and whoever acted in vain."""
        return [
            Message(self.place(item.destination), str(item.content["what"]), item.content.get("text"), item.content)
            for item in self._shown.values()
            if item.run_id == run_id and item.kind != "request" and item.content["what"] != "submitted"
        ]  # fmt: skip

    def reports(self, run_id: str) -> list[Report]:
        """What the error logger's channel heard of a run."""
        return [
            Report(str(item.destination["channel"]), str(item.content["what"]), str(item.content["text"] or ""),
                   item.content)
            for item in self._reports.values() if item.run_id == run_id
        ]  # fmt: skip
