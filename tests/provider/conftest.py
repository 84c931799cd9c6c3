"""A server that answers what a test wrote down, and only that."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

TOKEN = "e30.fake.token"
VERSION = {"version": "3.7.0", "org": "acme", "provider_majors": [2, 3]}


@dataclass
class Call:
    """One request the server expects, and its answer: JSON, or bytes as they are. ``hold`` delays the answer by that
    many seconds; a ``status`` of 0 ends the connection without one."""

    method: str
    path: str
    status: int = 200
    answer: Any = None
    body: Any = None
    query: dict[str, str] = field(default_factory=dict)
    hold: float = 0


@dataclass
class FakeServer:
    """Serves the ``calls``, in their order; anything else it complains about in ``complaints``, and answers 418."""

    calls: list[Call]
    version: dict[str, Any] | None = field(default_factory=lambda: dict(VERSION))
    complaints: list[str] = field(default_factory=list)
    seen: list[dict[str, str]] = field(default_factory=list)
    port: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/v1"

    def expect(self, *calls: Call) -> None:
        self.calls.extend(calls)

    def answer_to(self, request: Call) -> Call:
        """The answer to a request, or a complaint about it."""
        if (request.method, request.path) == ("GET", "/version") and self.version is not None:
            return Call("GET", "/version", answer=self.version)
        expected = self.calls[0] if self.calls else None
        if expected is None or (expected.method, expected.path, expected.query, expected.body) != (
            request.method, request.path, request.query, request.body,
        ):  # fmt: skip
            self.complaints.append(f"{request} came, {expected} was expected")
            return Call("", "", status=418)
        return self.calls.pop(0)

    def check_headers(self, headers: dict[str, str]) -> None:
        """Complain about headers that are missing, wrong, or were used before."""
        known = {
            "authorization": f"Bearer {TOKEN}", "user-agent": "terraform-provider-sym/3.7.0",
            "x-sym-provider-version": "3.7.0",
        }  # fmt: skip
        self.complaints += [f"{name}: {headers.get(name)}" for name in known if headers.get(name) != known[name]]
        self.seen.append(headers)


def handler(server: FakeServer) -> type[BaseHTTPRequestHandler]:
    """The class that serves requests as ``server`` says."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def serve(self) -> None:
            server.check_headers({name.lower(): value for name, value in self.headers.items()})
            raw = self.rfile.read(int(self.headers.get("content-length", 0)))
            parts = urlsplit(self.path)
            request = Call(
                self.command, parts.path.removeprefix("/api/v1"), body=json.loads(raw) if raw else None,
                query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            )  # fmt: skip
            call = server.answer_to(request)
            server.stopping.wait(call.hold)
            if call.status == 0:
                self.close_connection = True
                return
            answer = call.answer if isinstance(call.answer, bytes) else json.dumps(call.answer).encode()
            self.send_response(call.status)
            self.send_header("Content-Length", str(len(answer)))
            self.send_header("X-Sym-Request-ID", self.headers["X-Sym-Request-ID"])
            if call.status in (301, 307):
                self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST = do_PATCH = do_DELETE = serve

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


@pytest.fixture
def fake() -> Iterator[FakeServer]:
    """The server; at the end, everything expected must have come and nothing else."""
    described = FakeServer([])
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(described))
    server.daemon_threads = True
    described.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield described
    described.stopping.set()
    server.shutdown()
    thread.join(10)
    server.server_close()
    assert described.complaints == []
    assert described.calls == []
