"""App Home of each person, shown anew when something of it has changed.

What is asked for more than once is done once: a person's page is made of what the store says at that moment.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from functools import partial

from sym.engine.overview import Overview, overview
from sym.errors import SymError
from sym.slack.blocks.home import home
from sym.slack.interactions.lanes import Lanes
from sym.slack.wiring import SlackServices

log = logging.getLogger(__name__)
Place = tuple[str, str]
"""A workspace and somebody in it."""
AFTER_A_CLICK = (0.7, 2.5)
"""Seconds after which a page is shown anew when something was done: the engine needs a moment."""
WHILE_MOVING = (8.0, 25.0)
"""And those after which it is, as long as something is on its way."""


class Homes:
    """Publishes App Home. ``lanes`` are the threads on which that waits for Slack."""

    def __init__(self, services: SlackServices, lanes: Lanes) -> None:
        self._services = services
        self._lanes = lanes
        self._changed = threading.Condition()
        self._due: dict[Place, list[float]] = {}
        self._is_waiting = False

    def changed(self, team: str, people: Sequence[str]) -> None:
        """Something these people see is about to change."""
        begun = time.monotonic()
        with self._changed:
            for person in people:
                first, *others = (begun + delay for delay in AFTER_A_CLICK + WHILE_MOVING)
                # Whoever clicks on and on is shown something in between, too.
                known = self._due.get((team, person)) or [first]
                self._due[team, person] = [min(known[0], first), *others]
            if not self._is_waiting:
                self._is_waiting = True
                threading.Thread(target=self._wait, name="slack-homes", daemon=True).start()
            self._changed.notify()

    def stop(self) -> None:
        """Show nothing any more."""
        with self._changed:
            self._due.clear()
            self._changed.notify()

    def _wait(self) -> None:
        """Wait for the next page that is due, until there is none."""
        while True:
            with self._changed:
                if not self._due:
                    self._is_waiting = False
                    return
                place = min(self._due, key=lambda known: self._due[known][0])
                left = self._due[place][0] - time.monotonic()
                if left > 0:
                    self._changed.wait(left)
                    continue
                moments = self._due[place]
                moments.pop(0)
                rest = len(moments)
                if not moments:
                    del self._due[place]
            self._lanes.submit(partial(self._again, place, rest))

    def _again(self, place: Place, rest: int) -> None:
        seen = self.publish(*place)
        if rest <= len(WHILE_MOVING) and not (seen and seen.is_moving):
            with self._changed:
                if len(self._due.get(place, ())) == rest:
                    self._due.pop(place, None)

    def publish(self, team: str, person: str, known: str | None = None) -> Overview | None:
        """Show somebody their page; ``known`` is the hash of what they see, if that is known. None when it cannot be
        shown, which is logged: it is shown again when they open it."""
        from slack_sdk.errors import SlackApiError, SlackClientError

        try:
            return self._publish(team, person, known)
        except SlackApiError as error:
            if known and error.response.get("error") == "hash_conflict":
                return self.publish(team, person)  # somebody was faster: what holds now is read again
            log.warning("App Home could not be shown: %s", error.response.get("error"))
        except (SlackClientError, OSError, SymError) as error:
            log.warning("App Home could not be shown: %s", type(error).__name__)
        return None

    def _publish(self, team: str, person: str, known: str | None) -> Overview:
        services = self._services
        user = services.people.user_of(team, person, services.clock())
        with services.store.reading() as conn:
            seen = overview(conn, user)
        view = home(seen, services.people.mention(team))
        services.workspaces.client(team).views_publish(user_id=person, view=view, hash=known)
        return seen
