"""The server's addresses: the Web API, Socket Mode, response URLs, OAuth, and the page."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib import resources
from mimetypes import guess_type
from typing import Any
from urllib.parse import urlencode

import anyio.to_thread
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from sym.simulator.acting import Acting
from sym.simulator.apps import scopes_of
from sym.simulator.doors import Door
from sym.simulator.doors import Request as Asked
from sym.simulator.errors import ApiError
from sym.simulator.faults import Fault
from sym.simulator.page_api import PageApi
from sym.simulator.sockets import Connection

THREADS = 200
HEADERS = {
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
    # The page has a policy of its own; what a <meta> cannot forbid is forbidden here.
    "Content-Security-Policy": "frame-ancestors 'none'",
}
"""Those of the page's files."""
Drop = Callable[[Any], None]


class Lost(Response):
    """No answer: the connection is dropped."""

    def __init__(self, drop: Drop) -> None:
        super().__init__()
        self._drop = drop

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG002 - ASGI's signature
        self._drop(scope.get("client"))
        while (await receive())["type"] != "http.disconnect":
            pass


class Web:
    """``drop`` ends the connection of a client; ``is_stopping`` ends what lasts."""

    def __init__(self, acting: Acting, drop: Drop, is_stopping: Callable[[], bool]) -> None:
        self._acting, self._slack, self._drop = acting, acting.slack, drop
        self._door = Door(acting)
        self._page = PageApi(acting, is_stopping)

    def application(self) -> Starlette:
        """The ASGI application."""
        routes = [
            Route("/api/{method}", self._api, methods=["GET", "POST"]),
            Route("/respond/{name}", self._respond, methods=["POST"]),
            Route("/oauth/v2/authorize", self._authorize),
            WebSocketRoute("/socket", self._socket),
            *self._page.routes(),
            Route("/{path:path}", _static),
        ]
        return Starlette(routes=routes, lifespan=_lifespan)

    async def _api(self, request: Request) -> Response:
        method = request.path_params["method"]
        asked = Asked(
            method=method, headers=dict(request.headers), query=request.url.query, body=await request.body()
        )  # fmt: skip
        if self._slack.faults.is_down:
            return Lost(self._drop)
        fault = self._slack.faults.take(method)
        if fault is not None:
            return await self._fail(asked, fault)
        answer = await run_in_threadpool(self._door.answer, asked)
        return JSONResponse(answer.document, status_code=answer.status, headers=answer.headers)

    async def _fail(self, asked: Asked, fault: Fault) -> Response:
        self._slack.journal.add("call", asked.method, f"fault: {fault.kind}", at=self._slack.now())
        if fault.kind == "rate_limited":
            headers = {"Retry-After": str(int(fault.seconds))}
            return JSONResponse({"ok": False, "error": "ratelimited"}, status_code=429, headers=headers)
        if fault.kind == "failed":
            body = {"ok": False, "error": fault.error or "internal_error"}
            return JSONResponse(body, status_code=fault.status)
        if fault.kind == "answer_late":
            answer = await run_in_threadpool(self._door.answer, asked)
            await asyncio.sleep(fault.seconds)
            return JSONResponse(answer.document, status_code=answer.status, headers=answer.headers)
        if fault.kind == "answer_lost":
            await run_in_threadpool(self._door.answer, asked)
        elif fault.kind == "hangs":
            await asyncio.sleep(fault.seconds)
        return Lost(self._drop)

    async def _respond(self, request: Request) -> Response:
        if self._slack.faults.is_down:
            return Lost(self._drop)
        try:
            body = json.loads(await request.body())
            await run_in_threadpool(self._acting.responses.answer, request.path_params["name"], body)
        except ApiError as error:
            status = error.status if error.status != 200 else 400
            return JSONResponse(error.as_json(), status_code=status)
        except (ValueError, AttributeError):
            return PlainTextResponse("invalid_payload", status_code=400)
        return PlainTextResponse("ok")

    async def _authorize(self, request: Request) -> Response:
        query = request.query_params
        app = self._slack.app
        redirect = query.get("redirect_uri") or next(iter(app.settings.redirect_urls), "")
        if query.get("client_id") != app.client_id:
            return PlainTextResponse("invalid_client_id", status_code=400)
        if not redirect or (app.settings.redirect_urls and not redirect.startswith(app.settings.redirect_urls)):
            return PlainTextResponse("bad_redirect_uri", status_code=400)
        with self._slack.lock:
            free = [team for team in self._slack.workspaces if team not in app.installations]
            team = query.get("team") or next(iter([*free, *self._slack.workspaces]), "")
            if team not in self._slack.workspaces:
                return PlainTextResponse("invalid_team_for_non_distributed_app", status_code=400)
            admin = self._slack.workspaces[team].find_account(lambda account: account.is_admin)
            scopes = scopes_of(query.get("scope", ""))
            code = self._slack.consents.give(team, admin.id if admin else "", scopes, query.get("redirect_uri", ""))
        answer = {"code": code, "state": query.get("state", "")}
        if query.get("deny"):
            answer = {"error": "access_denied", "state": query.get("state", "")}
        joint = "&" if "?" in redirect else "?"
        return RedirectResponse(f"{redirect}{joint}{urlencode(answer)}", status_code=302)

    async def _socket(self, websocket: WebSocket) -> None:
        sockets = self._acting.delivery.sockets
        if self._slack.faults.is_down or not sockets.admit(websocket.query_params.get("ticket", "")):
            await websocket.close()
            return
        await websocket.accept()
        loop = asyncio.get_running_loop()
        connection = Connection(
            lambda text: _later(loop, websocket.send_text(text)), lambda: _later(loop, websocket.close())
        )
        sockets.add(connection)
        self._slack.changes.add("app.changed")
        try:
            while True:
                sockets.receive(await websocket.receive_text())
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            sockets.remove(connection)
            self._slack.changes.add("app.changed")


def _later(loop: asyncio.AbstractEventLoop, work: Any) -> None:
    asyncio.run_coroutine_threadsafe(_calmly(work), loop)


async def _calmly(work: Any) -> None:
    try:
        await work
    except (RuntimeError, WebSocketDisconnect):
        return


async def _static(request: Request) -> Response:
    path = request.path_params["path"] or "index.html"
    if not all(part and part != ".." for part in path.split("/")):
        return PlainTextResponse("not found", status_code=404)
    file = resources.files("sym.simulator").joinpath("page", *path.split("/"))
    if not file.is_file():
        return PlainTextResponse("not found", status_code=404)
    return Response(file.read_bytes(), media_type=guess_type(path)[0], headers=HEADERS)


@asynccontextmanager
async def _lifespan(_: Starlette) -> AsyncIterator[None]:
    anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
    yield
