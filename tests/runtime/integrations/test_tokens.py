from __future__ import annotations

from typing import Any

import pytest

from sym.integrations import _tokens
from sym.integrations._tokens import MARGIN, MOST, Token, TokenHttp
from sym.sdk.connection import Reply, failure
from sym.sdk.exceptions.okta import OktaError


class Door:
    """A service that takes the tokens in ``good``."""

    def __init__(self, *good: str) -> None:
        self.good = set(good)
        self.asked: list[dict[str, Any]] = []

    def get(self, path: str, *, accept: tuple[int, ...] = (), **options: Any) -> Reply:
        return self.send("GET", path, accept=accept, **options)

    def send(self, method: str, path: str, *, accept: tuple[int, ...] = (), **options: Any) -> Reply:
        self.asked.append({"method": method, "path": path, "accept": accept, **options})
        if options["headers"]["Authorization"].removeprefix("Bearer ") in self.good:
            return Reply(status=200)
        raise failure(OktaError, "UNAUTHORIZED", "no", status=401)


class Desk:
    """Gives out the tokens ``1``, ``2``, … for what ``proof`` says."""

    def __init__(self, seconds: float = 3600) -> None:
        self.given = 0
        self.seconds = seconds
        self.proof: tuple[str, ...] = ("here", "s3cr3t")

    def fetch(self) -> Token:
        self.given += 1
        return Token(value=str(self.given), seconds=self.seconds)

    def http(self, door: Door) -> TokenHttp:
        return TokenHttp(door, proof=lambda: self.proof, fetch=self.fetch)


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    _tokens.forget()


def test_one_token_serves_many_requests_and_connections() -> None:
    door, desk = Door("1"), Desk()
    desk.http(door).get("/a", accept=(404,), params={"x": 1})
    desk.http(door).send("PUT", "/b", json={}, headers={"If-Match": "2"})
    assert desk.given == 1
    assert door.asked[0] == {"method": "GET", "path": "/a", "accept": (404,), "params": {"x": 1},
                             "headers": {"Authorization": "Bearer 1"}}  # fmt: skip
    assert door.asked[1]["headers"] == {"If-Match": "2", "Authorization": "Bearer 1"}


def test_a_kept_token_that_is_refused_is_fetched_anew_once() -> None:
    door, desk = Door("1", "2"), Desk()
    http = desk.http(door)
    http.get("/a")
    door.good = {"2"}
    http.send("DELETE", "/a")
    assert desk.given == 2
    door.good = set()
    with pytest.raises(OktaError):
        http.get("/a")
    assert desk.given == 3


def test_a_fresh_token_that_is_refused_is_not_fetched_again() -> None:
    desk = Desk()
    with pytest.raises(OktaError):
        desk.http(Door()).get("/a")
    assert desk.given == 1


def test_a_token_that_is_about_to_end_is_not_used() -> None:
    desk = Desk(seconds=MARGIN - 1)
    http = desk.http(Door("1", "2"))
    http.get("/a")
    http.get("/a")
    assert desk.given == 2


def test_changed_credentials_get_a_token_of_their_own() -> None:
    door, desk = Door("1", "2"), Desk()
    desk.http(door).get("/a")
    desk.proof = ("here", "other")
    desk.http(door).get("/a")
    assert desk.given == 2


def test_no_more_are_kept_than_there_is_room_for_and_no_credential_among_them() -> None:
    door, desk = Door(*map(str, range(MOST + 9))), Desk()
    for number in range(MOST + 5):
        desk.proof = ("here", f"s3cr3t{number}")
        desk.http(door).get("/a")
    assert len(_tokens._kept) == MOST
    assert "s3cr3t" not in repr(_tokens._kept)
    assert "value" not in repr(Token(value="1", seconds=1))
