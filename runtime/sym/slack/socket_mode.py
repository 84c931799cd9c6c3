"""Slack over a socket that this process opens: for servers that Slack cannot reach."""

from __future__ import annotations

import contextlib
import http.client
import json
import logging
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

from slack_bolt import BoltResponse

from sym.errors import Invalid
from sym.slack.door import Door, read_request
from sym.slack.settings import SlackSettings
from sym.slack.workspaces import web_client

if TYPE_CHECKING:
    from slack_sdk.socket_mode.builtin import SocketModeClient
    from slack_sdk.socket_mode.client import BaseSocketModeClient
    from slack_sdk.socket_mode.request import SocketModeRequest

log = logging.getLogger(__name__)

CONCURRENCY = 48
"""So many requests are in hand at once: each waits for its listener's acknowledgement."""
TOLERATED_SECONDS = 60.0
"""Slack closes connections now and then, so a short gap is no problem."""
_LOOK_SECONDS = 1.0
_PAUSES = (1, 2, 5, 10, 20, 30)


class SocketMode:
    """One connection to Slack, made anew whenever it is lost."""

    def __init__(self, door: Door, settings: SlackSettings) -> None:
        self._door = door
        self._settings = settings
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._client: SocketModeClient | None = None
        self._lost_at: float | None = None
        self._reason = "it has not been opened yet"

    def start(self) -> None:
        """Connect in the background, and stay connected."""
        self._lost_at = time.monotonic()
        self._thread = threading.Thread(target=self._stay_connected, name="slack-socket", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take nothing more; answer what is in hand."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(timeout=15)
        if self._client is not None:
            _hang_up(self._client)
            self._client.close()

    @property
    def is_connected(self) -> bool:
        """Whether Slack can reach this process now."""
        return self._client is not None and self._client.is_connected()

    def problems(self) -> list[str]:
        """That there has been no connection for more than a minute, and why; [] otherwise."""
        lost = self._lost_at
        if self.is_connected or lost is None or time.monotonic() - lost <= TOLERATED_SECONDS:
            return []
        return [f"Slack's socket is not connected: {self._reason}"]

    def _stay_connected(self) -> None:
        failures = 0
        while not self._stopped.is_set():
            if self.is_connected:
                failures, self._lost_at = 0, None
                self._stopped.wait(_LOOK_SECONDS)
                continue
            self._lost_at = self._lost_at if self._lost_at is not None else time.monotonic()
            if not self._connect():
                self._stopped.wait(_PAUSES[min(failures, len(_PAUSES) - 1)])
                failures += 1

    def _connect(self) -> bool:
        from slack_sdk.errors import SlackApiError

        try:
            if self._client is None:
                self._client = self._made()
            self._client.connect_to_new_endpoint()
        except SlackApiError as error:
            self._reason = f"Slack refuses SYM_SLACK_APP_TOKEN: {error.response.get('error')}"
        except Exception as error:  # noqa: BLE001 - whatever it is, it is tried again
            self._reason = f"{self._settings.api_url} cannot be reached ({type(error).__name__})"
        else:
            if self.is_connected:
                log.info("connected to Slack's socket")
                return True
            self._reason = "somebody else was connecting"
        log.warning("Slack's socket cannot be opened: %s", self._reason)
        return False

    def _made(self) -> SocketModeClient:
        from slack_sdk.socket_mode.builtin import SocketModeClient

        logger = logging.getLogger("slack_sdk.socket_mode.sym")
        logger.setLevel(logging.ERROR)
        client = SocketModeClient(
            app_token=self._settings.app_token or "",
            logger=logger,
            web_client=web_client(self._settings, None, retries=False),
            concurrency=CONCURRENCY,
            auto_reconnect_enabled=True,
        )
        client.socket_mode_request_listeners.append(self._received)
        return client

    def _received(self, client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        answer = self._answer(request)
        if answer.status >= http.client.INTERNAL_SERVER_ERROR:
            return  # what is not acknowledged Slack sends again, or it tells the person
        try:
            client.send_socket_mode_response(_response(request.envelope_id, answer))
        except Exception as error:  # noqa: BLE001 - the connection is gone: Slack sends it again, or tells the person
            log.warning("an answer could not be sent over Slack's socket: %s", type(error).__name__)

    def _answer(self, request: SocketModeRequest) -> BoltResponse:
        headers = {} if request.retry_attempt is None else {"x-slack-retry-num": str(request.retry_attempt)}
        try:
            return self._door.enter(read_request(request.payload, headers, mode="socket_mode"))
        except Invalid as error:
            log.warning("something unreadable came over Slack's socket: %s", error.message)
            return BoltResponse(status=400)


def _hang_up(client: SocketModeClient) -> None:
    """Wake the client's threads: closing it waits until what they read from has been silent for seconds."""
    client.auto_reconnect_enabled, client.closed = False, True
    client.message_queue.put(None)
    reads = client.current_session.sock if client.current_session is not None else None
    if reads is not None:
        with contextlib.suppress(OSError):
            reads.shutdown(socket.SHUT_RDWR)


def _response(envelope_id: str, answer: BoltResponse) -> Any:
    """The answer as the socket has it. There are no statuses: a refusal is an answer without content."""
    from slack_sdk.socket_mode.response import SocketModeResponse

    if answer.status != 200 or not answer.body:
        return SocketModeResponse(envelope_id=envelope_id)
    content_type = (answer.headers.get("content-type") or [""])[0]
    payload = json.loads(answer.body) if content_type.startswith("application/json") else {"text": answer.body}
    return SocketModeResponse(envelope_id=envelope_id, payload=payload)
