"""First who asks, then what."""

from __future__ import annotations

from datetime import timedelta

import pytest
import requests
from fastapi import FastAPI

from sym.api import errors
from sym.api.limits import Limits, Rate
from sym.api.route import open_router
from sym.audit.events import Actor
from sym.store.tokens import revoke_token
from tests.runtime.api.conftest import World, assert_error, served

PATHS = [
    ("POST", "/events/request"), ("POST", "/events/approve"), ("POST", "/events/deny"), ("POST", "/events/deescalate"),
    ("POST", "/events/retry"), ("POST", "/events/extend"), ("POST", "/events/remove"),
    ("GET", "/events/x"), ("GET", "/runs"), ("GET", "/runs/x"), ("GET", "/runs/x/audit"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_no_route_answers_without_a_good_token(api: World, method: str, path: str) -> None:
    expired = api.token("ci", lifetime=timedelta(seconds=-1))
    for token, code in ((None, "Auth:INVALID_TOKEN"), ("x.y.z", "Auth:INVALID_TOKEN"), (expired, "Auth:EXPIRED_TOKEN")):
        assert_error(api.call(method, f"/api/v1{path}", token=token, json={}), 401, code)
    assert api.inbound.submissions == []


def test_a_token_revoked_between_two_calls_is_refused_at_the_second(api: World) -> None:
    from sym.api.auth import issue

    row = api.row("ci")
    token = issue(api.keys, row, api.users["ci"], "acme")
    assert api.call("GET", "/api/v1/runs", token=token).status_code == 200
    with api.store.transaction() as conn:
        revoke_token(conn, row.jti, actor=Actor.SYSTEM, now=api.now)
    assert_error(api.call("GET", "/api/v1/runs", token=token), 401, "Auth:INVALID_TOKEN")


def test_strangers_learn_nothing_about_bodies(api: World) -> None:
    assert_error(api.call("POST", "/api/v1/events/request", data=b"{", headers={"Content-Type": "text/plain"}), 401,
                 "Auth:INVALID_TOKEN")  # fmt: skip


def test_unreadable_keys_are_an_unavailable_server_not_a_bad_token(api: World) -> None:
    token = api.token("ci")
    next(api.keys.path.glob("token-*.pem")).chmod(0o644)
    message = assert_error(api.call("GET", "/api/v1/runs", token=token), 503, "API:UNAVAILABLE")
    assert "pem" not in message


@pytest.mark.parametrize("body", [b"", b"{", b'{"flow_srn": "a", "flow_srn": "b"}', b'{"x": NaN}', b"\xff"])
def test_malformed_json_is_refused(api: World, body: bytes) -> None:
    response = api.call("POST", "/api/v1/events/request", token=api.token("ci"), data=body,
                        headers={"Content-Type": "application/json; charset=utf-8"})  # fmt: skip
    assert_error(response, 400, "API:MALFORMED_JSON")


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded", "application/jsonx"])
def test_a_body_that_does_not_say_it_is_json_is_refused(api: World, kind: str | None) -> None:
    headers = {"Content-Type": kind} if kind else {}
    response = api.call("POST", "/api/v1/events/request", token=api.token("ci"), data=b"{}", headers=headers)
    assert "application/json" in assert_error(response, 415, "API:UNSUPPORTED_MEDIA_TYPE")


def test_an_open_route_counts_by_address_whatever_token_comes_along(world: World) -> None:
    router = open_router("login")

    @router.post("/open")
    def open_(body: dict[str, str]) -> dict[str, str]:
        return body

    app = FastAPI()
    errors.install(app)
    app.include_router(router)
    world.limits = Limits(Rate(2, 60), clock=lambda: world.now)
    app.state.services = world.services()
    with served(app) as port:

        def call(number: int) -> requests.Response:
            headers = {"Authorization": f"Bearer {number}", "Content-Type": "application/json"}
            return requests.post(f"http://127.0.0.1:{port}/open", data=b'{"a": "b"}', headers=headers, timeout=10)

        assert [call(number).status_code for number in range(3)] == [200, 200, 429]
        world.now += timedelta(minutes=1)
        form = requests.post(f"http://127.0.0.1:{port}/open", data={"a": "b"}, timeout=10)
        assert form.status_code == 415
        assert call(0).json() == {"a": "b"}
