"""Where the browser comes back to: one address of this machine, for one answer."""

from __future__ import annotations

import hmac
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sym.errors import Unauthenticated, Unavailable

HOST = "127.0.0.1"
PATH = "/callback"
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Sym</title>
<body style="font: 1.1rem system-ui; margin: 4rem auto; max-width: 30rem"><h1>{title}</h1><p>{text}</p></body></html>"""


class Callback:
    """Listens on ``port`` (0: any) of 127.0.0.1 for the answer to the login that ``state`` began. Raises Unavailable
    if the port is taken."""

    def __init__(self, port: int, *, state: str, issuer: str, requires_name: bool) -> None:
        self._state, self._issuer, self._requires_name = state, issuer, requires_name
        self._answered = threading.Event()
        self._answer: dict[str, str] = {}
        try:
            self._server = _Server((HOST, port), _Handler)
        except OSError as error:
            raise Unavailable(f"Cannot listen on {HOST}:{port}: {error.strerror or error}.",
                              hint="Try another --port; the issuer has to know it.") from None  # fmt: skip
        self._server.callback = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """The redirect URI."""
        return f"http://{HOST}:{self._server.server_address[1]}{PATH}"

    def __enter__(self) -> Callback:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def code(self, seconds: float) -> str:
        """The code that came. Raises Unauthenticated if none does, or the issuer said no."""
        if not self._answered.wait(seconds):
            raise Unauthenticated("Nobody logged in within the time there was.", hint="Try again: symflow login")
        if "code" in self._answer:
            return self._answer["code"]
        said = ": ".join(self._answer[name] for name in ("error", "error_description") if name in self._answer)
        raise Unauthenticated(f"The issuer said no: {said[:300]}", hint="Try again: symflow login")

    def take(self, host: str | None, path: str) -> tuple[int, str]:
        """The status and text for a request; the first that answers this login ends the waiting."""
        parts = urlsplit(path)
        port = self._server.server_address[1]
        # A page elsewhere may make a browser ask here under another name.
        if parts.path != PATH or host not in (f"{HOST}:{port}", f"localhost:{port}"):
            return 404, "There is nothing here."
        query = parse_qs(parts.query, keep_blank_values=True, max_num_fields=20)
        given = {name: values[0] for name, values in query.items() if len(values) == 1}
        if not hmac.compare_digest(given.get("state", "").encode(), self._state.encode()):
            return 400, "This is no answer to the login that is going on."
        if given.get("iss", None if self._requires_name else self._issuer) != self._issuer:
            return 400, "This answer is of another issuer."
        if not given.get("code") and not given.get("error"):
            return 400, "This answer is empty."
        if not self._answered.is_set():
            self._answer = given
            self._answered.set()
        return (200, "You are done here: go back to the terminal.") if "code" in given else (200, "The issuer said no.")


class _Server(ThreadingHTTPServer):
    callback: Callback
    daemon_threads = True
    # Another program must not be able to listen on the same port; a port of a moment ago may be had again.
    allow_reuse_address = True
    address_family = socket.AF_INET


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 10

    def do_GET(self) -> None:
        status, text = self.server.callback.take(self.headers.get("Host"), self.path)
        title = "Logged in" if status == 200 and "done" in text else "Sym"
        body = _PAGE.format(title=title, text=text).encode()
        self.send_response(status)
        headers = {
            "Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body)), "Cache-Control": "no-store",
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
            "Referrer-Policy": "no-referrer",
        }  # fmt: skip
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's
        """Nothing: the address holds the code."""
