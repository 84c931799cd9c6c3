"""The API, as ``symflow`` calls it: a server that takes exactly the calls there are."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from sym.commands._asked import Ask, Wanted
from sym.commands._remote import Api, RemoteGateway, _wait
from sym.errors import Conflict, Invalid, NotFound, Refused, Retryable, SymError, Unauthenticated, Unavailable

LISTED = {
    "run_id": "a", "status": "denied", "flow_srn": "acme:flow:deploy:1.0.0", "requester": {"username": "ann"},
    "created_at": "2026-03-14 15:09:26.535897+00:00",
}  # fmt: skip
RUN = "9a1f2f0e-4f3c-4c53-9b2c-4b8a3c6f3d10"
CALLS = {
    ("POST", "/api/v1/events/request"), ("POST", "/api/v1/events/approve"), ("POST", "/api/v1/events/deny"),
    ("POST", "/api/v1/events/deescalate"), ("POST", "/api/v1/events/extend"), ("POST", "/api/v1/events/remove"),
    ("GET", f"/api/v1/runs/{RUN}"), ("GET", f"/api/v1/runs/{RUN}/trace"),
    ("GET", "/api/v1/runs?limit=5&status=denied"),
    ("GET", "/api/v1/entities/flows"),
    ("GET", "/api/v1/runs?limit=5"), ("GET", "/api/v1/jwks.json"), ("GET", "/api/v1/runs?limit=500"),
    ("GET", "/api/v1/runs?limit=3&flow=deploy&requester=ann&since=2026-03-14T00%3A00%3A00%2B00%3A00"),
    ("GET", "/api/v1/runs?limit=2&flow=deploy&requester=ann&since=2026-03-14T00%3A00%3A00%2B00%3A00&cursor=more"),
    ("GET", "/api/v1/runs/..%2Fevents%3Fx"),
}  # fmt: skip


class Server(ThreadingHTTPServer):
    """Answers ``status`` and ``body`` to known calls with the right token; keeps what was sent."""

    status = 200
    body: bytes = b"{}"
    token = "x.y.z"
    headers: dict[str, str] = {}

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen: list[tuple[str, str, Any]] = []
        self.keys: list[str | None] = []
        self.statuses: list[int] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/api/v1"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def _answer(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        known = (self.command, self.path) in CALLS and self.headers["Authorization"] == f"Bearer {self.server.token}"
        self.server.seen.append((self.command, self.path, json.loads(raw) if raw else None))
        self.server.keys.append(self.headers["Idempotency-Key"])
        status = self.server.statuses.pop(0) if self.server.statuses else self.server.status
        self.send_response(status if known else 599)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.server.body)

    do_GET = do_POST = _answer

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield running
    running.shutdown()
    thread.join()
    running.server_close()


@pytest.fixture
def remote(server: Server) -> RemoteGateway:
    return RemoteGateway(Api(server.url, "x.y.z"))


def test_every_call_is_one_the_server_knows(server: Server, remote: RemoteGateway) -> None:
    server.body = json.dumps({"runs": [LISTED]}).encode()
    remote.request(Ask(flow="deploy", inputs={"reason": "x"}, context={"build": 7}))
    remote.act("approve", RUN, None, override=False)
    remote.act("deny", RUN, "no")
    remote.act("deescalate", RUN, None, override=True)
    remote.act("extend", RUN, None, duration=60)
    remote.act("remove", RUN, "by hand")
    remote.show(RUN)
    assert remote.list(Wanted(status="denied", limit=5)) == remote.list(Wanted(limit=5)) == [LISTED]
    assert [body for _, _, body in server.seen] == [
        {"flow_srn": "deploy", "flow_inputs": {"reason": "x"}, "context": {"build": 7}}, {"run_id": RUN},
        {"run_id": RUN, "message": "no"}, {"run_id": RUN, "override": True}, {"run_id": RUN, "duration": 60},
        {"run_id": RUN, "reason": "by hand"}, None, None, None,
    ]  # fmt: skip


def test_a_trace_is_asked_of_the_server(server: Server, remote: RemoteGateway) -> None:
    server.body = b'{"run_id": "a", "trace": [{"event": "request"}]}'
    assert remote.trace(RUN) == [{"event": "request"}]
    assert server.seen[0][1] == f"/api/v1/runs/{RUN}/trace"


def test_a_run_id_cannot_become_another_path(server: Server, remote: RemoteGateway) -> None:
    remote.show("../events?x")
    assert server.seen[0][1] == "/api/v1/runs/..%2Fevents%3Fx"


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, Invalid), (401, Unauthenticated), (403, Refused), (404, NotFound), (409, Conflict), (429, Retryable),
     (503, Unavailable), (500, SymError), (418, SymError)],
)  # fmt: skip
def test_an_error_comes_back_as_what_it_was(
    server: Server, remote: RemoteGateway, status: int, kind: type[SymError]
) -> None:
    server.status, server.headers = status, {"X-Sym-Request-ID": "the-one", "Retry-After": "0"}
    server.body = json.dumps({"error": True, "message": "Because.", "code": "A:B"}).encode()
    with pytest.raises(SymError) as caught:
        remote.show(RUN)
    assert type(caught.value) is kind
    assert (caught.value.message, caught.value.code) == ("Because.", "A:B")
    assert ("the-one" in caught.value.hint) is (status >= 500)


@pytest.mark.parametrize(
    ("status", "body"), [(200, b"<html>"), (200, b"[]"), (404, b"<html>"), (302, b""), (500, b'{"message": 7}')]
)
def test_an_answer_of_something_else_is_said_to_be_one(
    server: Server, remote: RemoteGateway, status: int, body: bytes
) -> None:
    server.status, server.body, server.headers = status, body, {"Location": server.url + "/elsewhere"}
    with pytest.raises(SymError, match=f"unexpected answer with status {status}"):
        remote.show(RUN)
    assert len(server.seen) == 1


def test_a_list_may_be_the_whole_answer(server: Server) -> None:
    api = Api(server.url, "x.y.z")
    server.body = b'[{"id": "1"}]'
    assert api.listing("/entities/flows") == [{"id": "1"}]
    for status, body in ((200, b"{}"), (200, b"<html>"), (302, b"[]"), (500, b"[]")):
        server.status, server.body = status, body
        with pytest.raises(SymError, match=f"unexpected answer with status {status}"):
            api.listing("/entities/flows")
    server.status, server.body = 403, b'{"message": "No.", "code": "Auth:FORBIDDEN"}'
    with pytest.raises(Refused, match="No"):
        api.listing("/entities/flows")
    with pytest.raises(Unavailable, match="does not answer"):
        Api("http://127.0.0.1:9/api/v1", "x.y.z").listing("/entities/flows")


def test_a_netrc_file_does_not_replace_the_token(
    server: Server, remote: RemoteGateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login eve password hunter2\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    assert remote.show(RUN) == {}


def test_the_token_is_in_no_error(server: Server) -> None:
    server.status, server.token = 401, "secret.to.ken"
    with pytest.raises(Unauthenticated) as caught:
        RemoteGateway(Api(server.url, "secret.to.ken")).show(RUN)
    assert "secret" not in str(caught.value)


def test_what_came_too_often_is_sent_again_when_the_server_says_so(server: Server, remote: RemoteGateway) -> None:
    server.headers, server.statuses, server.body = {"Retry-After": "0"}, [429, 429], b'{"run_id": "a"}'
    ask = Ask(flow="deploy", inputs={}, context={}, user_id="u", idempotency_key="one")
    assert remote.request(ask) == {"run_id": "a"}
    assert [body for _, _, body in server.seen] == [
        {"flow_srn": "deploy", "flow_inputs": {}, "context": {}, "user_id": "u"}
    ] * 3
    assert server.keys == ["one"] * 3
    server.statuses = [503, 429]
    assert remote.act("approve", RUN, None) == {"run_id": "a"}
    keys = server.keys[3:]
    assert len(keys) == 3
    assert len(set(keys)) == 1
    uuid.UUID(keys[0])
    remote.act("approve", RUN, None)
    assert server.keys[-1] != keys[0]  # asked for anew
    server.statuses = [429] * 9
    with pytest.raises(Retryable):
        remote.show(RUN)
    assert len(server.statuses) == 5


@pytest.mark.parametrize(
    ("header", "seconds"), [("0", 0), ("7", 7), ("9999", 30), ("", 1), ("-1", 1), ("soon", 1), ("\u0663", 1)]
)
def test_a_server_may_have_one_wait_but_not_for_ever(header: str, seconds: float) -> None:
    assert _wait(header) == seconds


def test_runs_are_listed_page_by_page_until_there_are_enough(server: Server, remote: RemoteGateway) -> None:
    server.body = json.dumps({"runs": [LISTED], "next_cursor": "more"}).encode()
    since = datetime(2026, 3, 14, tzinfo=UTC)
    wanted = Wanted(flow="deploy", requester="ann", since=since, limit=3)
    with pytest.raises(SymError):  # the third page is one that this server does not know
        remote.list(wanted)
    assert len(server.seen) == 3


def test_an_older_server_that_does_not_know_a_filter_gives_no_others(server: Server) -> None:
    assert Wanted().fits(LISTED)
    for other in ({"status": "approved"}, {"flow": "other"}, {"requester": "bob"},
                  {"since": datetime(2026, 3, 15, tzinfo=UTC)}):  # fmt: skip
        assert not Wanted(**other).fits(LISTED)
    assert not Wanted(requester="ann").fits({**LISTED, "requester": None})


def test_the_keys_of_receipts_are_asked_of_the_server(server: Server, remote: RemoteGateway) -> None:
    key = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    server.body = json.dumps({"keys": [key]}).encode()
    assert list(remote.receipt_keys()) == ["kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"]
