"""What surrounds every request: its id, a limit on its body, and an answer even when everything else has failed."""

from __future__ import annotations

import logging
import re
import uuid

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sym.api.errors import answer, internal_message
from sym.observability import watch

LONGEST_BODY = 1024 * 1024
LONGEST_ENTITY = 16 * LONGEST_BODY
"""Resources carry whole Python files, as base64."""
REQUEST_ID = "X-Sym-Request-ID"

_LOG = logging.getLogger(__name__)
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")


class Envelope:
    """ASGI middleware.

    A caller's ``X-Sym-Request-ID`` is echoed, or one is made. Bodies over 1 MiB, or over 16 MiB below the path
    ``entities``, are refused with 413. An exception becomes a 500 without a word about its cause; the cause goes to
    the log, under the request's id.
    """

    def __init__(self, app: ASGIApp, *, entities: str) -> None:
        self._app = app
        self._entities = f"{entities}/"
        self._prefix = entities.rpartition("/")[0]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        sending = _Sending(send, _request_id(headers.get(REQUEST_ID)))
        with watch.api_request(scope["method"], sending.request_id, headers) as seen:
            try:
                await self._serve(scope, receive, sending)
            finally:
                seen.status, seen.route = sending.status, _route(scope, self._prefix)

    async def _serve(self, scope: Scope, receive: Receive, sending: _Sending) -> None:
        headers = Headers(scope=scope)
        longest = LONGEST_ENTITY if scope["path"].startswith(self._entities) else LONGEST_BODY
        if _declared_length(headers) > longest:
            await answer(413, "API:BODY_TOO_LARGE", _too_large(longest).detail)(scope, receive, sending)
            return
        try:
            await self._app(scope, limited(receive, longest), sending)
        except Exception:
            _LOG.exception("request %s failed: %s %s", sending.request_id, scope["method"], scope["path"])
            if sending.started:
                raise
            await answer(500, "API:INTERNAL", internal_message())(scope, receive, sending)


class _Sending:
    """Sends, with the headers every answer carries."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self.request_id = request_id
        self.started = False
        self.status = 500

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers[REQUEST_ID] = self.request_id
            headers.setdefault("Cache-Control", "no-store")
            headers["X-Content-Type-Options"] = "nosniff"
        await self._send(message)


def _route(scope: Scope, prefix: str) -> str:
    """The template of the path that was served: paths hold ids. Some versions of FastAPI leave out the prefix."""
    template = str(getattr(scope.get("route"), "path", ""))
    if not template:
        return "unmatched"
    is_cut = scope["path"].startswith(f"{prefix}/") and not template.startswith(f"{prefix}/")
    return f"{prefix}{template}" if is_cut else template


def _request_id(given: str | None) -> str:
    return given if given and _REQUEST_ID.fullmatch(given) else str(uuid.uuid4())


def _declared_length(headers: Headers) -> int:
    text = headers.get("content-length", "")
    return int(text[:20]) if text.isascii() and text.isdigit() else 0


def _too_large(longest: int) -> HTTPException:
    return HTTPException(413, f"The body is longer than {longest} bytes.")


def limited(receive: Receive, longest: int) -> Receive:
    """``receive``, which raises an HTTPException (413) once the body has more than ``longest`` bytes."""
    seen = 0

    async def receiving() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > longest:
            raise _too_large(longest)
        return message

    return receiving
