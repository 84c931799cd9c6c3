"""Approve, Deny, End and Retry, on cards and in App Home. Whether somebody may is the engine's to say, and the first
click wins in the database."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sym.engine.cards import person_document
from sym.engine.inbound import Action
from sym.errors import Conflict, NotFound
from sym.slack.blocks import ids, said
from sym.slack.interactions.arrivals import Arrival
from sym.slack.interactions.desk import Desk
from sym.slack.interactions.telling import Message
from sym.store.database import Connection
from sym.store.events import events_of_run
from sym.store.runs import Run, get_run
from sym.store.users import User, get_user

BUTTONS: Mapping[str, str] = {
    ids.APPROVE: "approve", ids.HOME_APPROVE: "approve", ids.DENY: "deny", ids.HOME_DENY: "deny",
    ids.REVOKE: "deescalate", ids.HOME_END: "deescalate", ids.RETRY: "retry", ids.HOME_RETRY: "retry",
}  # fmt: skip
"""What each button does to the run whose id is its value."""
_DECISIONS = ("approve", "deny")
Press = tuple[str, str, str]
"""A run, what is to be done to it, and the user who wants it."""


class Decisions:
    """Takes clicks on buttons."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._lock = threading.Lock()
        self._in_hand: set[Press] = set()

    def take(self, arrival: Arrival) -> None:
        """Hand over what somebody pressed. Whoever may not, or comes too late, is told so, and nobody else is; what
        they press twice is done once."""
        desk = self._desk
        name, run_id = BUTTONS[str(arrival.action.get("action_id"))], _run_id(arrival)
        user = desk.user(arrival)
        action = Action(name=name, run_id=run_id, actor=user, source="slack", message=_said(arrival),
                        channel_identifier=arrival.channel)  # fmt: skip
        with self._once((run_id, name, user.id)) as is_first:
            if is_first and not _is_under_way(desk, action):
                self._hand_over(arrival, action)
        arrival.acknowledge()

    @contextmanager
    def _once(self, press: Press) -> Iterator[bool]:
        """Whether nobody is doing the same at this moment."""
        with self._lock:
            is_first = press not in self._in_hand
            self._in_hand.add(press)
        try:
            yield is_first
        finally:
            if is_first:
                with self._lock:
                    self._in_hand.discard(press)

    def _hand_over(self, arrival: Arrival, action: Action) -> None:
        desk = self._desk
        try:
            desk.insist(lambda: desk.services.inbound.act(action, now=desk.now))
        except Conflict as error:
            desk.tell(arrival, _too_late(desk, arrival, action) or said.refused(error))
        desk.answer(arrival, lambda: _show_homes(desk, arrival, action))


def _run_id(arrival: Arrival) -> str:
    """The run a button is about. Raises NotFound for what is no run's id."""
    try:
        return str(uuid.UUID(str(arrival.action.get("value"))))
    except ValueError:
        raise NotFound("There is no such request.") from None


def _said(arrival: Arrival) -> str | None:
    """What stands in the card's text box, None for nothing."""
    values = (arrival.body.get("state") or {}).get("values") or {}
    for block in values.values():
        text = (block.get(ids.DECISION_MESSAGE) or {}).get("value")
        if isinstance(text, str) and text.strip():
            return text.strip()
    return None


def _is_under_way(desk: Desk, action: Action) -> bool:
    """Whether the same person has pressed the same button, and the engine is about to look at it."""
    with desk.services.store.reading() as conn:
        known = events_of_run(conn, action.run_id)
    wanted = (action.name, action.actor.id, "processing", "slack")
    return any((event.name, event.actor_id, event.status, event.channel_type) == wanted for event in known)


def _too_late(desk: Desk, arrival: Arrival, action: Action) -> Message | None:
    """Who was faster; None if it was not a person, or the matter is another one."""
    with desk.services.store.reading() as conn:
        run = get_run(conn, action.run_id)
        decided = _decided(conn, run) if run and action.name in _DECISIONS else None
    if decided is None:
        return None
    (name, user), people = decided, desk.services.people
    return said.already_decided(action=name, by=person_document(user), mention=people.mention(arrival.team))


def _decided(conn: Connection, run: Run) -> tuple[str, User] | None:
    for name in _DECISIONS:
        user = get_user(conn, run.actors[name]) if name in run.actors else None
        if user is not None:
            return name, user
    return None


def _show_homes(desk: Desk, arrival: Arrival, action: Action) -> None:
    """Whoever pressed it and whoever asked see something else in App Home from now on."""
    services = desk.services
    with services.store.reading() as conn:
        run = get_run(conn, action.run_id)
    requester = services.people.slack_id_of(run.requester_id, arrival.team, desk.now) if run else None
    desk.homes.changed(arrival.team, [arrival.person, *([requester] if requester else [])])
