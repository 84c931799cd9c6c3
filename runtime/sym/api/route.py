"""How a route of the API is served: first who asks, then what."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from sym.api.auth import Caller, bearer, verify
from sym.api.errors import ErrorBody
from sym.api.payload import parse

_BODY_METHODS = ("POST", "PUT", "PATCH")
_BEARER = HTTPBearer(auto_error=False, description="A token of `symflow tokens issue`.")


class _JsonRequest(Request):
    """A request whose body was read and checked."""

    document: Any = None

    async def json(self) -> Any:
        return self.document


class ApiRoute(APIRoute):
    """A route that refuses callers without a good token before it looks at what they sent."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The function that serves one request."""
        serve = super().get_route_handler()

        async def handle(request: Request) -> Response:
            request.state.caller = await run_in_threadpool(_authenticate, request)
            reading = _JsonRequest(request.scope, request.receive)
            if request.method in _BODY_METHODS:
                _require_json(request)
                reading.document = parse(await reading.body())
            return await serve(reading)

        return handle


def api_router(tag: str) -> APIRouter:
    """A router for one verb; ``tag`` groups it in the OpenAPI document."""
    errors: dict[int | str, dict[str, Any]] = {
        status: {"model": ErrorBody} for status in (400, 401, 403, 404, 409, 413, 503, "default")
    }
    return APIRouter(route_class=ApiRoute, tags=[tag], responses=errors, dependencies=[Depends(_BEARER)])


def _authenticate(request: Request) -> Caller:
    services = request.app.state.services
    token = bearer(request.headers.get("authorization"))
    return verify(token, store=services.store, keys=services.keys, now=services.clock())


def _require_json(request: Request) -> None:
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != "application/json":
        raise HTTPException(415, "The body must be JSON: send `Content-Type: application/json`.")
