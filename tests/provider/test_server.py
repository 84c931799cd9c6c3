"""Calls to a server: what is repeated, what each answer means, and what is never said."""

from __future__ import annotations

import logging
import socket
import threading
import uuid
from collections.abc import Callable, Iterator
from http.server import ThreadingHTTPServer
from typing import Any

import pytest

from sym.errors import Conflict, InUse, Invalid, Refused, SymError, Unauthenticated, Unavailable
from sym_provider.server import Access, Gone, Patience, Server
from tests.provider.conftest import TOKEN, Call, FakeServer, handler

QUICK = Patience(connect=2, answer=2, retries=3, pause=0.001)


@pytest.fixture
def connect() -> Iterator[Callable[..., Server]]:
    """Makes a client; its token is what the fake server wants."""
    made: list[Server] = []

    def connecting(url: str, *, patience: Patience = QUICK, org: str = "") -> Server:
        made.append(Server(Access(url=url, token=TOKEN, origin="MY_JWT", org=org), patience))
        return made[-1]

    yield connecting
    for server in made:
        server.close()


@pytest.fixture
def server(fake: FakeServer, connect: Callable[..., Server]) -> Server:
    return connect(fake.url)


def error_body(status: int, code: str = "API:X", message: str = "It failed.", *errors: tuple[str, str]) -> Any:
    listed = [{"field": field, "message": text} for field, text in errors]
    return {"error": True, "message": message, "errors": listed, "code": code, "status_code": status}


def refused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as bound:
        return int(bound.getsockname()[1])


def test_every_call_has_an_id_of_its_own_and_json_goes_both_ways(fake: FakeServer, server: Server) -> None:
    fake.expect(
        Call("POST", "/x", body={"a": "é"}, answer={"b": "☃"}),
        Call("GET", "/y", query={"slug": "a&b=c d/é", "type": ""}, answer=[1]),
    )
    assert server.call("POST", "/x", body={"a": "é"}) == {"b": "☃"}
    assert server.call("GET", "/y", query={"slug": "a&b=c d/é", "type": ""}) == [1]
    ids = [str(uuid.UUID(headers["x-sym-request-id"])) for headers in fake.seen]
    assert len(set(ids)) == len(ids) == 3


def test_the_version_is_asked_once_and_before_anything_else(fake: FakeServer, server: Server) -> None:
    assert fake.seen == []
    fake.expect(*(Call("GET", "/x", answer=[]) for _ in range(8)))
    threads = [threading.Thread(target=server.call, args=("GET", "/x")) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(fake.seen) == 9


@pytest.mark.parametrize("majors", [[4], [1, 2], []])
def test_a_server_of_another_major_version_is_refused_before_anything_is_sent(
    fake: FakeServer, server: Server, majors: list[int]
) -> None:
    fake.version = {"version": "9.1.0", "org": "acme", "provider_majors": majors}
    with pytest.raises(Unavailable, match=r"9\.1\.0.*this is 3\.7\.0") as raised:
        server.call("POST", "/x", body={})
    assert "version constraint" in raised.value.hint


@pytest.mark.parametrize("answer", [{}, {"provider_majors": 3}, [], "x", b"<html>"])
def test_what_is_not_a_sym_server_is_said_to_be_none(fake: FakeServer, server: Server, answer: Any) -> None:
    fake.version = None
    fake.expect(Call("GET", "/version", answer=answer))
    with pytest.raises(Unavailable, match="not a Sym server"):
        server.call("GET", "/x")


def test_an_address_that_is_not_there_is_never_a_resource_that_is_gone(fake: FakeServer, server: Server) -> None:
    fake.version = None
    fake.expect(Call("GET", "/version", 404, error_body(404, "EntityAPI:NOT_FOUND")))
    with pytest.raises(Unavailable, match="not a Sym server"):
        server.call("GET", "/x")


@pytest.mark.parametrize("answer", [b"", b"Not Found", {}, error_body(404, "API:NOT_FOUND"), []])
def test_a_404_of_somebody_else_is_an_error(fake: FakeServer, server: Server, answer: Any) -> None:
    fake.expect(Call("GET", "/x", 404, answer))
    with pytest.raises(Unavailable, match="404"):
        server.call("GET", "/x")


def test_a_404_of_the_api_says_that_it_is_gone(fake: FakeServer, server: Server) -> None:
    fake.expect(Call("GET", "/x", 404, error_body(404, "EntityAPI:NOT_FOUND")))
    with pytest.raises(Gone):
        server.call("GET", "/x")


def test_another_organizations_server_is_refused(fake: FakeServer, connect: Callable[..., Server]) -> None:
    with pytest.raises(Unavailable, match=r"'acme'.*'other'") as raised:
        connect(fake.url, org="other").call("GET", "/x")
    assert raised.value.path == "org"
    fake.expect(Call("GET", "/x", answer=[]))
    assert connect(fake.url, org="ACME").call("GET", "/x") == []


def test_what_the_first_call_came_to_holds_for_the_others(fake: FakeServer, server: Server) -> None:
    fake.version = None
    fake.expect(Call("GET", "/version", 401, error_body(401, "Auth:EXPIRED_TOKEN", "The token has expired.")))
    for _ in range(3):
        with pytest.raises(Unauthenticated, match=r"has expired\. .*MY_JWT"):
            server.call("GET", "/x")
    assert len(fake.seen) == 1


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "API:INVALID_REQUEST", Invalid),
        (401, "Auth:INVALID_TOKEN", Unauthenticated),
        (403, "Auth:FORBIDDEN", Refused),
        (409, "API:CONFLICT", Conflict),
        (409, "API:IN_USE", InUse),
        (413, "API:BODY_TOO_LARGE", Invalid),
        (405, "API:METHOD_NOT_ALLOWED", Unavailable),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
