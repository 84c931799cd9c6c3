"""A modal that is open: opened at once, filled when there is something to fill it with."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sym.errors import SymError
from sym.slack.blocks.form import TITLE, failed, loading
from sym.slack.interactions.arrivals import Arrival
from sym.slack.interactions.desk import Desk, TryAgain

if TYPE_CHECKING:
    from slack_sdk import WebClient

View = dict[str, Any]
TOO_LATE = frozenset({"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id", "invalid_trigger"})
"""What Slack says of a click it will open nothing for any more."""
GONE = frozenset({"not_found", "view_not_found"})
"""What Slack says of a view that was closed."""
PATIENCE = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
"""Seconds between looks for a view that Slack is just being asked to show."""


class Modal:
    """One view on somebody's screen. ``place`` is ``{"view_id": …}``, or ``{"external_id": …}`` for one that Slack is
    just being asked to show; ``known`` the hash of what it shows, if that is known."""

    def __init__(self, client: WebClient, place: dict[str, str], known: str | None = None) -> None:
        self._client = client
        self._place = place
        self._known = known
        self._patience = list(PATIENCE) if "external_id" in place else []

    def show(self, make: Callable[[], View]) -> None:
        """Show what ``make`` gives. When it has changed meanwhile ``make`` is asked again: what holds by then is shown.
        A view that was closed is left alone."""
        from slack_sdk.errors import SlackApiError

        while True:
            try:
                answer: Any = self._client.views_update(**self._place, view=make(), hash=self._known)
            except SlackApiError as error:
                if not self._goes_on(error.response.get("error")):
                    if error.response.get("error") in GONE:
                        return
                    raise
            else:
                self._place, self._known = {"view_id": answer["view"]["id"]}, answer["view"]["hash"]
                return

    def _goes_on(self, code: Any) -> bool:
        """Whether to try once more, after what Slack has said."""
        if code == "hash_conflict" and self._known is not None:
            self._known = None
            return True
        if code in GONE and self._patience:
            time.sleep(self._patience.pop(0))
            return True
        return False

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
        raise TryAgain("Slack did not wait for the form to open.", hint="Try again.") from None
    modal = Modal(client, {"view_id": opened["view"]["id"]}, opened["view"]["hash"])
    desk.later(arrival, lambda: fill(modal), modal.fail, flow=flow)


def refill(desk: Desk, arrival: Arrival, fill: Callable[[Modal], None], *, flow: str = "") -> None:
    """Let the modal that was just submitted say that it is being loaded, then let ``fill`` show what follows.

    What follows may be there before Slack has heard the answer, which would take its place. So the answer names the
    view, and what follows is shown in the view of that name.
    """
    name = uuid.uuid4().hex
    arrival.acknowledge(response_action="update", view={**loading(TITLE), "external_id": name})
    modal = Modal(desk.client(arrival), {"external_id": name})
    desk.later(arrival, lambda: fill(modal), modal.fail, flow=flow)
