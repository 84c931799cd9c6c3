"""What people do in Slack: each thing they can type, press, pick or hand in has its listener."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from sym.slack.blocks import ids
from sym.slack.interactions import (
    command,
    form,
    home,
    selector,
    shortcut,
    suggestions,
)
from sym.slack.interactions.arrivals import Arrival
from sym.slack.interactions.changes import Changes
from sym.slack.interactions.decision import BUTTONS, Decisions
from sym.slack.interactions.desk import Desk
from sym.slack.wiring import SlackServices

if TYPE_CHECKING:
    from slack_bolt import App

__all__ = ["Desk", "register"]
_ANY = re.compile("^/")


def register(app: App, services: SlackServices) -> Desk:
    """Let ``app`` listen to everything the product knows. What is given is to be stopped with the rest."""
    desk = Desk(services)
    take = _taker(desk)
    changes, decisions = Changes(desk), Decisions(desk)
    # It is called what the app's manifest says; Slack sends an app no other.
    app.command(_ANY)(take(command.take_command))
    app.shortcut(ids.SHORTCUT)(take(shortcut.take_shortcut))
    app.view_submission(ids.SELECTOR)(take(selector.pick_flow))
    app.view_submission(ids.REQUEST_FORM)(take(form.hand_in))
    for searched in (ids.FIELD, ids.FLOW_PICK):
        app.options(searched)(take(suggestions.suggest))
    app.event("app_home_opened")(take(home.open_home))
    app.action(ids.HOME_NEW)(take(home.begin))
    for button in BUTTONS:
        app.action(button)(desk.listener(decisions.take))
    app.action(ids.FIELD)(desk.listener(changes.take))
    # Whoever joins gets an account with the first thing they do.
    app.event("team_join")(_nothing)
    return desk


def _taker(desk: Desk) -> Callable[[Callable[[Desk, Arrival], None]], Callable[..., None]]:
    return lambda listen: desk.listener(partial(listen, desk))


def _nothing() -> None:
    pass
