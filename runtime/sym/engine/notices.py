"""Messages, written with the decision they tell about: the request's card at its destinations, and what requester,
whoever acted and the error logger hear. Delivering them is :mod:`sym.engine.delivery`'s."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from sym.engine import cards, routing
from sym.engine.cards import Told
from sym.engine.error_loggers import error_loggers
from sym.engine.queue import Queue
from sym.observability import watch
from sym.store.database import Connection
from sym.store.messages import Message, get_message, insert_message, messages_of_run, move_message

__all__ = ["Notices", "Told"]

Document = dict[str, Any]
# After this long a message that nobody delivered is due for the sweeper.
GRACE = timedelta(seconds=90)
RACES = 20


class Notices:
    """Writes messages. Where nobody can be reached (``is_bound`` is false) only the cards of requests are kept."""

    def __init__(self, queue: Queue, *, is_bound: bool) -> None:
        self._queue = queue
        self._is_bound = is_bound

    def write(self, conn: Connection, told: Told, now: datetime) -> None:
        """Write what is to be told of a decision, and the jobs that deliver it, in the transaction of ``conn``."""
        decision = told.decision
        if decision.routing is not None:
            if routing.position_of(decision.routing):
                self._send_on(conn, told, now)
            self._ask(conn, told, now)
        elif self._is_bound and told.run.routing and (decision.status or decision.lease or decision.ends_at):
            self._show(conn, told, now)
        if self._is_bound and decision.audit:
            self._tell_people(conn, told, now)

    def report(self, conn: Connection, told: Told, now: datetime) -> None:
        """Tell the error logger of the flow's environment, if it has one."""
        content = cards.error(told)
        if content is None:
            return
        watch.reported(content["what"])
        for destination in error_loggers(conn, told.world.flow.document["environment_id"]) if self._is_bound else ():
            self._add(conn, told, ("error", destination, content), now)

    def report_on(self, conn: Connection, about: tuple[str, str], destinations: list[Document], content: Document,
                  now: datetime) -> None:  # fmt: skip
        """Tell error loggers what is no decision's doing; ``about`` is the run and the event that it shows in."""
        watch.reported(content["what"])
        for destination in destinations if self._is_bound else ():
            self._insert(conn, about, ("error", destination, content), now)

    def _ask(self, conn: Connection, told: Told, now: datetime) -> None:
        out = routing.notification_of(told.run.routing)
        waits = out["timeout"] if out else None
        card = cards.request_card(told, times_out_at=now + timedelta(seconds=waits) if waits else None)
        for destination in out["destinations"] if out else ():
            self._add(conn, told, ("request", dict(destination), card), now)

    def _tell_people(self, conn: Connection, told: Told, now: datetime) -> None:
        news, answer = cards.news(told), cards.answer(told)
        if news is not None and not _has_left(told, told.run.requester_id):
            self._add(conn, told, ("requester", _person(told.run.requester_id), news), now)
        # Whoever acts through the API reads the event's outcome there.
        event = told.world.event
        if answer is not None and event.channel_type == "slack" and not _has_left(told, event.actor_id):
            place = {"channel": event.channel_identifier} if event.channel_identifier else {}
            self._add(conn, told, ("reply", {**_person(event.actor_id), **place}, answer), now)
        self.report(conn, told, now)

    def _show(self, conn: Connection, told: Told, now: datetime) -> None:
        """Change the cards that are out."""
        card = cards.request_card(told)
        for message in messages_of_run(conn, told.run.id):
            is_out = message.kind == "request" and message.content.get("position") == card["position"]
            if is_out and (changed := cards.changed_card(message.content, card, now)) is not None:
                self._change(conn, message, changed, now)

    def _send_on(self, conn: Connection, told: Told, now: datetime) -> None:
        """Take the cards back that were out before the request was sent on."""
        last = routing.position_of(told.run.routing) - 1
        for message in messages_of_run(conn, told.run.id):
            if message.kind == "request" and message.content.get("position") == last:
                self._change(conn, message, cards.forwarded_card(message.content, told, now), now)

    def _change(self, conn: Connection, message: Message, content: Document, now: datetime) -> None:
        found: Message | None = message
        for _ in range(RACES):
            if found is None or revise(conn, self._queue, found, content, now) is not None:
                return
            found = get_message(conn, message.id)  # it was delivered meanwhile
        raise RuntimeError(f"the message {message.id} could not be changed")

    def _add(self, conn: Connection, told: Told, draft: tuple[str, Document, Document], now: datetime) -> None:
        self._insert(conn, (told.run.id, told.world.event.id), draft, now)

    def _insert(self, conn: Connection, about: tuple[str, str], draft: tuple[str, Document, Document],
                now: datetime) -> None:  # fmt: skip
        kind, destination, content = draft
        message = Message(
            id=str(uuid.uuid4()), run_id=about[0], event_id=about[1], kind=kind, destination=destination,
            content=content, created_at=now, due_at=now + GRACE if self._is_bound else None,
        )  # fmt: skip
        insert_message(conn, message)
        if self._is_bound:
            self._queue.enqueue(conn, "deliver", message.id, message.attempt)


def revise(conn: Connection, queue: Queue, message: Message, content: Document, now: datetime) -> Message | None:
    """Let a message say something new, and have it delivered or changed where it is out; None if it was moved
    meanwhile. What was never handed over and cannot be acted upon any more is superseded without a word; what may have
    been, although nobody noted it, is looked for."""
    if message.reference is None and message.status == "failed":
        return message
    if message.reference is None and message.due_at is None and content["state"] == "forwarded":
        return move_message(conn, message, content=content, status="superseded", due_at=None)
    moved = move_message(conn, message, content=content, status="waiting", attempt=message.attempt + 1, tries=0,
                         due_at=now + GRACE)  # fmt: skip
    if moved is not None:
        queue.enqueue(conn, "deliver", moved.id, moved.attempt)
    return moved


def _has_left(told: Told, user_id: str) -> bool:
    """Whether somebody's account was closed when the event was taken up: nobody writes to them any more."""
    user = told.world.users.get(user_id)
    return user is not None and user.deactivated_at is not None


def _person(user_id: str) -> Document:
    return {"kind": "person", "user_id": user_id}
