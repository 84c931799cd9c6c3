"""A service over HTTP on this machine, with a state of its own, that refuses what it does not know."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from sym.testing import FakeVendor

Answer = tuple[int, Any] | tuple[int, Any, dict[str, str]]


def route(method: str, pattern: str) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
    """Mark the method that answers ``method`` on paths like ``/groups/{group}/users``."""

    def mark(function: Callable[..., Answer]) -> Callable[..., Answer]:
        function.route = (method, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern)))  # type: ignore[attr-defined]
        return function

    return mark


def question(function: Callable[..., Answer]) -> Callable[..., Answer]:
    """Mark a route that changes nothing, whatever its method: a token is asked for, or a search."""
    function.is_question = True  # type: ignore[attr-defined]
    return function


class Request:
    """What a route is given: ``query`` and ``headers`` by name (headers in lower case), ``json`` or ``form``;
    ``lists`` has every value of what is in the query several times."""

    def __init__(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> None:
        parts = urlsplit(target)
        self.method, self.path, self.body = method, parts.path, body
        pairs = parse_qsl(parts.query, keep_blank_values=True)
        self.query = dict(pairs)
        self.lists = {name: [value for key, value in pairs if key == name] for name in self.query}
        self.headers = {name.lower(): value for name, value in headers.items()}

    @property
    def json(self) -> Any:
        return json.loads(self.body) if self.body else None

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode()))


class ServiceVendor(FakeVendor):
    """A fake of a service. ``wrong`` lists what it was asked that it does not know, or that its description forbids:
    it must be empty in the end. ``log`` has every request as ``METHOD /path``."""

    description: Any = None

    def __init__(self) -> None:
        self.requests = 0
        self.log: list[str] = []
        self.wrong: list[str] = []
        self.faults: list[str] = []
        self.lock = threading.RLock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.vendor = self
        self.addresses = {"*": self.url}
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        """Where it is reached."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def throttle_next(self) -> None:
        self.faults.append("throttle")

    def crash_next(self) -> None:
        self.faults.append("crash")

    def fail_next(self, status: int, times: int = 1) -> None:
        """Answer the next requests with a status, without doing anything."""
        self.faults += [f"status {status}"] * times

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        assert not self.wrong, "\n".join(self.wrong)

    def refuse(self, request: Request) -> Answer | None:
        """What to answer whoever may not ask; None lets them. Overridden to check credentials."""

    def throttled(self) -> Answer:
        """The answer to too many requests."""
        return 429, {"error": "too many requests"}, {"Retry-After": "0"}

    def failed(self, status: int) -> Answer:
        """The answer to a request that is failed on purpose."""
        return status, {"error": f"failed with {status}"}

    def answer(self, request: Request) -> tuple[Answer | None, bool]:
        """The answer, and whether it reaches whoever asked."""
        with self.lock:
            self.requests += 1
            self.log.append(f"{request.method} {request.path}")
            found = self._find(request)
            if found is None:
                self.wrong.append(f"unknown: {request.method} {request.path}")
                return (501, {"error": "unknown"}), True
            changes = request.method != "GET" and not getattr(found[0], "is_question", False)
            fault = self.faults[0] if self.faults else ""
            if fault == "throttle" or fault.startswith("status") or (fault == "crash" and changes):
                self.faults.pop(0)
            if fault == "throttle":
                return self.throttled(), True
            if fault.startswith("status"):
                return self.failed(int(fault.split()[1])), True
            given = self.refuse(request) or found[0](request, **found[1])
            self._hold(request, given)
            return given, not (fault == "crash" and changes)

    def _find(self, request: Request) -> tuple[Callable[..., Answer], dict[str, str]] | None:
        for name in dir(type(self)):
            method, pattern = getattr(getattr(type(self), name), "route", (None, None))
            if method == request.method and pattern is not None and (match := pattern.fullmatch(request.path)):
                return getattr(self, name), {key: unquote(value) for key, value in match.groupdict().items()}
        return None

    def _hold(self, request: Request, given: Answer) -> None:
        if self.description is None:
            return
        reply = (given[0], given[1], given[2] if len(given) > 2 else {})
        found = self.description.problems(
            request.method, request.path, request.query, request.headers, request.body, reply
        )
        self.wrong += [f"{request.method} {request.path}: {problem}" for problem in found]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    vendor: ServiceVendor


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _do(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answer, arrives = self.server.vendor.answer(Request(self.command, self.path, dict(self.headers), body))
        if not arrives or answer is None:
            self.close_connection = True
            return
        status, document = answer[0], answer[1]
        raw = b"" if document is None else document if isinstance(document, bytes) else json.dumps(document).encode()
        self.send_response(status)
        more = answer[2] if len(answer) > 2 else {}
        for name, value in more.items():
            self.send_header(name, value)
        if document is not None and "content-type" not in map(str.lower, more):
            self.send_header("Content-Type", "application/json")
        if status != 204:
            self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        if status != 204:
            self.wfile.write(raw)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _do

    def log_message(self, *args: Any) -> None:
        """Say nothing."""
