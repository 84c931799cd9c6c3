"""What every request gets: an id, a limit, an answer."""

from __future__ import annotations

import logging
import socket
import uuid
from collections.abc import Iterator

import pytest

from tests.runtime.api.conftest import World, assert_error

MIB = 1024 * 1024
REQUEST = {"flow_srn": "acme:flow:prod_db:latest", "flow_inputs": {}}


def test_a_request_id_is_echoed(api: World) -> None:
    given = str(uuid.uuid4())
    response = api.call("GET", "/api/v1/runs", token=api.token("ci"), headers={"X-Sym-Request-ID": given})
    assert (response.status_code, response.headers["X-Sym-Request-ID"]) == (200, given)


@pytest.mark.parametrize("given", [None, "", "a b", "é", "x" * 129, "<script>"])
def test_a_request_without_a_usable_id_gets_one(api: World, given: str | None) -> None:
    headers = {} if given is None else {"X-Sym-Request-ID": given.encode()}
    answered = api.call("GET", "/healthz", headers=headers).headers["X-Sym-Request-ID"]
    assert str(uuid.UUID(answered)) == answered


def test_a_body_of_one_mebibyte_is_read_and_one_byte_more_is_not(api: World) -> None:
    token = api.token("ci")
    head, tail = b'{"flow_srn": "acme:flow:prod_db:latest", "flow_inputs": {"reason": "', b'"}}'
    for length, status in ((MIB, 200), (MIB + 1, 413)):
        body = head + b"x" * (length - len(head) - len(tail)) + tail
        response = api.call("POST", "/api/v1/events/request", token=token, data=body,
                            headers={"Content-Type": "application/json"})  # fmt: skip
        assert response.status_code == status
    assert_error(response, 413, "API:BODY_TOO_LARGE")
    assert len(api.inbound.submissions) == 1


@pytest.mark.parametrize(
    ("path", "longest"),
    [("/api/v1/entities/flows", 16 * MIB), ("/api/v1/entities", MIB), ("/api/v1/entitiesx/flows", MIB), ("/x", MIB)],
)
def test_resources_may_be_longer_than_anything_else(api: World, path: str, longest: int) -> None:
    for length, is_refused in ((longest, False), (longest + 1, True)):
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n"
        with socket.create_connection(("127.0.0.1", api.port), timeout=10) as client:
            client.sendall(head.encode())
            assert client.recv(100).startswith(b"HTTP/1.1 413") is is_refused


def test_a_body_of_undeclared_length_is_cut_off(api: World) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(40):
            yield b" " * 65536

    response = api.call("POST", "/api/v1/events/request", token=api.token("ci"), data=chunks(),
                        headers={"Content-Type": "application/json"})  # fmt: skip
    assert_error(response, 413, "API:BODY_TOO_LARGE")


def test_a_large_body_is_refused_before_it_is_sent(api: World) -> None:
    head = f"POST /api/v1/events/request HTTP/1.1\r\nHost: x\r\nContent-Length: {MIB * 100}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", api.port), timeout=10) as client:
        client.sendall(head.encode())
        assert client.recv(100).startswith(b"HTTP/1.1 413")


def test_an_unforeseen_fault_is_a_500_without_its_cause(api: World, caplog: pytest.LogCaptureFixture) -> None:
    api.inbound.failure = ZeroDivisionError("a password: hunter2")
    with caplog.at_level(logging.ERROR):
        response = api.call("POST", "/api/v1/events/request", token=api.token("ci"), json=REQUEST,
                            headers={"X-Sym-Request-ID": "the-one"})  # fmt: skip
    assert_error(response, 500, "API:INTERNAL")
    assert "hunter2" not in response.text
    assert response.headers["X-Sym-Request-ID"] == "the-one"
    assert "the-one" in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert caplog.text.count("Traceback") == 1


def test_the_server_goes_on_after_a_fault(api: World) -> None:
    api.inbound.failure = ZeroDivisionError()
    assert api.post("/events/request", REQUEST).status_code == 500
    api.inbound.failure = None
    assert api.post("/events/request", REQUEST).status_code == 200


def test_answers_are_not_cached(api: World) -> None:
    assert api.get("/runs").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("name", "status"), [("root", 400), ("ci", 413), ("eve", 413)])
def test_resources_of_those_who_are_no_admins_are_not_longer(api: World, name: str, status: int) -> None:
    """Nobody else is served while a body is read: sixteen MiB of empty lists take seconds."""
    response = api.call("POST", "/api/v1/entities/flows", token=api.token(name), data=b" " * (MIB + 1),
                        headers={"Content-Type": "application/json"})  # fmt: skip
    assert response.status_code == status
