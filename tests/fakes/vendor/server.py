"""A vendor with groups and members, as a server of its own that outlives whoever calls it.

    python -m tests.fakes.vendor.server SEED TOKEN        prints its address, ends with its standard input

    PUT    /groups/{group}/members/{member}   201 joined, 200 was there, 202 {"operation": id} works on it
    DELETE /groups/{group}/members/{member}   204 left, 404 not_a_member, 202 {"operation": id} works on it
    GET    /groups/{group}/members/{member}   200 or 404 not_a_member
    GET    /operations/{id}                   200 {"status": "IN_PROGRESS" | "SUCCEEDED" | "FAILED"}

Every call needs the token and says in ``X-Run`` on whose behalf it is made. What the vendor does not know, it refuses
and keeps: afterwards there must be none of it. ``/_control`` is for tests: its ``PUT`` takes any of ``groups``,
``people``, ``members`` (of somebody else's) and ``faults``, its ``GET`` gives the books.
"""

from __future__ import annotations

import contextlib
import json
import re
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import unquote

from tests.fakes.vendor.books import Books, Faults

_MEMBERSHIP = re.compile(r"/groups/([^/]+)/members/([^/]+)")
_OPERATION = re.compile(r"/operations/(op-\d+)")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, books: Books, token: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.books, self.token, self.lock = books, token, threading.Lock()


class _Handler(BaseHTTPRequestHandler):
    timeout = 30

    def do_GET(self) -> None:
        self._answer_safely()

    do_PUT = do_DELETE = do_POST = do_PATCH = do_HEAD = do_GET

    def log_message(self, *args: Any) -> None:
        """The books say it all."""

    @property
    def _of(self) -> _Server:
        return cast(_Server, self.server)

    def _answer_safely(self) -> None:
        # The caller may be killed meanwhile: what it asked for is done all the same.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._answer()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/_control":
            self._control(body)
        elif self.headers.get("Authorization") != f"Bearer {self._of.token}" or not self.headers.get("X-Run"):
            self._refuse(401, "no token, or nobody on whose behalf")
        elif body:
            self._refuse(400, "a body, and none is expected")
        elif (found := _MEMBERSHIP.fullmatch(self.path)) and self.command in ("GET", "PUT", "DELETE"):
            self._membership(unquote(found[1]), unquote(found[2]))
        elif (found := _OPERATION.fullmatch(self.path)) and self.command == "GET":
            self._operation(found[1])
        else:
            self._refuse(404, "no such path or method")

    def _control(self, body: bytes) -> None:
        with self._of.lock:
            books, now = self._of.books, time.time()
            books.catch_up(now)
            if self.command == "GET":
                return self._say(200, books.document())
            wanted = json.loads(body)
            books.groups |= set(wanted.pop("groups", ()))
            books.people |= set(wanted.pop("people", ()))
            for group, member in wanted.pop("members", ()):
                books.seed_member(group, member, now)
            if "faults" in wanted:
                try:
                    books.faults = Faults.of(wanted.pop("faults"))
                except ValueError as error:
                    return self._say(400, {"error": str(error)})
            return self._say(400, {"unknown": list(wanted)}) if wanted else self._say(200, {})

    def _membership(self, group: str, member: str) -> None:
        books = self._of.books
        if group not in books.groups or member not in books.people:
            return self._refuse(422, f"no such group or person: {group}, {member}")
        with self._of.lock:
            slow = books.faults.slow_seconds if books.strikes(books.faults.slow) else 0.0
        time.sleep(slow)
        with self._of.lock:
            return self._decide((group, member))

    def _decide(self, place: tuple[str, str]) -> None:
        books, faults, now = self._of.books, self._of.books.faults, time.time()
        books.catch_up(now)
        if books.strikes(faults.throttled):
            self._note(now, place, "throttled")
            return self._say(429, {"error": "slow_down"}, {"Retry-After": "1"})
        if books.strikes(faults.broken):
            self._note(now, place, "broken")
            return self._say(503, {"error": "unavailable"})
        if self.command == "GET":
            is_there = books.is_member(*place, now - faults.stale_seconds)
            self._note(now, place, "there" if is_there else "not there")
            return self._say(200, {}) if is_there else self._say(404, {"error": "not_a_member"})
        return self._change(place, now)

    def _change(self, place: tuple[str, str], now: float) -> None:
        books, faults, run = self._of.books, self._of.books.faults, self.headers["X-Run"]
        if books.strikes(faults.lies):
            self._note(now, place, "lied")
            return self._say(201 if self.command == "PUT" else 204, {})
        if books.strikes(faults.works_on):
            self._note(now, place, "works on it")
            return self._say(202, {"operation": books.begin(self.command, place, run, now).id})
        has_changed = books.change(self.command, place, run, now)
        if books.strikes(faults.loses):
            self._note(now, place, "lost the answer")
            return self._hang_up()
        self._note(now, place, "changed" if has_changed else "was so")
        if self.command == "PUT":
            return self._say(201 if has_changed else 200, {})
        return self._say(204, {}) if has_changed else self._say(404, {"error": "not_a_member"})

    def _operation(self, name: str) -> None:
        with self._of.lock:
            books, now = self._of.books, time.time()
            books.catch_up(now)
            if name not in books.operations:
                return self._refuse(404, f"no such operation: {name}", is_locked=True)
            found = books.operations[name]
        status = "IN_PROGRESS" if not found.is_over else "FAILED" if found.fails else "SUCCEEDED"
        return self._say(200, {"status": status})

    def _note(self, now: float, place: tuple[str, str], did: str) -> None:
        self._of.books.note(now, self.command, place, self.headers["X-Run"], did)

    def _refuse(self, status: int, why: str, *, is_locked: bool = False) -> None:
        text = f"{self.command} {self.path}: {why}"
        if is_locked:
            self._of.books.refused.append(text)
        else:
            with self._of.lock:
                self._of.books.refused.append(text)
        self._say(status, {"error": why})

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.close()

    def _say(self, status: int, document: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        text = b"" if status == 204 else json.dumps(document).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(text)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)


def main(seed: str, token: str) -> None:
    """Serve until the standard input ends."""
    server = _Server(Books(seed=int(seed)), token)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
