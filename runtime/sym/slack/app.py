"""The Slack app of one process: what goes out, and what comes in.

What goes out (:func:`link_slack`) is there before the runtime, which needs it; what comes in (:func:`create_slack`)
after it, because it hands over to the runtime.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING, Any

from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.authorize import Authorize

from sym.sealing import SealingKeys
from sym.slack import interactions
from sym.slack.door import Door
from sym.slack.failures import on_failure
from sym.slack.http import create_http_app
from sym.slack.installations import Installations
from sym.slack.outbound import SlackOutbound
from sym.slack.people import People
from sym.slack.replays import Replays
from sym.slack.settings import SlackSettings
from sym.slack.socket_mode import SocketMode
from sym.slack.wiring import SlackLink, SlackServices
from sym.slack.workspaces import Workspaces, web_client
from sym.store.database import Store

if TYPE_CHECKING:
    from starlette.types import ASGIApp

__all__ = ["LISTENERS", "Slack", "SlackLink", "SlackServices", "create_slack", "link_slack"]

LISTENERS = 32
"""So many listeners run at once: each writes a row and acknowledges."""


def link_slack(settings: SlackSettings, *, store: Store, keys: SealingKeys, clock: Callable[[], datetime]) -> SlackLink:
    """What tells people something in Slack. Nothing is asked of Slack yet."""
    # Below INFO they write down whole requests.
    for name in ("slack_sdk", "slack_bolt"):
        logging.getLogger(name).setLevel(max(logging.INFO, logging.getLogger().level))
    workspaces = Workspaces(settings, Installations(store, keys, clock))
    people = People(store, workspaces)
    return SlackLink(
        settings=settings, store=store, workspaces=workspaces, people=people,
        outbound=SlackOutbound(workspaces, people, store, clock),
    )  # fmt: skip


class Slack:
    """What listens to Slack: ``http_app`` answers everything under ``/slack``; :meth:`start` and :meth:`stop` are those
    of Socket Mode, if there is an app-level token, and of the listeners' threads."""

    def __init__(self, services: SlackServices) -> None:
        self._services = services
        self._listeners = ThreadPoolExecutor(LISTENERS, thread_name_prefix="slack-listener")
        replays = Replays(services.store, services.clock)
        self.app = _bolt(services, self._listeners)
        self._desk = interactions.register(self.app, services)
        self.door = Door(self.app, services, replays)
        self.http_app: ASGIApp = create_http_app(self.door, services, replays)
        self.outbound = services.outbound
        self._socket = SocketMode(self.door, services.settings) if services.settings.app_token else None

    def start(self) -> None:
        """Begin to listen. A Slack that cannot be reached is tried again until it can."""
        if self._socket is not None:
            self._socket.start()

    def stop(self) -> None:
        """Take nothing more, and finish what is in hand."""
        if self._socket is not None:
            self._socket.stop()
        self._listeners.shutdown(wait=True)
        self._desk.stop()

    def problems(self) -> list[str]:
        """Why people in Slack are not heard now; [] when they are."""
        return self._services.workspaces.problems() + (self._socket.problems() if self._socket is not None else [])


def create_slack(services: SlackServices) -> Slack:
    """The Slack app over ``services``. Nothing is asked of Slack yet."""
    return Slack(services)


class _Linked(Authorize):
    """A workspace's token, from what is linked."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces

    def __call__(self, *, team_id: str | None, enterprise_id: str | None, **_: Any) -> AuthorizeResult:
        workspace = self._workspaces.workspace(team_id or "")
        return AuthorizeResult(
            enterprise_id=enterprise_id, team_id=workspace.team_id, bot_user_id=workspace.bot_user_id,
            bot_id=workspace.bot_id, bot_token=self._workspaces.token(workspace.team_id),
        )  # fmt: skip


def _bolt(services: SlackServices, listeners: Executor) -> App:
    """The app with its listeners. Signatures are verified before it, because it would parse first."""
    logger = logging.getLogger("slack_bolt.sym")
    logger.setLevel(logging.WARNING)  # its loggers take this one's level, and write down bodies below it
    app = App(
        name="slack_bolt.app",
        logger=logger,
        client=web_client(services.settings, None, retries=False),
        authorize=_Linked(services.workspaces),
        request_verification_enabled=False,
        token_verification_enabled=False,
        raise_error_for_unhandled_request=True,
        listener_executor=listeners,
    )
    app.error(on_failure)
    return app
