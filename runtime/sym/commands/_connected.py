"""Slack in this process, if anything of it is set: wired to the runtime, beside the API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sym import config
from sym.config import Config
from sym.engine.directory import Directory
from sym.engine.outbound import Outbound, Unbound
from sym.engine.runtime import Runtime
from sym.errors import Unavailable
from sym.sealing import SealingKeys
from sym.store.database import Store

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from sym.slack.app import Slack
    from sym.slack.wiring import SlackLink

PREFIX = "/slack"


class Connected:
    """What is connected: Slack, or nothing. ``outbound`` is how people are reached, ``directories`` who they are; who
    listens begins afterwards."""

    def __init__(self, link: SlackLink | None) -> None:
        self._link = link
        self._slack: Slack | None = None
        self.outbound: Outbound = link.outbound if link is not None else Unbound()

    def directories(self) -> Sequence[Directory]:
        """The people of every linked workspace. Raises Unavailable while Slack does not say which these are."""
        if self._link is None:
            return ()
        from sym.slack.directory import directories

        return directories(self._link.workspaces)

    def listen(self, runtime: Runtime) -> None:
        """Hand what people do over to ``runtime``, which runs."""
        if self._link is None:
            return
        from sym.slack.app import SlackServices, create_slack

        link = self._link
        services = SlackServices(
            settings=link.settings, store=link.store, workspaces=link.workspaces, people=link.people,
            outbound=link.outbound, inbound=runtime.inbound, forms=runtime.forms, clock=runtime.clock,
        )  # fmt: skip
        self._slack = create_slack(services)
        self._slack.start()

    def stop(self) -> None:
        """Listen no more, and finish what is in hand."""
        if self._slack is not None:
            self._slack.stop()

    def problems(self) -> list[str]:
        """Why people are not heard now; [] when they are, or nothing is connected."""
        return self._slack.problems() if self._slack is not None else []

    def with_app(self, api: ASGIApp) -> ASGIApp:
        """``api``, and beside it what answers under ``/slack``."""
        if self._slack is None:
            return api
        slack = self._slack.http_app

        async def both(scope: Scope, receive: Receive, send: Send) -> None:
            path = scope.get("path", "")
            chosen = slack if scope["type"] == "http" and (path == PREFIX or path.startswith(f"{PREFIX}/")) else api
            await chosen(scope, receive, send)

        return both


def connected(settings: Config, store: Store) -> Connected:
    """What the configuration connects to. Raises Unavailable, naming the extra, if its libraries are not installed."""
    if settings.slack is None:
        return Connected(None)
    try:
        from sym.slack.app import link_slack
    except ModuleNotFoundError as missing:
        raise Unavailable(f"Slack needs {missing.name}.", hint="Run: pip install 'symflow[slack]'") from None
    return Connected(link_slack(settings.slack, store=store, keys=SealingKeys(settings.keys_dir), clock=config.now))