def test_a_refusal_is_the_error_it_stands_for_and_final(
    fake: FakeServer, server: Server, method: str, status: int, code: str, kind: type[SymError]
) -> None:
    fake.expect(Call(method, "/x", status, error_body(status, code, "Because.")))
    with pytest.raises(SymError, match="Because") as raised:
        server.call(method, "/x")
    assert type(raised.value) is kind
    assert raised.value.code == code


def test_a_refusal_names_the_place_and_one_of_several_lists_them_all(fake: FakeServer, server: Server) -> None:
    fake.expect(Call("POST", "/x", 400, error_body(400, "c", "No. Do this.", ("slug", "No."))))
    with pytest.raises(Invalid, match=r"^No\. Do this\.$") as raised:
        server.call("POST", "/x")
    assert raised.value.path == "slug"
    several = error_body(400, "c", "No.", ("slug", "Too long."), ("label", "Too short."))
    fake.expect(Call("POST", "/x", 400, several))
    with pytest.raises(Invalid, match=r"slug: Too long\.\nlabel: Too short\.") as raised:
        server.call("POST", "/x")
    assert raised.value.path == "slug"


@pytest.mark.parametrize("status", [400, 403, 409, 500])
@pytest.mark.parametrize(
    "answer", [b"", b"<html>busy</html>", b"\xff", [], "x", {"errors": 5}, {"message": 5, "errors": [1, {"field": 2}]}]
)
def test_a_refusal_without_the_usual_body_is_an_error_all_the_same(
    fake: FakeServer, server: Server, status: int, answer: Any
) -> None:
    fake.expect(Call("POST", "/x", status, answer))
    with pytest.raises(SymError):
        server.call("POST", "/x")


@pytest.mark.parametrize("answer", [b"", b"{", b"<html>", b"null", b"\xff"])
def test_a_success_that_is_no_json_is_an_error_with_the_calls_id(
    fake: FakeServer, server: Server, answer: bytes
) -> None:
    fake.expect(Call("POST", "/x", 200, answer))
    with pytest.raises(Unavailable) as raised:
        server.call("POST", "/x")
    assert fake.seen[-1]["x-sym-request-id"] in str(raised.value)


@pytest.mark.parametrize("status", [301, 307])
def test_a_redirection_is_not_followed(fake: FakeServer, server: Server, status: int) -> None:
    fake.expect(Call("GET", "/x", status, {}))
    with pytest.raises(Unavailable, match=str(status)):
        server.call("GET", "/x")


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_what_may_be_repeated_is(fake: FakeServer, server: Server, method: str, status: int) -> None:
    fake.expect(Call(method, "/x", status), Call(method, "/x", status), Call(method, "/x", answer={"a": 1}))
    assert server.call(method, "/x") == {"a": 1}


