"""Where everything that Slack sends comes in, over HTTP or a socket: is it from a linked workspace, and is it new?

Whoever calls has made sure that it is Slack who sends it: by the signature, or because it came over Slack's socket.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from slack_bolt import App, BoltRequest, BoltResponse

from sym.errors import Invalid, SymError, Unavailable
from sym.slack import departures
from sym.slack.replays import Replays
from sym.slack.wiring import SlackServices
from sym.store.turns import awaited

log = logging.getLogger(__name__)

UNLINKED = "This Slack workspace is not linked to Sym. An admin of Sym has to link it first."
TRY_AGAIN = "Sym cannot answer just now. Please try again in a moment."
_HEADERS = ("content-type", "x-slack-retry-num")
_LEAVING = ("app_uninstalled", "tokens_revoked")


class Door:
    """Lets in what comes from linked workspaces, once each, and hands it to the listeners of ``app``."""

    def __init__(self, app: App, services: SlackServices, replays: Replays) -> None:
        self._app = app
        self._services = services
        self._workspaces = services.workspaces
        self._replays = replays

    def enter(self, request: BoltRequest) -> BoltResponse:
        """What to answer Slack: 403 for what comes from elsewhere, 503 while that cannot be told."""
        with awaited():
            return self._enter(request)

    def _enter(self, request: BoltRequest) -> BoltResponse:
        body = request.body
        if body.get("ssl_check") == "1":
            return BoltResponse(status=200)
        if body.get("type") == "url_verification":
            return BoltResponse(status=200, body={"challenge": str(body.get("challenge") or "")})
        team_id = request.context.get("team_id")
        try:
            if not isinstance(team_id, str) or self._workspaces.find(team_id) is None:
                return _unlinked(str(team_id), body)
            event = _departure(body)
            if event is None and not self._replays.is_first(team_id, body):
                log.info("%s from workspace %s came a second time", _kind(body), _plain(team_id))
                return BoltResponse(status=200)
        except Unavailable as error:
            log.warning("%s from workspace %s was not taken: %s", _kind(body), _plain(str(team_id)), error.message)
            return _for_commands(body, TRY_AGAIN) or BoltResponse(status=503)
        return self._handled(team_id, request) if event is None else self._departed(team_id, body, event)

    def _departed(self, team_id: str, body: Mapping[str, Any], event: Mapping[str, Any]) -> BoltResponse:
        """It is noted only once it is done: if that fails, or this process ends, Slack tells of it again."""
        try:
            if not self._replays.has_come(team_id, body):
                departures.take(self._services, team_id, event)
                self._replays.is_first(team_id, body)
        except Exception as error:  # noqa: BLE001 - whatever it is, it may work the next time
            log.warning("a %s from workspace %s is left for the next time: %s",
                        _kind(body), _plain(team_id), type(error).__name__)  # fmt: skip
            return BoltResponse(status=503)
        return BoltResponse(status=200)

    def _handled(self, team_id: str, request: BoltRequest) -> BoltResponse:
        try:
            response: BoltResponse = self._app.dispatch(request)
        except Exception as error:  # noqa: BLE001 - it takes shapes for granted, also where it handles errors
            log.warning("a %s could not be read (%s)", _kind(request.body), type(error).__name__)
            return BoltResponse(status=400)
        if response.status >= 500:
            try:
                self._replays.forget(team_id, request.body)
            except SymError as error:
                log.warning("a request that failed cannot come again: %s", error.message)
        return response


def read_request(body: str | dict[str, Any], headers: Mapping[str, str], *, mode: str) -> BoltRequest:
    """What Slack sent, read; ``mode`` is ``http`` or ``socket_mode``. Raises Invalid if it is nothing that Slack
    sends."""
    try:
        # Only these: the library obeys some of its own headers, and no header is signed.
        used: dict[str, str | Sequence[str]] = {name: headers[name] for name in _HEADERS if name in headers}
        request = BoltRequest(body=body, headers=used, mode=mode)
    except Exception as error:  # noqa: BLE001 - it reads into the body without looking what is there
        raise Invalid(f"The request cannot be read ({type(error).__name__}).") from None
    if not isinstance(request.body, dict) or not request.body:
        raise Invalid("The request is not one that Slack sends.")
    return request


def _unlinked(team_id: str, body: Mapping[str, Any]) -> BoltResponse:
    event = body.get("event")
    if isinstance(event, Mapping) and event.get("type") in _LEAVING:
        return BoltResponse(status=200)  # the second of the two it says good-bye with
    log.warning("refused a %s from workspace %s, which is not linked", _kind(body), _plain(team_id))
    return _for_commands(body, UNLINKED) or BoltResponse(status=403, body=UNLINKED)


def _departure(body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    event = body.get("event")
    is_one = body.get("type") == "event_callback" and isinstance(event, Mapping)
    return event if is_one and isinstance(event, Mapping) and event.get("type") in departures.KINDS else None


def _for_commands(body: Mapping[str, Any], text: str) -> BoltResponse | None:
    """Whoever types a command reads what is answered, if the status is 200."""
    if "command" not in body:
        return None
    return BoltResponse(status=200, body={"response_type": "ephemeral", "text": text})


def _kind(body: Mapping[str, Any]) -> str:
    kind = str(body.get("type") or ("command" if "command" in body else "request"))
    event = body.get("event")
    return _plain(str(event.get("type")) if isinstance(event, Mapping) else kind)


def _plain(text: str) -> str:
    return "".join(letter for letter in text[:40] if letter.isascii() and (letter.isalnum() or letter in "_-.")) or "?"
