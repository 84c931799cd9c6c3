"""The workspaces that are linked: the one whose token is set, and those the app was installed in."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sym.errors import Refused, Unavailable
from sym.slack.installations import Installations
from sym.slack.settings import SlackSettings

if TYPE_CHECKING:
    from slack_sdk import WebClient

log = logging.getLogger(__name__)

_TIMEOUT_SECONDS = 10
_ASK_AGAIN_SECONDS = 5.0
_RATE_LIMIT_RETRIES = 2
_SERVER_ERROR_RETRIES = 2


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """A linked workspace: its id (``T…``), its name, and who the app is in it."""

    team_id: str
    name: str
    bot_user_id: str
    bot_id: str | None = None


class Unlinked(Refused):
    """This Slack workspace is not linked to Sym."""


class Workspaces:
    """Which workspaces are linked, and clients that act in them. Safe to share between threads.

    ``settings.bot_token`` is one workspace, whose id Slack is asked for once; ``installations`` are the others.
    """

    def __init__(self, settings: SlackSettings, installations: Installations) -> None:
        self.settings = settings
        self.installations = installations
        self._lock = threading.Lock()
        self._own: Workspace | None = None
        self._failure = ""
        self._asked_at = -_ASK_AGAIN_SECONDS

    def linked(self) -> list[Workspace]:
        """Every linked workspace, that of the token first. Raises Unavailable while Slack does not say which that
        is."""
        own = [self._of_token()] if self.settings.bot_token else []
        taken = {workspace.team_id for workspace in own}
        others = [_of_installation(team_id, found) for team_id, found in self.installations.documents().items()]
        return own + [workspace for workspace in others if workspace.team_id not in taken]

    def find(self, team_id: str) -> Workspace | None:
        """The linked workspace with this id, None for any other. Raises Unavailable if that cannot be told now."""
        document = self.installations.document(team_id)
        # Until Slack has said whose the token is, workspaces that installed the app do without the answer.
        if self.settings.bot_token and (document is None or self._own is not None):
            own = self._of_token()
            if own.team_id == team_id:
                return own
        return _of_installation(team_id, document) if document is not None else None

    def workspace(self, team_id: str) -> Workspace:
        """The linked workspace with this id. Raises Unlinked, or Unavailable if that cannot be told now."""
        found = self.find(team_id)
        if found is None:
            raise Unlinked(f"The Slack workspace {team_id} is not linked.",
                           hint="An admin links it with SYM_SLACK_BOT_TOKEN, or at /slack/install.")  # fmt: skip
        return found

    def token(self, team_id: str) -> str:
        """The bot token for a workspace. Raises Unlinked, or Unavailable if it cannot be decrypted."""
        self.workspace(team_id)
        if self.settings.bot_token and self._own is not None and self._own.team_id == team_id:
            return self.settings.bot_token
        token = self.installations.bot_token(team_id)
        if token is None:
            raise Unlinked(f"The Slack workspace {team_id} is not linked.")
        return token

    def client(self, team_id: str, *, retries: bool = True) -> WebClient:
        """A client of the Web API for a workspace. It waits and tries again when Slack limits the rate or, with
        ``retries``, fails: leave them out for what would be said twice. Raises Unlinked or Unavailable."""
        return web_client(self.settings, self.token(team_id), retries=retries)

    def problems(self) -> list[str]:
        """Why nobody can be reached: the token of the environment is no good; [] when it is, or is not asked yet."""
        return [self._failure] if self._failure else []

    def _of_token(self) -> Workspace:
        with self._lock:
            if self._own is None:
                if time.monotonic() - self._asked_at >= _ASK_AGAIN_SECONDS:
                    self._ask()
                if self._own is None:
                    raise Unavailable(self._failure, hint="`symflow doctor` looks closer.")
            return self._own

    def _ask(self) -> None:
        from slack_sdk.errors import SlackApiError, SlackClientError

        self._asked_at = time.monotonic()
        try:
            said = web_client(self.settings, self.settings.bot_token or "", retries=False).auth_test()
            self._own = Workspace(
                team_id=str(said["team_id"]), name=str(said.get("team") or said["team_id"]),
                bot_user_id=str(said["user_id"]), bot_id=said.get("bot_id"),
            )  # fmt: skip
            self._failure = ""
        except SlackApiError as error:
            self._failure = f"Slack refuses SYM_SLACK_BOT_TOKEN: {error.response.get('error')}."
        except (SlackClientError, OSError, KeyError) as error:
            self._failure = f"Slack cannot be reached at {self.settings.api_url} ({type(error).__name__})."


def web_client(settings: SlackSettings, token: str | None, *, retries: bool) -> WebClient:
    """A client of the Web API with ``token`` (None: calls bring theirs), at the address of the settings."""
    from slack_sdk import WebClient
    from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler, ServerErrorRetryHandler

    client = WebClient(token=token, base_url=settings.api_url, timeout=_TIMEOUT_SECONDS)
    limited = RateLimitErrorRetryHandler(max_retry_count=_RATE_LIMIT_RETRIES)
    if retries:
        client.retry_handlers += [limited, ServerErrorRetryHandler(max_retry_count=_SERVER_ERROR_RETRIES)]
    else:
        # Not even after a broken connection, as it would by itself: the message may have been taken.
        client.retry_handlers[:] = [limited]
    return client


def _of_installation(team_id: str, document: dict[str, object]) -> Workspace:
    bot_id = document.get("bot_id")
    return Workspace(
        team_id=team_id, name=str(document.get("name") or team_id), bot_user_id=str(document.get("bot_user_id") or ""),
        bot_id=str(bot_id) if bot_id else None,
    )  # fmt: skip
