"""What issuers say, and how they misbehave."""

from __future__ import annotations

import functools
import json
import logging
import threading
from datetime import datetime, timedelta

import pytest
from joserfc.jwk import ECKey, RSAKey

from sym.oidc import web
from sym.oidc.issuers import Issuers
from sym.oidc.web import IssuerUnavailable, fetch
from tests.fakes.oidc.issuer import FakeIssuer

DISCOVERY = "/.well-known/openid-configuration"


def test_keys_are_asked_for_once_an_hour(issuer: FakeIssuer, now: datetime) -> None:
    issuers = Issuers()
    for minutes in (0, 1, 30, 59):
        assert issuers.key(issuer.url, "one", now + timedelta(minutes=minutes)) is not None
    assert issuer.seen == [DISCOVERY, "/keys"]
    issuers.key(issuer.url, "one", now + timedelta(minutes=61))
    assert issuer.seen == [DISCOVERY, "/keys"] * 2


def test_a_key_that_is_new_is_found_and_strangers_cannot_make_it_be_looked_for_more_than_once_a_minute(
    issuer: FakeIssuer, now: datetime
) -> None:
    issuers = Issuers()
    issuers.key(issuer.url, "one", now)
    issuer.add_key("two", "EC")
    assert issuers.key(issuer.url, "two", now + timedelta(seconds=30)) is None
    assert len(issuer.seen) == 2
    assert isinstance(issuers.key(issuer.url, "two", now + timedelta(seconds=61)), ECKey)
    for number in range(20):
        assert issuers.key(issuer.url, f"x{number}", now + timedelta(seconds=62 + number)) is None
    assert len(issuer.seen) == 4


def test_a_key_that_was_withdrawn_counts_no_more(issuer: FakeIssuer, now: datetime) -> None:
    issuers = Issuers()
    issuers.key(issuer.url, "one", now)
    issuer.add_key("two", "EC")
    del issuer.keys["one"]
    assert issuers.key(issuer.url, "one", now + timedelta(hours=1)) is None


def test_without_a_name_only_an_only_key_is_meant(issuer: FakeIssuer, now: datetime) -> None:
    assert Issuers().key(issuer.url, None, now) is not None
    issuer.add_key("two", "EC")
    assert Issuers().key(issuer.url, None, now) is None


def test_an_issuer_that_is_down_is_not_asked_again_for_ten_seconds(issuer: FakeIssuer, now: datetime) -> None:
    issuers = Issuers()
    issuer.instead[DISCOVERY] = (500, {}, b"oops")
    for seconds in (0, 1, 9):
        with pytest.raises(IssuerUnavailable):
            issuers.key(issuer.url, "one", now + timedelta(seconds=seconds))
    assert len(issuer.seen) == 1
    issuer.instead.clear()
    assert issuers.key(issuer.url, "one", now + timedelta(seconds=10)) is not None


