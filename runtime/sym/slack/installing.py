"""Linking further workspaces: the page with Slack's button, and where Slack sends the browser back to.

Anybody can open these pages, and whoever installs an app that is distributed chooses the workspace. So a workspace is
linked only if it is declared: if a ``sym_integration`` of type slack has its id as ``external_id``. Otherwise
a stranger's workspace could vouch for e-mail addresses of people here.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urljoin

from anyio.to_thread import run_sync
from slack_sdk.oauth.installation_store import Installation
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from sym.errors import Conflict, Invalid, Refused, SymError, Unavailable
from sym.slack.install_page import PURPOSES, failed_page, install_page, linked_page
from sym.slack.replays import STATE_KEPT, Replays
from sym.slack.scopes import bot_scopes
from sym.slack.workspaces import web_client
from sym.store.slack import declared_workspaces

if TYPE_CHECKING:
    from sym.slack.wiring import SlackServices

log = logging.getLogger(__name__)

INSTALL_PATH, REDIRECT_PATH = "/slack/install", "/slack/oauth_redirect"
COOKIE = "sym-slack-install"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def install_routes(installing: Installing) -> list[Route]:
    """The two pages."""
    return [
        Route(INSTALL_PATH, installing.begin, methods=["GET"]),
        Route(REDIRECT_PATH, installing.end, methods=["GET"]),
    ]


class Installing:
    """An installation from the page to its token. It is bound to the browser it began in by a cookie, is good for ten
    minutes, and ends once."""

    def __init__(self, services: SlackServices, replays: Replays) -> None:
        self._services = services
        self._settings = services.settings
        self._replays = replays

    async def begin(self, request: Request) -> Response:
        """The page that says what the app may do, with Slack's button."""
        nonce = secrets.token_urlsafe(24)
        response = _page(200, install_page(self._authorize_url(self._state(nonce)), PURPOSES, bot_scopes()))
        response.set_cookie(
            COOKIE, nonce, max_age=int(STATE_KEPT.total_seconds()), path="/slack", httponly=True, samesite="lax",
            # Behind a proxy this server does not see TLS, but whoever is elsewhere comes through it.
            secure=request.url.hostname not in _LOOPBACK,
        )  # fmt: skip
        return response

    async def end(self, request: Request) -> Response:
        """What came of it, when Slack has sent the browser back."""
        given, cookie = dict(request.query_params), request.cookies.get(COOKIE, "")
        try:
            name, team_id = await run_sync(self._finish, given, cookie)
        except SymError as error:
            log.warning("a Slack workspace was not linked: %s", error.message)
            status = 403 if isinstance(error, Refused) else 502 if isinstance(error, Unavailable) else 400
            return _page(status, failed_page(error.message, error.hint))
        response = _page(200, linked_page(name, team_id))
        response.delete_cookie(COOKIE, path="/slack")
        return response

    def _finish(self, given: dict[str, str], cookie: str) -> tuple[str, str]:
        """The name and id of the workspace that is linked now. Raises Invalid, Refused, Conflict or Unavailable."""
        if not self._is_mine(given.get("state", ""), cookie):
            raise Invalid("This installation was not begun here, or took longer than ten minutes.",
                          hint=f"Begin again at {INSTALL_PATH}.")  # fmt: skip
        if given.get("error") or not given.get("code"):
            raise Invalid("Slack says that the installation was cancelled.", hint=f"Begin again at {INSTALL_PATH}.")
        said = self._asked("oauth.v2.access", client_id=self._settings.client_id,
                           client_secret=self._settings.client_secret, code=given["code"])  # fmt: skip
        token, team_id = str(said.get("access_token") or ""), str((said.get("team") or {}).get("id") or "")
        try:
            self._check(team_id, is_enterprise_install=bool(said.get("is_enterprise_install")))
            who = self._asked("auth.test", token=token)
            if who.get("team_id") != team_id:
                raise Conflict("The token is not that of the workspace.")
            self._services.workspaces.installations.save(_installation(said, who))
        except SymError:
            self._revoke(token)
            raise
        log.info("linked the Slack workspace %s", team_id)
        return str(said["team"].get("name") or team_id), team_id

    def _check(self, team_id: str, *, is_enterprise_install: bool) -> None:
        if is_enterprise_install or not team_id:
            raise Refused("Sym is installed workspace by workspace, not for a whole Enterprise organization.",
                          hint="Choose a workspace instead of the organization.")  # fmt: skip
        with self._services.store.reading() as conn:
            declared = declared_workspaces(conn)
        if team_id not in declared:
            raise Refused(
                f"The workspace {team_id} is not declared, so it is not linked.",
                hint=f'Declare it in Terraform with a sym_integration: type = "slack", external_id = "{team_id}". '
                "Then begin again.",
            )

    def _asked(self, method: str, *, token: str | None = None, **given: Any) -> dict[str, Any]:
        """What Slack answers. Raises Refused with its error, or Unavailable."""
        from slack_sdk.errors import SlackApiError, SlackClientError

        client = web_client(self._settings, token, retries=False)
        try:
            said = client.oauth_v2_access(**given) if method == "oauth.v2.access" else client.api_call(method)
        except SlackApiError as error:
            raise Refused(f"Slack refuses {method}: {error.response.get('error')}.") from None
        except (SlackClientError, OSError) as error:
            raise Unavailable(f"Slack cannot be reached ({type(error).__name__}).", hint="Begin again later.") from None
        return dict(said.data) if isinstance(said.data, dict) else {}

    def _revoke(self, token: str) -> None:
        if token:
            try:
                self._asked("auth.revoke", token=token)
            except SymError as error:
                log.warning("the token of an installation that was refused is not revoked: %s", error.message)

    def _authorize_url(self, state: str) -> str:
        asked = {"client_id": self._settings.client_id, "scope": ",".join(bot_scopes()), "state": state}
        return f"{urljoin(self._settings.api_url, '../oauth/v2/authorize')}?{urlencode(asked)}"

    def _state(self, nonce: str) -> str:
        until = int((self._services.clock() + STATE_KEPT).timestamp())
        return f"{nonce}.{until}.{self._signature(nonce, until)}"

    def _is_mine(self, state: str, cookie: str) -> bool:
        """Whether this server, or another with the same secret, began it in this browser; once."""
        nonce, _, rest = state.partition(".")
        until, _, signature = rest.partition(".")
        if not (until.isascii() and until.isdigit() and len(until) < 12):
            return False
        wanted = self._signature(nonce, int(until))
        is_signed = hmac.compare_digest(signature.encode("utf-8", "replace"), wanted.encode())
        is_same_browser = hmac.compare_digest(nonce.encode("utf-8", "replace"), cookie.encode("utf-8", "replace"))
        if not (is_signed and is_same_browser) or datetime.fromtimestamp(int(until), UTC) <= self._services.clock():
            return False
        return self._replays.is_first_use(state)

    def _signature(self, nonce: str, until: int) -> str:
        key = (self._settings.client_secret or "").encode()
        return hmac.new(key, f"sym slack install\0{nonce}\0{until}".encode(), hashlib.sha256).hexdigest()


def _installation(said: dict[str, Any], who: dict[str, Any]) -> Installation:
    scopes = [scope for scope in str(said.get("scope") or "").split(",") if scope]
    return Installation(
        app_id=said.get("app_id"), enterprise_id=(said.get("enterprise") or {}).get("id"),
        team_id=said["team"]["id"], team_name=said["team"].get("name"), bot_token=said.get("access_token"),
        bot_id=who.get("bot_id"), bot_user_id=said.get("bot_user_id") or who.get("user_id"), bot_scopes=scopes,
        bot_token_expires_in=said.get("expires_in"), user_id=str((said.get("authed_user") or {}).get("id") or ""),
    )  # fmt: skip


def _page(status: int, text: str) -> Response:
    headers = {
        "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
    }
    return HTMLResponse(text, status_code=status, headers=headers)
