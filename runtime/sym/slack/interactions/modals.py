"""A modal that is open: opened at once, filled when there is something to fill it with."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sym.errors import SymError, Unavailable
from sym.slack.blocks.form import TITLE, failed, loading
from sym.slack.interactions.arrivals import Arrival
from sym.slack.interactions.desk import Desk

if TYPE_CHECKING:
    from slack_sdk import WebClient

log = logging.getLogger(__name__)
View = dict[str, Any]
TOO_LATE = frozenset({"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id", "invalid_trigger"})
"""What Slack says of a click it will open nothing for any more."""
GONE = frozenset({"not_found", "view_not_found"})
"""What Slack says of a view that was closed."""
RACES = 3


class Modal:
    """One view on somebody's screen, by its id. ``known`` is the hash of what it shows, if that is known."""

    def __init__(self, client: WebClient, view_id: str, known: str | None = None) -> None:
        self._client = client
        self._view_id = view_id
        self._known = known

    def show(self, make: Callable[[], View]) -> None:
        """Show what ``make`` gives. When it has changed meanwhile ``make`` is asked again: what holds by then is shown.
        A view that was closed is left alone."""
        from slack_sdk.errors import SlackApiError

        for _ in range(RACES):
            try:
                answer: Any = self._client.views_update(view_id=self._view_id, view=make(), hash=self._known)
            except SlackApiError as error:
                code = error.response.get("error")
                if code in GONE:
                    return
                if code != "hash_conflict" or self._known is None:
                    raise
                self._known = None
            else:
                self._known = answer["view"]["hash"]
                return

    def fail(self, error: SymError) -> None:
        """Say in place of the form why there is none."""
        self.show(lambda: failed(TITLE, str(error)))


def open_modal(desk: Desk, arrival: Arrival, fill: Callable[[Modal], None], *, flow: str = "") -> None:
    """Open a modal that says that it is being loaded, while Slack still allows it, then let ``fill`` show what it is
    for. That may run authors' code; ``flow`` says whose."""
    arrival.acknowledge()
    desk.answer(arrival, lambda: _open(desk, arrival, fill, flow))


def _open(desk: Desk, arrival: Arrival, fill: Callable[[Modal], None], flow: str) -> None:
    from slack_sdk.errors import SlackApiError

    client = desk.client(arrival)
    try:
        opened: Any = client.views_open(trigger_id=arrival.trigger or "", view=loading(TITLE))
    except SlackApiError as error:
        if error.response.get("error") not in TOO_LATE:
            raise
        raise Unavailable("Slack did not wait for the form to open.", hint="Try again.") from None
    modal = Modal(client, opened["view"]["id"], opened["view"]["hash"])
    desk.later(arrival, lambda: fill(modal), modal.fail, flow=flow)


def refill(desk: Desk, arrival: Arrival, fill: Callable[[Modal], None], *, flow: str = "") -> None:
    """Let the modal that was just submitted say that it is being loaded, then let ``fill`` show what follows."""
    arrival.acknowledge(response_action="update", view=loading(TITLE))
    modal = Modal(desk.client(arrival), arrival.view["id"])
    desk.later(arrival, lambda: fill(modal), modal.fail, flow=flow)
