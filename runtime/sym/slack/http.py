"""Slack over HTTP: ``POST /slack/events`` takes everything that Slack sends, signed.

The signature comes first: what is not signed is not even read. What is answered comes within Slack's three seconds,
from threads of its own, so that whoever waits here keeps nobody of the API waiting.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

import anyio
from anyio.to_thread import run_sync
from slack_bolt import BoltResponse
from slack_sdk.signature import Clock, SignatureVerifier
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from sym.errors import Invalid
from sym.slack.door import Door, read_request
from sym.slack.installing import Installing, install_routes
from sym.slack.replays import Replays

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from sym.slack.wiring import SlackServices

log = logging.getLogger(__name__)

PATHS = ("/slack/events", "/slack/commands", "/slack/actions")
"""All the same; the two others are for apps that were set up with three addresses."""
LONGEST_BODY = 1024 * 1024
WAITING = 64
"""So many of Slack's requests are in hand at once; more wait for their turn."""


def create_http_app(door: Door, services: SlackServices, replays: Replays) -> ASGIApp:
    """The ASGI application for the paths under ``/slack``."""
    receiver = Receiver(door, services.settings.signing_secret, services.clock)
    routes = [Route(path, receiver, methods=["POST"]) for path in PATHS]
    if services.settings.client_id:
        routes += install_routes(Installing(services, replays))
    return Starlette(routes=routes)


class Receiver:
    """Takes what Slack sends: 401 unless Slack signed it within five minutes, 413 if it is longer than Slack's, 400 if
    it cannot be read. Without a signing secret nothing is taken."""

    def __init__(self, door: Door, secret: str | None, clock: Callable[[], datetime]) -> None:
        self._door = door
        self._verifier = SignatureVerifier(secret, clock=_Clock(clock)) if secret else None
        self._turns: anyio.CapacityLimiter | None = None

    async def __call__(self, scope: object, receive: object, send: object) -> None:
        """As ASGI has it."""
        request = Request(scope, receive)  # type: ignore[arg-type]
        response = await self._answer(request)
        await response(scope, receive, send)  # type: ignore[arg-type]

    async def _answer(self, request: Request) -> Response:
        body = await _read(request)
        if body is None:
            return PlainTextResponse("The request is too long.", status_code=413)
        text = self._verified(request, body)
        if text is None:
            log.warning("refused a request to %s that Slack has not signed", request.url.path)
            return PlainTextResponse("The request is not signed by Slack.", status_code=401)
        try:
            read = read_request(text, request.headers, mode="http")
        except Invalid as error:
            return PlainTextResponse(error.message, status_code=400)
        if self._turns is None:
            self._turns = anyio.CapacityLimiter(WAITING)
        return _response(await run_sync(self._door.enter, read, limiter=self._turns))

    def _verified(self, request: Request, body: bytes) -> str | None:
        """The body as text, None unless it is signed."""
        timestamps = request.headers.getlist("x-slack-request-timestamp")
        signatures = request.headers.getlist("x-slack-signature")
        if self._verifier is None or len(timestamps) != 1 or len(signatures) != 1:
            return None
        # The verifier takes the timestamp for a number and both for ASCII, and breaks if they are not.
        if not re.fullmatch(r"[0-9]{1,12}", timestamps[0]) or not re.fullmatch(r"v0=[0-9a-f]{64}", signatures[0]):
            return None
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return None
        is_signed = self._verifier.is_valid(body=text, timestamp=timestamps[0], signature=signatures[0])
        return text if is_signed else None


class _Clock(Clock):
    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock().timestamp()


async def _read(request: Request) -> bytes | None:
    """The body, None if it is too long."""
    length = request.headers.get("content-length", "")
    if length.isascii() and length.isdigit() and int(length[:12]) > LONGEST_BODY:
        return None
    body = bytearray()
    try:
        async for part in request.stream():
            body += part
            if len(body) > LONGEST_BODY:
                return None
    except ClientDisconnect:
        return b""
    return bytes(body)


def _response(answer: BoltResponse) -> Response:
    headers = {name: values[0] for name, values in answer.headers.items() if name.lower() != "set-cookie" and values}
    return Response(status_code=answer.status, content=answer.body, headers=headers)
