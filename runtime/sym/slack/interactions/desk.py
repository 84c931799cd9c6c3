"""What all listeners share: who somebody is, how they are answered, where slow work is done, what happens on errors.

A listener validates, writes a row and acknowledges; it runs no author code. Whatever does, and whatever waits for
Slack, is handed over to :meth:`Desk.later`.
"""

from __future__ import annotations

import logging
import traceback
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from sym.engine.forms import FlowsUnavailable, FormUnavailable
from sym.errors import Conflict, Invalid, NotFound, Recovering, Refused, Retryable, SymError, Unavailable
from sym.slack.blocks import said
from sym.slack.interactions.arrivals import Arrival, read_arrival
from sym.slack.interactions.homes import Homes
from sym.slack.interactions.lanes import Lanes
from sym.slack.interactions.offers import Offers
from sym.slack.interactions.telling import Message, tell
from sym.slack.wiring import SlackServices
from sym.store.turns import awaited
from sym.store.users import User

if TYPE_CHECKING:
    from slack_sdk import WebClient

log = logging.getLogger(__name__)
T = TypeVar("T")
RACES = 3
Listen = Callable[[Arrival], None]
Failed = Callable[[SymError], None]
"""Tells a person what went wrong."""


class TryAgain(Unavailable):
    """That cannot be done at this moment."""


class Mishap(SymError):
    """That did not work."""

    def __init__(self, reference: str) -> None:
        super().__init__(hint=f"Try again in a minute. Quote {reference} when you report it.")
        self.reference = reference


LANES = 8
"""Threads of one process for what runs authors' code."""
ANSWERS = 16
"""Threads of one process for what waits for Slack."""
PER_PERSON = 2
PER_FLOW = 4
"""How many of them one person, and the forms of one flow, may take."""


class Desk:
    """Takes what arrives, and answers it."""

    def __init__(self, services: SlackServices, *, lanes: int = LANES) -> None:
        self.services = services
        self.lanes = Lanes(lanes, name="slack-forms")
        self.answers = Lanes(ANSWERS, longest=1000, name="slack-answers")
        self.homes = Homes(services, self.answers)
        self.offers = Offers(services.forms)

    def stop(self) -> None:
        """Begin nothing any more, and finish what is in hand: first what may have something to say, then what says
        it."""
        self.homes.stop()
        self.lanes.stop()
        self.answers.stop()

    @property
    def now(self) -> datetime:
        """What time it is."""
        return self.services.clock()

    def client(self, arrival: Arrival) -> WebClient:
        """The client of the workspace something arrived from."""
        return self.services.workspaces.client(arrival.team)

    def user(self, arrival: Arrival) -> User:
        """Whose interaction it is. Raises Refused for whom there is no account."""
        return self.services.people.user_of(arrival.team, arrival.person, self.now)

    def tell(self, arrival: Arrival, message: Message) -> None:
        """Say something to who sent ``arrival`` alone, soon."""
        self._submit(arrival, lambda: self.guard(lambda: self._tell(arrival, message), _unheard))

    def refuse(self, arrival: Arrival, error: SymError) -> None:
        """Tell who sent ``arrival`` why it came to nothing."""
        words = said.unavailable(error.reference) if isinstance(error, Mishap) else said.refused(error)
        self.tell(arrival, words)

    def answer(self, arrival: Arrival, call: Callable[[], None]) -> None:
        """Do ``call``, which waits for Slack and for nothing else, soon. What goes wrong is told to them."""
        self._submit(arrival, lambda: self.guard(call, lambda error: self.refuse(arrival, error)))

    def _submit(self, arrival: Arrival, call: Callable[[], None]) -> None:
        if not self.answers.submit(call, {f"person {arrival.team} {arrival.person}": ANSWERS // 2}):
            log.warning("too much waits for Slack: somebody was not answered")

    def insist(self, call: Callable[[], T]) -> T:
        """What ``call`` gives, which writes to the store: done again where others needed the same rows."""
        for _ in range(RACES):
            try:
                return call()
            except Retryable:
                continue
        return call()

    def _tell(self, arrival: Arrival, message: Message) -> None:
        tell(self.client(arrival), arrival, message)

    def listener(self, listen: Listen) -> Callable[..., None]:
        """``listen`` as Bolt calls it. Slack is acknowledged whatever happens; errors are told to who caused them."""

        def listener(ack: Any, body: Mapping[str, Any], context: Mapping[str, Any]) -> None:
            arrival = read_arrival(ack, body, context)
            if arrival is None:
                ack()
                log.warning("what arrived from Slack does not say who sent it, and was left alone")
                return
            with awaited():
                self.guard(lambda: listen(arrival), lambda error: self.refuse(arrival, error))
            arrival.acknowledge()

        return listener

    def later(self, arrival: Arrival, call: Callable[[], None], failed: Failed, *, flow: str = "") -> None:
        """Do ``call`` on a thread of its own, soon. ``failed`` is told what to say when that does not work; ``flow`` is
        whose author's code it may run."""
        shares = {f"person {arrival.team} {arrival.person}": PER_PERSON}
        if flow:
            shares[f"flow {flow.casefold()}"] = PER_FLOW
        if not self.lanes.submit(lambda: self.guard(call, failed), shares):
            failed(TryAgain("Too many forms are being opened at the moment.", hint="Try again in a minute."))

    def guard(self, call: Callable[[], None], failed: Failed) -> None:
        """Do ``call``; what it raises is told to ``failed`` in words for people."""
        try:
            call()
        except FOR_PEOPLE as error:
            _say(failed, error)
        except Exception as error:  # noqa: BLE001 - a person waits for an answer, whatever went wrong
            _say(failed, Mishap(_reported(error)))


FOR_PEOPLE = (Refused, NotFound, Conflict, Invalid, Recovering, FormUnavailable, FlowsUnavailable, TryAgain)
"""Errors whose words are made for whoever caused them. What others say of the store or the network is for the log."""


def _say(failed: Failed, error: SymError) -> None:
    try:
        failed(error)
    except Exception as another:  # noqa: BLE001 - there is nobody left to be told
        _reported(another)


def _unheard(error: SymError) -> None:
    """Who cannot be told something cannot be told that either."""
    log.warning("somebody in Slack could not be answered: %s", type(error).__name__)


def _reported(error: Exception) -> str:
    """Log what went wrong, and give the id that people are told. Where, and not with which words, unless they are
    ours: an error's text may quote what somebody wrote, or Slack's answer."""
    reference = uuid.uuid4().hex[:8]
    place = traceback.extract_tb(error.__traceback__)
    where = " < ".join(f"{frame.name} ({frame.filename}:{frame.lineno})" for frame in reversed(place[-6:]))
    said = f": {error.message}" if isinstance(error, SymError) else ""
    log.error("an interaction in Slack failed [%s]: %s%s in %s", reference, _kind(error), said, where)
    return reference


def _kind(error: Exception) -> str:
    """The error's type, with Slack's own code where it has one."""
    answer: Any = getattr(error, "response", None)
    code = answer.get("error") if hasattr(answer, "get") else None
    return f"{type(error).__name__} {code}" if isinstance(code, str) else type(error).__name__