def test_a_call_too_many_is_made_again_even_if_it_creates(fake: FakeServer, server: Server) -> None:
    too_many = error_body(429, "RateLimit:EXCEEDED")
    fake.expect(Call("POST", "/x", 429, too_many, body={}), Call("POST", "/x", body={}, answer={"id": "1"}))
    assert server.call("POST", "/x", body={}) == {"id": "1"}
    fake.expect(*(Call("POST", "/x", 429, too_many, body={}) for _ in range(4)))
    with pytest.raises(Unavailable, match="429"):
        server.call("POST", "/x", body={})


@pytest.mark.parametrize("status", [500, 503])
def test_creating_is_not_repeated_once_there_was_an_answer(fake: FakeServer, server: Server, status: int) -> None:
    fake.expect(Call("POST", "/x", status, error_body(status, message="Not now."), body={}))
    with pytest.raises(Unavailable, match="Not now") as raised:
        server.call("POST", "/x", body={})
    assert fake.seen[-1]["x-sym-request-id"] in str(raised.value)


def test_repeating_has_an_end(fake: FakeServer, server: Server) -> None:
    fake.expect(*(Call("GET", "/x", 503, error_body(503)) for _ in range(4)))
    with pytest.raises(Unavailable, match=r"503 \(GET /x, request id .*It failed"):
        server.call("GET", "/x")


def test_a_connection_that_breaks_is_tried_again_unless_something_was_to_be_created(
    fake: FakeServer, server: Server
) -> None:
    fake.expect(Call("GET", "/x", 0), Call("GET", "/x", answer={"a": 1}))
    assert server.call("GET", "/x") == {"a": 1}
    fake.expect(Call("POST", "/x", 0, body={"a": 1}))
    with pytest.raises(Unavailable, match="ConnectionError") as raised:
        server.call("POST", "/x", body={"a": 1})
    assert "import it" in raised.value.hint


def test_an_answer_that_takes_too_long_is_not_waited_for(fake: FakeServer, connect: Callable[..., Server]) -> None:
    server = connect(fake.url, patience=Patience(answer=0.3, retries=0))
    fake.expect(Call("POST", "/x", hold=30))
    with pytest.raises(Unavailable, match="ReadTimeout") as raised:
        server.call("POST", "/x")
    assert fake.seen[-1]["x-sym-request-id"] in str(raised.value)
    assert "import it" in raised.value.hint


def test_a_server_that_is_not_there_is_named(connect: Callable[..., Server]) -> None:
    url = f"http://127.0.0.1:{refused_port()}/api/v1"
    with pytest.raises(Unavailable, match="does not answer: ConnectionError") as raised:
        connect(url).call("GET", "/x")
    assert url in str(raised.value)


def test_creating_waits_for_a_server_that_is_being_restarted(fake: FakeServer, connect: Callable[..., Server]) -> None:
    fake.expect(Call("GET", "/x", answer={}))
    server = connect(fake.url, patience=Patience(retries=6, pause=0.05))
    server.call("GET", "/x")
    port = refused_port()
    server._url = f"http://127.0.0.1:{port}/api/v1"
    late = FakeServer([Call("POST", "/x", body={"a": 1}, answer={"id": "1"})])

    def start() -> None:
        late.stopping.wait(0.3)
        with ThreadingHTTPServer(("127.0.0.1", port), handler(late)) as listening:
            listening.handle_request()

    thread = threading.Thread(target=start)
    thread.start()
    try:
        assert server.call("POST", "/x", body={"a": 1}) == {"id": "1"}
    finally:
        thread.join(10)
    assert (late.complaints, late.calls) == ([], [])


@pytest.mark.parametrize("token", ["hunter 2", "hunter2\n", "huntér2", "hunter\0", " hunter2"])
def test_a_token_no_header_can_hold_is_refused_and_not_repeated(token: str) -> None:
    with pytest.raises(Invalid, match="MY_JWT") as raised:
        Access(url="http://x", token=token, origin="MY_JWT")
    assert "hunt" not in str(raised.value)


def test_the_token_and_bodies_are_never_logged_nor_shown(
    fake: FakeServer, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    fake.expect(Call("PATCH", "/x", 503, body={"code": "cHJpbnQ="}), Call("PATCH", "/x", 400, {}, {"code": "cHJpbnQ="}))
    with caplog.at_level(logging.DEBUG), pytest.raises(Unavailable) as raised:
        server.call("PATCH", "/x", body={"code": "cHJpbnQ="})
    shown = caplog.text + repr(raised.value) + str(raised.value) + repr(Access(url="u", token=TOKEN, origin="o"))
    assert TOKEN not in shown
    assert "cHJpbnQ=" not in shown
