"""People who can be reached, as a surface would reach them; it refuses what it does not know."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from sym.engine.outbound import ErrorReport, Outgoing, Undeliverable, Unreachable

KINDS = {
    "slack_channel": {"id", "name"}, "slack_user": {"id"}, "slack_group": {"ids"}, "person": {"user_id"},
}  # fmt: skip


def place_of(destination: Mapping[str, Any]) -> str:
    """A destination as one word: ``#ops``, ``U1`` or the id of a person."""
    assert destination["kind"] in KINDS, destination
    # Where somebody acted may be told with whom a reply is for.
    (key,) = destination.keys() - ({"kind", "channel"} if destination["kind"] == "person" else {"kind"})
    assert key in KINDS[destination["kind"]], destination
    value = destination[key]
    return "+".join(value) if isinstance(value, list) else str(value)


class RecordingOutbound:
    """Keeps what everybody sees. A message shown twice, changed where it never was, or of an unknown form fails the
    test: an AssertionError goes through every handler of the engine's as an ordinary failure, so it is kept as well."""

    is_bound = True

    def __init__(self) -> None:
        self.shown: dict[str, Outgoing] = {}
        self.order: list[str] = []
        self.calls: list[tuple[str, str, int]] = []
        self.reports: dict[str, ErrorReport] = {}
        self.wrong: list[str] = []
        self.away: dict[str, Exception] = {}
        self.after: Callable[[Outgoing], None] | None = None
        self._lock = threading.Lock()

    def deliver(self, message: Outgoing) -> dict[str, Any]:
        """Show a message; a second time it only tells again where it is."""
        with self._lock:
            self.calls.append(("deliver", message.id, message.attempt))
            place = place_of(message.destination)
            self._fail(place)
            if message.kind not in ("request", "requester", "reply"):
                self.wrong.append(f"a message of kind {message.kind}")
            if message.id not in self.shown:
                self.order.append(message.id)
            self.shown[message.id] = message
        if self.after is not None:
            self.after(message)
        return {"place": place, "ts": message.id}

    def update(self, message: Outgoing, reference: Mapping[str, Any]) -> None:
        """Change a message that was shown."""
        with self._lock:
            self.calls.append(("update", message.id, message.attempt))
            self._fail(place_of(message.destination))
            if reference != {"place": place_of(message.destination), "ts": message.id} or message.id not in self.shown:
                self.wrong.append(f"an update of {message.id} by {dict(reference)}")
            self.shown[message.id] = message

    def find(self, message: Outgoing) -> Mapping[str, Any] | None:
        """Where a message is, None if it is not."""
        with self._lock:
            self.calls.append(("find", message.id, message.attempt))
            place = place_of(message.destination)
            self._fail(place)
        return {"place": place, "ts": message.id} if message.id in self.shown else None

    def find_person(self, *, service: str, external_id: str, email: str) -> str | None:
        """Nobody is looked up by the engine yet."""
        raise AssertionError(f"{service} {external_id} {email}")

    def ask(self, function: str, arguments: Mapping[str, Any], *, external_id: str, run_id: str | None) -> Any:
        """Nothing is asked of this surface."""
        raise AssertionError(f"slack.{function} was not expected")

    def report(self, report: ErrorReport) -> None:
        """Keep what went wrong."""
        with self._lock:
            self._fail(report.destination["channel"])
            self.reports[report.id] = report

    def leave(self, place: str, *, for_good: bool = False) -> None:
        """Let deliveries to a place fail from now on."""
        self.away[place] = Undeliverable("There is no such place.") if for_good else Unreachable("It is busy.")

    def come_back(self, place: str) -> None:
        """Let deliveries to a place work again."""
        del self.away[place]

    def _fail(self, place: str) -> None:
        if place in self.away:
            raise self.away[place]

    def at(self, place: str, kind: str = "request") -> list[Mapping[str, Any]]:
        """What is shown at a place, in the order it first appeared."""
        found = (self.shown[message_id] for message_id in self.order)
        return [item.content for item in found if item.kind == kind and place_of(item.destination) == place]

    def heard(self, user_id: str) -> list[str]:
        """What a requester was told, a word each."""
        return [str(content["what"]) for content in self.at(user_id, "requester")]

    def times(self, message_id: str) -> Counter[str]:
        """How often a message was handed over, by call."""
        return Counter(call for call, found, _ in self.calls if found == message_id)
