"""The page's own API: ``/simulator/…``, as the README describes it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from sym.simulator import showing
from sym.simulator.acting import Acting
from sym.simulator.errors import Impossible, Unhappy

Document = dict[str, Any]
HEARTBEAT = 15.0


class PageApi:
    """Its routes. ``is_stopping`` ends the change streams."""

    def __init__(self, acting: Acting, is_stopping: Callable[[], bool]) -> None:
        self._acting, self._slack, self._is_stopping = acting, acting.slack, is_stopping
        self._looks: dict[str, Callable[[str, Mapping[str, str]], Document]] = {
            "conversations": lambda person, _: {"conversations": showing.conversations(self._slack, person)},
            "messages": self._messages,
            "views": lambda person, _: {"views": showing.views(self._slack, person)},
            "home": lambda person, _: {"view": showing.home(self._slack, person)},
        }
        self._acts: dict[str, Callable[[str, Mapping[str, Any]], Document | None]] = {
            "command": self._command, "shortcut": self._shortcut, "message": self._message,
            "interact": self._interact, "typeahead": self._typeahead, "submit": self._submit, "close": self._close,
            "home": self._home, "mark": self._mark, "conversation": self._conversation, "account": self._account,
        }  # fmt: skip

    def routes(self) -> list[Route]:
        """For the server."""
        return [
            Route("/simulator/workspaces", self._answering(self._workspaces)),
            Route("/simulator/clock", self._answering(self._clock)),
            Route("/simulator/log", self._answering(self._log)),
            Route("/simulator/changes", self._changes),
            Route("/simulator/people/{person}/{what}", self._look, methods=["GET"]),
            Route("/simulator/people/{person}/{what}", self._act, methods=["POST"]),
        ]

    # looking

    def _answering(self, look: Callable[[Mapping[str, str]], Document]) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            return await self._answer(request, lambda: self._locked(lambda: look(request.query_params)))

        return endpoint

    def _locked(self, look: Callable[[], Document]) -> Document:
        with self._slack.lock:
            return look()

    def _workspaces(self, _: Mapping[str, str]) -> Document:
        return {"now": self._slack.now(), "workspaces": showing.workspaces(self._slack, self._acting.delivery)}

    def _clock(self, _: Mapping[str, str]) -> Document:
        return {"now": self._slack.now(), "epoch": self._slack.clock().timestamp()}

    def _log(self, query: Mapping[str, str]) -> Document:
        return {"entries": self._slack.journal.as_json(_number(query, "after", 0))}

    def _messages(self, person: str, query: Mapping[str, str]) -> Document:
        limit = _number(query, "limit", 200)
        found = showing.messages(self._slack, person, query.get("channel", ""), query.get("thread"), limit)
        return {"messages": found}

    async def _look(self, request: Request) -> Response:
        person, what = request.path_params["person"], request.path_params["what"]
        look = self._looks.get(what)
        if look is None:
            return _refusal("not_found", f"nothing is called {what!r} here", 404)
        return await self._answer(request, lambda: self._locked(lambda: look(person, request.query_params)))

    # acting

    async def _act(self, request: Request) -> Response:
        person, what = request.path_params["person"], request.path_params["what"]
        act = self._acts.get(what)
        if act is None:
            return _refusal("not_found", f"nothing is called {what!r} here", 404)
        try:
            body = json.loads(await request.body() or b"{}")
        except ValueError:
            body = None
        if not isinstance(body, dict):
            return _refusal("invalid_json", "the body must be a JSON object", 400)
        return await self._answer(request, lambda: act(person, body) or {})

    async def _answer(self, request: Request, work: Callable[[], Document]) -> Response:
        if _is_foreign(request):
            return _refusal("foreign_origin", "only the simulator's own page may ask", 403)
        try:
            return JSONResponse({"ok": True, **await run_in_threadpool(work)})
        except Unhappy as error:
            more = {"errors": error.errors} if error.errors else {}
            return JSONResponse({"ok": False, "error": error.code, "message": str(error), **more})
        except Impossible as error:
            return _refusal("impossible", str(error), error.status)
        except (KeyError, TypeError, ValueError) as error:
            return _refusal("invalid_arguments", f"{type(error).__name__}: {error}", 400)

    def _command(self, person: str, body: Mapping[str, Any]) -> None:
        self._acting.entering.command(person, str(body["channel"]), str(body["text"]))

    def _shortcut(self, person: str, body: Mapping[str, Any]) -> None:
        self._acting.entering.shortcut(person, str(body["callback_id"]))

    def _message(self, person: str, body: Mapping[str, Any]) -> Document:
        thread = body.get("thread_ts")
        return {"ts": self._acting.entering.message(person, str(body["channel"]), str(body["text"]), thread).ts}

    def _interact(self, person: str, body: Mapping[str, Any]) -> Document:
        ids = (str(body["block_id"]), str(body["action_id"]))
        entered = bool(body.get("entered"))
        told = self._acting.interacting.interact(person, body["where"], ids, body.get("value"), entered=entered)
        return {"dispatched": told}

    def _typeahead(self, person: str, body: Mapping[str, Any]) -> Document:
        ids = (str(body["block_id"]), str(body["action_id"]))
        return self._acting.interacting.type_ahead(person, body["where"], ids, str(body.get("typed", "")))

    def _submit(self, person: str, body: Mapping[str, Any]) -> Document:
        return {"closed": self._acting.submitting.submit(person, str(body["view"]))}

    def _close(self, person: str, body: Mapping[str, Any]) -> None:
        self._acting.submitting.close(person, str(body["view"]), whole_stack=bool(body.get("all")))

    def _home(self, person: str, _: Mapping[str, Any]) -> None:
        self._acting.entering.open_home(person)

    def _mark(self, person: str, body: Mapping[str, Any]) -> None:
        self._acting.entering.mark(person, str(body["channel"]), str(body["ts"]))

    def _conversation(self, person: str, body: Mapping[str, Any]) -> Document:
        people = [str(each) for each in body["people"]]
        return {"channel": self._acting.entering.conversation(person, people).id}

    def _account(self, person: str, body: Mapping[str, Any]) -> None:
        self._acting.entering.set_deleted(person, str(body["user"]), is_deleted=bool(body["is_deleted"]))

    # the change stream

    async def _changes(self, request: Request) -> Response:
        if _is_foreign(request):
            return _refusal("foreign_origin", "only the simulator's own page may ask", 403)
        asked = request.headers.get("last-event-id") or request.query_params.get("after")
        after = int(asked) if asked and asked.isdecimal() else self._slack.changes.last
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(self._stream(after), media_type="text/event-stream", headers=headers)

    async def _stream(self, after: int) -> AsyncIterator[str]:
        loop, news = asyncio.get_running_loop(), asyncio.Event()
        end = self._slack.changes.listen(lambda: _wake(loop, news))
        try:
            yield ": here\n\n"
            while not self._is_stopping():
                news.clear()
                changes = self._slack.changes.after(after)
                if changes is None:
                    after = self._slack.changes.last
                    yield f'id: {after}\ndata: {{"kind": "reload", "n": {after}}}\n\n'
                for change in changes or []:
                    after = change.n
                    yield f"id: {change.n}\ndata: {json.dumps(change.as_json())}\n\n"
                if not await _within(news, HEARTBEAT):
                    yield ": still here\n\n"
        finally:
            end()


def _wake(loop: asyncio.AbstractEventLoop, news: asyncio.Event) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(news.set)


async def _within(news: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(news.wait(), seconds)
    except TimeoutError:
        return False
    return True


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    return max(0, int(query.get(name) or default))


def _is_foreign(request: Request) -> bool:
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != request.headers.get("host")


def _refusal(code: str, message: str, status: int) -> Response:
    return JSONResponse({"ok": False, "error": code, "message": message}, status_code=status)
