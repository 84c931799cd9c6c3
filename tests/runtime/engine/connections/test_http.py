"""Requests to services: what is tried again, what is not, and what errors say."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from sym.engine.connections.http import ServiceHttp, Transport
from sym.engine.secret_cache import SecretCache
from sym.sdk.connection import Reply, Service
from sym.sdk.exceptions.okta import OktaError
from tests.fakes.services.server import Answer, Request, ServiceVendor, route

TOKEN = "token-that-nobody-sees"


class Echo(ServiceVendor):
    """Answers what it was asked."""

    def has_access(self, identity: str, target: str) -> bool:
        return False

    @route("GET", "/thing")
    def look(self, request: Request) -> Answer:
        return 200, {"query": request.query, "token": request.headers.get("authorization")}

    @route("POST", "/thing")
    def change(self, request: Request) -> Answer:
        return 200, {"sent": request.json}

    @route("GET", "/far")
    def redirect(self, request: Request) -> Answer:
        return 302, None, {"Location": "http://elsewhere.example/"}


@pytest.fixture
def echo() -> Iterator[Echo]:
    vendor = Echo()
    yield vendor
    vendor.close()


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def http(echo: Echo, pauses: list[float]) -> ServiceHttp:
    transport = Transport({"thing.example": echo.url}, pause=pauses.append, timeout=(2, 2))
    return transport.http(service())


def service(**more: Any) -> Service:
    return Service(name="Thing", base_url="https://thing.example", error=OktaError,
                   headers=lambda: {"Authorization": TOKEN}, reason=_reason, **more)  # fmt: skip


def _reason(reply: Reply) -> str:
    return str((reply.json() or {}).get("error", ""))


def test_questions_and_changes_carry_the_credentials(http: ServiceHttp) -> None:
    assert http.get("/thing", params={"a": "1"}).json() == {"query": {"a": "1"}, "token": TOKEN}
    assert http.send("POST", "/thing", json={"b": 2}).json() == {"sent": {"b": 2}}


@pytest.mark.parametrize(("status", "name", "passes"), [
    (400, "REJECTED", False), (401, "UNAUTHORIZED", False), (403, "FORBIDDEN", False), (404, "NOT_FOUND", False),
    (409, "CONFLICT", False), (410, "NOT_FOUND", False), (429, "THROTTLED", True), (408, "UNAVAILABLE", True),
    (500, "UNAVAILABLE", True), (503, "UNAVAILABLE", True),
])  # fmt: skip
def test_a_refusal_has_the_name_of_its_status(
    http: ServiceHttp, echo: Echo, status: int, name: str, passes: bool
) -> None:
    echo.fail_next(status)
    with pytest.raises(OktaError) as caught:
        http.send("POST", "/thing", json={})
    assert caught.value.error_code == f"Okta:{name}"
    assert caught.value.retryable is passes
    assert caught.value.status == status  # type: ignore[attr-defined]
    assert f"Thing answered {status} to POST /thing: failed with {status}." in str(caught.value)
    assert echo.log == ["POST /thing"]


def test_a_question_is_asked_three_times_and_a_change_made_once(
    http: ServiceHttp, echo: Echo, pauses: list[float]
) -> None:
    echo.fail_next(503, times=2)
    assert http.get("/thing").status == 200
    assert echo.log == ["GET /thing"] * 3
    assert pauses == [0.3, 1.0]
    echo.fail_next(503, times=3)
    with pytest.raises(OktaError):
        http.get("/thing")
    assert len(echo.log) == 6


def test_what_is_refused_for_good_is_not_asked_again(http: ServiceHttp, echo: Echo) -> None:
    echo.fail_next(403)
    with pytest.raises(OktaError, match="permissions that the integration's page lists"):
        http.get("/thing")
    assert echo.log == ["GET /thing"]


def test_an_accepted_status_is_an_answer(http: ServiceHttp, echo: Echo) -> None:
    echo.fail_next(404)
    assert http.get("/thing", accept=(404,)).status == 404


def test_an_answer_that_was_lost_may_pass_and_is_not_repeated(http: ServiceHttp, echo: Echo) -> None:
    echo.crash_next()
    with pytest.raises(OktaError) as caught:
        http.send("POST", "/thing", json={})
    assert caught.value.error_code == "Okta:UNREACHABLE"
    assert caught.value.retryable
    assert echo.log == ["POST /thing"]


def test_nobody_is_led_elsewhere(http: ServiceHttp) -> None:
    with pytest.raises(OktaError, match="answered 302"):
        http.get("/far")


def test_no_error_and_no_log_shows_the_credentials(caplog: pytest.LogCaptureFixture, pauses: list[float]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    http = Transport({"*": f"http://user:{TOKEN}@127.0.0.1:{port}"}, pause=pauses.append).http(service())
    with caplog.at_level(logging.DEBUG), pytest.raises(OktaError) as caught:
        http.get("/thing")
    assert caught.value.error_code == "Okta:UNREACHABLE"
    assert TOKEN not in f"{caught.value!r} {caught.value.__cause__!r} {caplog.text}"


def test_a_service_may_say_in_its_own_way_that_it_is_asked_too_often(echo: Echo, pauses: list[float]) -> None:
    echo.fail_next(403)
    transport = Transport({"thing.example": echo.url}, pause=pauses.append, timeout=(2, 2))
    asked = transport.http(service(is_throttled=lambda reply: reply.status == 403))
    assert asked.get("/thing").status == 200
    echo.fail_next(403)
    with pytest.raises(OktaError) as caught:
        asked.send("POST", "/thing")
    assert caught.value.error_code == "Okta:THROTTLED"
    assert caught.value.retryable


class Door(ServiceVendor):
    """Lets whoever has the newest key do something."""

    key = "new-key"

    def has_access(self, identity: str, target: str) -> bool:
        return False

    def refuse(self, request: Request) -> Answer | None:
        return None if request.headers.get("authorization") == self.key else (401, {"error": "wrong key"})

    @route("POST", "/door")
    def open(self, request: Request) -> Answer:
        return 200, {"opened": request.json}


@pytest.mark.parametrize(("key", "requests"), [("new-key", 2), ("wrong-key", 2), ("old-key", 1)])
def test_credentials_that_are_refused_are_fetched_anew_once(key: str, requests: int) -> None:
    """Whether they are then taken, refused again, or are the same as before."""
    door, cache, kept = Door(), SecretCache(), ["old-key"]
    view = {"id": "s", "source": {"type": "vault"}}
    here = Service(name="Door", base_url="https://door.example", error=OktaError,
                   headers=lambda: {"Authorization": cache.value(view, lambda: kept[0])})  # fmt: skip
    here.headers()
    kept[0] = key
    http = Transport({"door.example": door.url}).http(here)
    try:
        if key == "new-key":
            assert http.send("POST", "/door", json={"who": "ada"}).json() == {"opened": {"who": "ada"}}
            http.send("POST", "/door", json={})
            assert door.requests == requests + 1, "the new key is kept"
        else:
            with pytest.raises(OktaError, match="not taken") as raised:
                http.send("POST", "/door", json={})
            assert raised.value.error_code == "Okta:UNAUTHORIZED"
            assert door.requests == requests
    finally:
        door.close()