def test_known_keys_outlive_an_hour_of_downtime_but_not_six(
    issuer: FakeIssuer, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    issuers = Issuers()
    issuers.key(issuer.url, "one", now)
    issuer.instead[DISCOVERY] = (500, {}, b"oops")
    with caplog.at_level(logging.WARNING):
        assert issuers.key(issuer.url, "one", now + timedelta(hours=2)) is not None
    assert issuer.url in caplog.text
    with pytest.raises(IssuerUnavailable):
        issuers.key(issuer.url, "one", now + timedelta(hours=6))


@pytest.mark.parametrize("path", [DISCOVERY, "/keys"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_leads_nowhere(issuer: FakeIssuer, now: datetime, path: str, status: int) -> None:
    issuer.instead[path] = (status, {"Location": f"{issuer.url}/elsewhere"}, b"")
    with pytest.raises(IssuerUnavailable):
        Issuers().key(issuer.url, "one", now)
    assert "/elsewhere" not in issuer.seen


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"a": "' + b"x" * 300_000 + b'"}']
)
@pytest.mark.parametrize("path", [DISCOVERY, "/keys"])
def test_an_answer_that_is_none_is_refused(issuer: FakeIssuer, now: datetime, path: str, body: bytes) -> None:
    issuer.instead[path] = (200, {}, body)
    with pytest.raises(IssuerUnavailable):
        Issuers().key(issuer.url, "one", now)


def test_more_keys_than_anybody_has_are_refused(issuer: FakeIssuer, now: datetime) -> None:
    issuer.instead["/keys"] = (200, {}, json.dumps({"keys": [{}] * 65}).encode())
    with pytest.raises(IssuerUnavailable, match="more than 64"):
        Issuers().key(issuer.url, "one", now)


@pytest.mark.parametrize(
    "uri",
    [None, 7, "", "ftp://127.0.0.1/keys", "http://192.0.2.7/keys", "http://user:x@127.0.0.1/keys", "file:///etc/passwd",
     "//127.0.0.1/keys", "http://127.0.0.1\\@evil/keys", "http://169.254.169.254/latest"],
)  # fmt: skip
def test_keys_are_had_over_https_or_from_this_machine(issuer: FakeIssuer, now: datetime, uri: object) -> None:
    document = {**issuer.discovery(), "jwks_uri": uri}
    issuer.instead[DISCOVERY] = (200, {}, json.dumps(document).encode())
    with pytest.raises(IssuerUnavailable, match="no usable address"):
        Issuers().key(issuer.url, "one", now)


def test_an_issuer_elsewhere_cannot_point_at_this_machine(now: datetime) -> None:
    asked: list[str] = []

    def ask(url: str) -> dict[str, object]:
        asked.append(url)
        return {"issuer": "https://id.example.com", "jwks_uri": "http://127.0.0.1:8000/keys"}

    with pytest.raises(IssuerUnavailable):
        Issuers(ask).key("https://id.example.com", "one", now)
    assert asked == ["https://id.example.com/.well-known/openid-configuration"]


def test_an_issuer_has_the_name_it_was_asked_by(issuer: FakeIssuer, now: datetime) -> None:
    for name in (f"{issuer.url}/", issuer.url.replace("127.0.0.1", "localhost")):
        with pytest.raises(IssuerUnavailable, match="another one"):
            Issuers().key(name, "one", now)


@pytest.mark.filterwarnings("ignore:Key size")
def test_keys_that_may_not_sign_are_left_out(issuer: FakeIssuer, now: datetime) -> None:
    good = {**issuer.keys["one"].as_dict(private=False), "kid": "good"}
    weak = RSAKey.generate_key(1024, auto_kid=False)
    keys = [
        good,
        {**good, "kid": "enc", "use": "enc"},
        {"kty": "oct", "kid": "secret", "k": "c2VjcmV0"},
        {**weak.as_dict(private=False), "kid": "weak"},
        {**issuer.keys["one"].as_dict(private=True), "kid": "private"},
        {"kty": "RSA", "kid": "broken", "n": "!", "e": 7},
        {**good, "kid": "twice"},
        {**good, "kid": "twice"},
        {key: value for key, value in good.items() if key != "kid"},
        "x",
    ]
    issuer.instead["/keys"] = (200, {}, json.dumps({"keys": keys}).encode())
    issuers = Issuers()
    names = ("good", "enc", "secret", "weak", "private", "broken", "twice", "#8", "")
    assert [name for name in names if issuers.key(issuer.url, name, now)] == ["good"]


def test_an_issuer_that_takes_its_time_is_not_waited_for(issuer: FakeIssuer, now: datetime) -> None:
    issuer.holds = threading.Event()
    issuers = Issuers(functools.partial(fetch, seconds=0.2))
    with pytest.raises(IssuerUnavailable):
        issuers.key(issuer.url, "one", now)
    issuer.holds.set()


def test_a_trickle_is_not_waited_for_either(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()
    monkeypatch.setattr(web, "_ask", lambda *_: released.wait(30))
    with pytest.raises(IssuerUnavailable, match="too long"):
        fetch("https://id.example.com/keys", seconds=0.01)
    released.set()


def test_who_waits_for_a_slow_issuer_waits_once(issuer: FakeIssuer, now: datetime) -> None:
    issuers = Issuers()
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(issuers.key(issuer.url, "one", now))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert all(found)
    assert issuer.seen == [DISCOVERY, "/keys"]
