"""Signed requests: Slack's own example, and what the app's answer may be."""

from __future__ import annotations

import time

import pytest

from sym.simulator.http_delivery import post, signature
from sym.simulator.parcels import Parcel, Undelivered
from sym.simulator.server import Simulator
from tests.runtime.simulator.conftest import AppUnderTest

BODY = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
    b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
    b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
    b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)


def test_the_example_of_slack_s_documentation() -> None:
    assert signature("8f742231b10e8888abcd99yyyzzz85a5", "1531420618", BODY) == (
        "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    )


def parcel() -> Parcel:
    return Parcel(kind="interactive", what="block_actions", team="T1", payload={"type": "block_actions"})


def test_another_secret_is_not_accepted_by_an_app_that_checks(simulator: Simulator, app: AppUnderTest) -> None:
    now = int(time.time())
    assert post(app.url, parcel(), secret=simulator.signing_secret, timestamp=now, seconds=3) is None
    with pytest.raises(Undelivered, match="HTTP 401"):
        post(app.url, parcel(), secret="other", timestamp=now, seconds=3)
    with pytest.raises(Undelivered, match="HTTP 401"):
        post(app.url, parcel(), secret=simulator.signing_secret, timestamp=now - 600, seconds=3)
    assert len(app.taken) == 1


def test_an_app_that_is_not_there() -> None:
    with pytest.raises(Undelivered) as failure:
        post("http://127.0.0.1:9/", parcel(), secret="x", timestamp=1, seconds=1)
    assert failure.value.code == "dispatch_failed"
