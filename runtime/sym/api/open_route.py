"""Routes for whoever has no token of ours yet: what they bring proves who they are."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Scope

from sym.api.errors import ErrorBody
from sym.api.payload import parse
from sym.api.route import OpenRoute
from sym.errors import Invalid

_JSON, _FORM = "application/json", "application/x-www-form-urlencoded"
_LARGEST = 32 * 1024
_MOST_FIELDS = 20


class _ReadRequest(Request):
    """A request whose body was read and checked."""

    document: Any = None

    async def json(self) -> Any:
        return self.document


class ProofRoute(OpenRoute):
    """A route without a token. A body is JSON or, as OAuth has it, a form; one over 32 KiB is refused."""

    async def read(self, request: Request) -> Request:
        """The request, its body read and checked."""
        if request.method != "POST":
            return request
        kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
        if kind not in (_JSON, _FORM):
            raise HTTPException(415, "The body must be JSON: send `Content-Type: application/json`.")
        reading = _ReadRequest(_as_json(request.scope), request.receive)
        reading.document = _document(kind, await _body(reading))
        return reading


def open_router(tag: str) -> APIRouter:
    """A router for one verb that needs no token; ``tag`` groups it in the OpenAPI document."""
    errors: dict[int | str, dict[str, Any]] = {
        status: {"model": ErrorBody} for status in (400, 401, 403, 404, 413, 415, 429, 503, "default")
    }
    return APIRouter(route_class=ProofRoute, tags=[tag], responses=errors)


def _as_json(scope: Scope) -> Scope:
    """FastAPI asks a request for its document only if it is called JSON."""
    kept = [(name, value) for name, value in scope["headers"] if name.lower() != b"content-type"]
    return {**scope, "headers": [*kept, (b"content-type", _JSON.encode())]}


async def _body(request: Request) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        parts.append(part)
        size += len(part)
        if size > _LARGEST:
            raise HTTPException(413, f"The body is longer than {_LARGEST} bytes.")
    request._body = b"".join(parts)
    return request._body


def _document(kind: str, body: bytes) -> Any:
    if kind == _JSON:
        return parse(body)
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise Invalid("The body is no usable form.", code="API:INVALID_REQUEST") from None
    document = dict(pairs)
    if len(document) < len(pairs):
        raise Invalid("A field of the form occurs twice.", code="API:INVALID_REQUEST")
    return document
