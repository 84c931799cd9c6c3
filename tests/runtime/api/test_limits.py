"""Who calls too often."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sym.api.limits import Limits, Rate, by_address
from sym.store.audit import entries
from tests.runtime.api.conftest import World, assert_error


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 14, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def test_as_many_at_once_and_on_average() -> None:
    clock = Clock()
    limits = Limits(Rate(3, 60), clock=clock)
    assert [limits.take("a") for _ in range(4)] == [None, None, None, 20]
    assert limits.take("b") is None
    clock.forward(19)
    assert limits.take("a") == 1
    clock.forward(1)
    assert limits.take("a") is None
    assert limits.take("a") == 20
    clock.forward(3600)
    assert [limits.take("a") for _ in range(4)] == [None, None, None, 20]


def test_a_clock_that_is_set_back_gives_nothing_and_takes_nothing() -> None:
    clock = Clock()
    limits = Limits(Rate(1, 10), clock=clock)
    assert limits.take("a") is None
    clock.forward(-3600)
    assert limits.take("a") == 10
    clock.forward(10)
    assert limits.take("a") is None


def test_there_is_no_limit_without_one() -> None:
    limits = Limits(clock=Clock())
    assert {limits.take("a") for _ in range(1000)} == {None}


def test_very_many_callers_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sym.api.limits._MOST_BUCKETS", 10)
    limits = Limits(Rate(1, 60), clock=Clock())
    for number in range(100):
        limits.take(str(number))
    assert len(limits._buckets) == 10
    assert limits.take("99") == 60


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("10.0.0.1", "10.0.0.2", False), ("2001:db8::1", "2001:db8::ffff:1", True),
     ("2001:db8:0:1::1", "2001:db8::1", False), ("::ffff:10.0.0.1", "10.0.0.1", True), ("unix", "unix", True)],
)  # fmt: skip
def test_whoever_has_many_addresses_is_one_caller(one: str, other: str, same: bool) -> None:
    assert (by_address(one) == by_address(other)) is same


@pytest.fixture
def world(world: World) -> World:
    world.limits = Limits(Rate(3, 60), clock=lambda: world.now)
    return world


def test_one_call_too_many_is_told_when_to_come_again(api: World) -> None:
    token = api.token("ci")
    answers = [api.call("GET", "/api/v1/version", token=token) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert "20 seconds" in assert_error(answers[3], 429, "RateLimit:EXCEEDED")
    assert answers[3].headers["Retry-After"] == "20"
    assert api.call("GET", "/api/v1/version", token=api.token("ci")).status_code == 200, "another token of the same bot"
    api.now += timedelta(seconds=20)
    assert api.call("GET", "/api/v1/version", token=token).status_code == 200


def test_strangers_share_their_address_and_take_nothing_from_good_tokens(api: World) -> None:
    answers = [api.call("GET", "/api/v1/version", token=token) for token in ("x", None, "y", "x")]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    assert_error(answers[3], 429, "RateLimit:EXCEEDED")
    assert api.call("GET", "/api/v1/version", token=api.token("ci")).status_code == 200


def test_health_is_not_counted(api: World) -> None:
    assert {api.call("GET", "/healthz").status_code for _ in range(5)} == {200}


def test_a_call_too_many_does_nothing(api: World) -> None:
    token = api.token("ci")
    body = {"flow_srn": "acme:flow:prod_db:latest", "flow_inputs": {}}
    statuses = [api.call("POST", "/api/v1/events/request", token=token, json=body).status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    assert len(api.inbound.submissions) == 3


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/login"), ("POST", "/login"), ("POST", "/tokens/exchange"), ("GET", "/jwks.json")]
)
def test_who_needs_no_token_is_counted_by_address(api: World, method: str, path: str) -> None:
    answers = [api.call(method, f"/api/v1{path}", json={} if method == "POST" else None) for _ in range(4)]
    assert 429 not in [answer.status_code for answer in answers[:3]]
    assert_error(answers[3], 429, "RateLimit:EXCEEDED")


def test_a_token_that_is_over_fills_no_log_beyond_the_limit(api: World) -> None:
    token = api.token("ci", lifetime=timedelta(seconds=1))
    api.now += timedelta(seconds=2)
    answers = [api.call("GET", "/api/v1/version", token=token) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429, 429, 429]
    with api.store.reading() as conn:
        assert len(entries(conn, name="action.refused")) == 3
