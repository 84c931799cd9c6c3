"""A Slack for tests of how the app is connected: a few methods of the Web API and Socket Mode, on real sockets.

It refuses what it does not know: another method, a token it has not given, a person who is not there.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.sync.server import Server, ServerConnection, serve

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
APP_TOKEN = "xapp-1-fake-app-token"
BOT_TOKEN = "xoxb-acme-bot-token"
CLIENT_ID, CLIENT_SECRET = "111.222", "fake-client-secret"
TEAM = "T0ACME"


@dataclass
class FakeSlack:
    """``tokens`` are the bot tokens by workspace; ``people`` what users.info shows, by workspace and id; ``codes`` what
    an installation's code is exchanged for; ``is_down`` makes every method fail; ``calls`` are those made."""

    scopes: str | None = ""
    tokens: dict[str, str] = field(default_factory=lambda: {TEAM: BOT_TOKEN})
    people: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    codes: dict[str, dict[str, Any]] = field(default_factory=dict)
    is_down: bool = False
    calls: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    revoked: list[str] = field(default_factory=list)
    answers: Queue[dict[str, Any]] = field(default_factory=Queue)
    connections: list[ServerConnection] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> FakeSlack:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                fake._handle(self)

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._sockets: Server = serve(self._talk, "127.0.0.1", 0)
        self._threads = [threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}),
                         threading.Thread(target=self._sockets.serve_forever)]  # fmt: skip
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._sockets.shutdown()
        for connection in list(self.connections):
            connection.close()
        for thread in self._threads:
            thread.join(10)

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/api/"

    def person(self, user_id: str, email: str | None, *, team: str = TEAM, **details: Any) -> dict[str, Any]:
        """Somebody whom the workspace ``team`` shows."""
        profile = {"email": email, "first_name": "Ada", "last_name": "Park"}
        user = {"id": user_id, "team_id": team, "deleted": False, "is_bot": False, "is_email_confirmed": True,
                "profile": {key: value for key, value in profile.items() if value is not None}, **details}  # fmt: skip
        self.people[(team, user_id)] = user
        return user

    def count(self, method: str) -> int:
        return len([name for name, _ in self.calls if name == method])

    def send(self, envelope: dict[str, Any]) -> None:
        """Something comes over the newest socket."""
        self.connections[-1].send(json.dumps(envelope))

    def _talk(self, connection: ServerConnection) -> None:
        connection.send(json.dumps({"type": "hello", "num_connections": 1}))
        self.connections.append(connection)
        for message in connection:
            self.answers.put(json.loads(message))

    def _handle(self, request: BaseHTTPRequestHandler) -> None:
        length = int(request.headers.get("Content-Length") or 0)
        text = request.rfile.read(length).decode()
        given = json.loads(text) if text.startswith("{") else {key: one[0] for key, one in parse_qs(text).items()}
        method = urlsplit(request.path).path.removeprefix("/api/")
        authorization = request.headers.get("Authorization") or ""
        token = authorization.removeprefix("Bearer ") or given.get("token", "")
        with self._lock:
            self.calls.append((method, given))
            status, answer = (503, {}) if self.is_down else (200, self._answer(method, token, given, authorization))
        body = json.dumps(answer).encode()
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(body)))
        if self.scopes is not None:
            request.send_header("X-OAuth-Scopes", self.scopes)
        request.end_headers()
        request.wfile.write(body)

    def _answer(self, method: str, token: str, given: dict[str, str], authorization: str) -> dict[str, Any]:
        if method == "oauth.v2.access":
            return self._access(given, authorization)
        if method == "apps.connections.open":
            if token != APP_TOKEN:
                return {"ok": False, "error": "invalid_auth"}
            return {"ok": True, "url": f"ws://127.0.0.1:{self._sockets.socket.getsockname()[1]}/"}
        team = next((team for team, known in self.tokens.items() if known == token), None)
        if team is None:
            return {"ok": False, "error": "invalid_auth"}
        if method == "auth.test":
            return {"ok": True, "team_id": team, "team": f"Team {team}", "user_id": f"UBOT{team}", "user": "sym",
                    "bot_id": f"B{team}"}  # fmt: skip
        if method == "auth.revoke":
            self.revoked.append(token)
            return {"ok": True, "revoked": True}
        if method == "users.info":
            user = self.people.get((team, given["user"]))
            return {"ok": True, "user": user} if user else {"ok": False, "error": "user_not_found"}
        if method == "chat.postMessage":
            return {"ok": True, "ts": "1.1", "channel": given["channel"]}
        if method == "users.lookupByEmail":
            found = [user for (where, _), user in self.people.items()
                     if where == team and user["profile"].get("email") == given["email"]]  # fmt: skip
            return {"ok": True, "user": found[0]} if found else {"ok": False, "error": "users_not_found"}
        return {"ok": False, "error": "unknown_method"}

    def _access(self, given: dict[str, str], authorization: str) -> dict[str, Any]:
        wanted = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if authorization != f"Basic {wanted}":
            return {"ok": False, "error": "bad_client_secret"}
        answer = self.codes.pop(given.get("code", ""), None)
        return {"ok": True, **answer} if answer else {"ok": False, "error": "invalid_code"}


def signed(body: str, moment: float, secret: str = SECRET) -> dict[str, str]:
    """The headers with which Slack sends ``body``."""
    timestamp = str(int(moment))
    digest = hmac.new(secret.encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}
