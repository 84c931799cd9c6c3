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
from starlette.types import Scope

from sym.api.auth import Caller, TokenOver, bearer, identified, note
from sym.api.envelope import LONGEST_BODY, LONGEST_ENTITY, limited
from sym.api.errors import ErrorBody, answer_to, too_many
from sym.api.idempotency import once_of
from sym.api.limits import Limits, by_address, by_token
from sym.api.payload import parse, parse_form
from sym.errors import Unauthenticated

_BODY_METHODS = ("POST", "PUT", "PATCH")
_JSON, _FORM = "application/json", "application/x-www-form-urlencoded"
# What whoever has no token may send: a token of somebody else's, and a few words.
_MOST_OF_STRANGERS = 32 * 1024
_BEARER = HTTPBearer(auto_error=False, description="A token of `symflow tokens issue`, or of `symflow login`.")

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class _JsonRequest(Request):
    """A request whose body was read and checked."""

    document: Any = None

    async def json(self) -> Any:
        return self.document


class ApiRoute(APIRoute):
    """A route that refuses callers without a good token before it looks at what they sent, and callers who come too
    often. A POST with an ``Idempotency-Key`` is done once."""

    def get_route_handler(self) -> Handler:
        """The function that serves one request."""
        serve = super().get_route_handler()

        async def handle(request: Request) -> Response:
            limits: Limits = request.app.state.services.limits
            try:
                caller = await run_in_threadpool(_authenticate, request)
            except Unauthenticated as refusal:
                wait = limits.take(_address(request))
                if wait is not None:
                    return too_many(wait)
                if isinstance(refusal, TokenOver):
                    services = request.app.state.services
                    await run_in_threadpool(note, refusal, store=services.store, now=services.clock())
                raise
            wait = limits.take(by_token(caller.token.jti))
            if wait is not None:
                return too_many(wait)
            request.state.caller = caller
            return await _served(serve, await _read(request, _longest(caller)), caller)

        return handle


class OpenRoute(APIRoute):
    """A route for callers who have no token yet: they are told apart by their address alone, and what they send has at
    most 32 KiB."""

    takes_forms = False

    def get_route_handler(self) -> Handler:
        """The function that serves one request."""
        serve = super().get_route_handler()

        async def handle(request: Request) -> Response:
            wait = request.app.state.services.limits.take(_address(request))
            if wait is not None:
                return too_many(wait)
            return await serve(await self._read(request))

        return handle

    async def _read(self, request: Request) -> _JsonRequest:
        if request.method not in _BODY_METHODS:
            return _JsonRequest(request.scope, request.receive)
        is_form = self.takes_forms and _kind(request) == _FORM
        if not is_form:
            _require_json(request)
        reading = _JsonRequest(_as_json(request.scope), limited(request.receive, _MOST_OF_STRANGERS))
        body = await reading.body()
        reading.document = parse_form(body) if is_form else parse(body)
        return reading


class FormRoute(OpenRoute):
    """The same, which takes a form as well, as OAuth has it. What it does must hang on what is sent alone: a page of
    somebody else's can have a browser send a form."""

    takes_forms = True


def api_router(tag: str) -> APIRouter:
    """A router for one verb; ``tag`` groups it in the OpenAPI document."""
    return APIRouter(route_class=ApiRoute, tags=[tag], responses=_errors(), dependencies=[Depends(_BEARER)])


def open_router(tag: str, *, takes_forms: bool = False) -> APIRouter:
    """A router for one verb that needs no token: logging in, and what is public."""
    return APIRouter(route_class=FormRoute if takes_forms else OpenRoute, tags=[tag], responses=_errors())


def _errors() -> dict[int | str, dict[str, Any]]:
    return {status: {"model": ErrorBody} for status in (400, 401, 403, 404, 409, 413, 415, 429, 500, 503)}


def _as_json(scope: Scope) -> Scope:
    """FastAPI asks a request for its document only if it is called JSON."""
    kept = [(name, value) for name, value in scope["headers"] if name.lower() != b"content-type"]
    return {**scope, "headers": [*kept, (b"content-type", _JSON.encode())]}


async def _read(request: Request, longest: int = LONGEST_BODY) -> _JsonRequest:
    reading = _JsonRequest(request.scope, limited(request.receive, longest))
    if request.method in _BODY_METHODS:
        _require_json(request)
        reading.document = parse(await reading.body())
    return reading


def _longest(caller: Caller) -> int:
    # While a long body is read as JSON nobody else is served: only admins may send what Terraform applies.
    return LONGEST_ENTITY if caller.user.role == "admin" else LONGEST_BODY


async def _served(serve: Handler, request: _JsonRequest, caller: Caller) -> Response:
    once = once_of(request, caller, request.document) if request.method == "POST" else None
    if once is None:
        return await serve(request)
    earlier = await run_in_threadpool(once.begin)
    if earlier is not None:
        return earlier
    request.state.once = once
    try:
        response = await serve(request)
    except Exception as error:
        refusal = answer_to(error)
        if refusal is None:
            await run_in_threadpool(once.give_up)
            raise
        response = refusal
    await run_in_threadpool(once.end, response)
    return response


def _authenticate(request: Request) -> Caller:
    services = request.app.state.services
    token = bearer(request.headers.get("authorization"))
    return identified(token, store=services.store, keys=services.keys, now=services.clock())


def _address(request: Request) -> str:
    return by_address(request.client.host if request.client else None)


def _require_json(request: Request) -> None:
    if _kind(request) != _JSON:
        raise HTTPException(415, "The body must be JSON: send `Content-Type: application/json`.")


def _kind(request: Request) -> str:
    return request.headers.get("content-type", "").split(";")[0].strip().lower()
