"""What comes over HTTP: signatures first, and never a 500."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from urllib.parse import urlencode

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sym.slack.http import LONGEST_BODY
from tests.runtime.slack.fake_slack import TEAM, signed
from tests.runtime.slack.place import Place, listening, services_for

# The example that Slack publishes with the description of its signatures.
VECTOR_MOMENT = 1531420618
VECTOR_BODY = (
    "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar"
    "&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com"
    "%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14"
    "d10d2c447fce8b6703c"
)
VECTOR = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"


def test_the_published_example_of_a_signature_is_right() -> None:
    assert signed(VECTOR_BODY, VECTOR_MOMENT)["X-Slack-Signature"] == VECTOR


def test_what_slack_signed_reaches_its_listener_and_is_answered(place: Place) -> None:
    assert place.command("hello").status_code == 200
    ((kind, body),) = place.heard
    assert (kind, body["text"]) == ("command", "hello")


@pytest.mark.parametrize("path", ["/slack/events", "/slack/commands", "/slack/actions"])
def test_all_three_addresses_take_everything(place: Place, path: str) -> None:
    body = urlencode({"command": "/test", "team_id": TEAM, "user_id": "U1", "trigger_id": "1"})
    assert place.post(body, path=path).status_code == 200
    assert len(place.heard) == 1


def test_nothing_else_is_there(place: Place) -> None:
    assert requests.get(f"{place.url}/slack/events", timeout=10).status_code == 405
    assert requests.post(f"{place.url}/slack/other", timeout=10).status_code == 404


@pytest.mark.parametrize("difference", ["none", "other secret", "stale", "from the future", "cut", "other body",
                                        "twice", "no number", "other digits", "not ascii"])  # fmt: skip
def test_what_slack_did_not_sign_just_now_is_401_and_reaches_nobody(place: Place, difference: str) -> None:
    body = urlencode({"command": "/test", "team_id": TEAM, "user_id": "U1", "trigger_id": "1"})
    moment = place.now.timestamp()
    good = signed(body, moment)
    headers = {
        "none": {},
        "other secret": signed(body, moment, "8f742231b10e8888abcd99yyyzzz85a6"),
        "stale": signed(body, moment - 302),
        "from the future": signed(body, moment + 302),
        "cut": good | {"X-Slack-Signature": good["X-Slack-Signature"][:-1]},
        "other body": signed(body + "&text=x", moment),
        "twice": good | {"X-Slack-Signature": f"{good['X-Slack-Signature']}, {good['X-Slack-Signature']}"},
        "no number": good | {"X-Slack-Request-Timestamp": "now"},
        "other digits": good | {"X-Slack-Request-Timestamp": "\u00b2"},
        "not ascii": good | {"X-Slack-Signature": "v0=\u00e9"},
    }[difference]
    encoded = {key: value.encode("latin-1") for key, value in headers.items()}
    answer = place.post(body, encoded)  # type: ignore[arg-type]
    assert (answer.status_code, place.heard) == (401, [])


def test_a_signature_of_five_minutes_ago_is_good(place: Place) -> None:
    body = urlencode({"command": "/test", "team_id": TEAM, "user_id": "U1", "trigger_id": "1"})
    assert place.post(body, signed(body, place.now.timestamp() - 299)).status_code == 200


@pytest.mark.parametrize("body", ["", "{", "[]", "null", "payload=", "payload=%7B", "payload=[]", "payload=1", '{"a":1',
                                  "x", "[1,2]"])  # fmt: skip
@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded", "text/plain"])
def test_signed_nonsense_is_refused(place: Place, body: str, content_type: str) -> None:
    assert place.post(body, content_type=content_type).status_code in (400, 403)
    assert place.heard == []


def test_what_is_too_long_is_413_signed_or_not(place: Place) -> None:
    body = "payload=" + "x" * LONGEST_BODY
    assert place.post(body).status_code == 413
    assert place.post(body, {}).status_code == 413

    def parts() -> object:
        for _ in range(20):
            yield b"x" * (LONGEST_BODY // 10)

    answer = requests.post(f"{place.url}/slack/events", data=parts(), timeout=30)  # type: ignore[arg-type]
    assert answer.status_code == 413
    assert place.heard == []


def test_without_a_signing_secret_nothing_is_taken(place: Place) -> None:
    services = services_for(replace(place.services.settings, signing_secret=None), place.store, place.now)
    with listening(services, place.store, place.now) as other:
        body = urlencode({"command": "/test", "team_id": TEAM, "trigger_id": "1"})
        assert other.post(body).status_code == 401
        assert other.post(body, signed(body, place.now.timestamp(), " ")).status_code == 401
        assert other.heard == []


def test_slacks_check_of_the_address_is_answered(place: Place) -> None:
    answer = place.post(json.dumps({"type": "url_verification", "challenge": "abc"}), content_type="application/json")
    assert (answer.status_code, answer.json()) == (200, {"challenge": "abc"})
    assert place.post("ssl_check=1&token=x").status_code == 200


def test_the_librarys_own_headers_are_not_obeyed(place: Place) -> None:
    body = urlencode({"command": "/test", "team_id": TEAM, "user_id": "U1", "trigger_id": "1"})
    headers = signed(body, place.now.timestamp()) | {
        "X-Slack-Bolt-Lazy-Only": "1",
        "X-Slack-Bolt-Lazy-Function-Name": "f",
    }
    assert place.post(body, headers).status_code == 200
    assert len(place.heard) == 1


def test_nothing_of_bodies_is_logged(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        place.command("hunter2")
        place.command("hunter2", trigger_id="2", team_id="T0OTHER")
        place.post("text=hunter2", {})
        place.post(urlencode({"command": "/nobody", "text": "hunter2", "team_id": TEAM, "trigger_id": "3"}))
    assert caplog.records
    assert "hunter2" not in caplog.text


@pytest.mark.parametrize("payload", [{"actions": 7}, {"actions": []}, {"actions": [7]}, {"user": 7}, {"channel": 7},
                                     {"view": 7}, {"response_urls": [7]}, {"authorizations": [7]},
                                     {"message": 7}])  # fmt: skip
@pytest.mark.parametrize("kind", ["block_actions", "view_submission", "block_suggestion", "event_callback", "shortcut"])
def test_payloads_in_other_shapes_are_no_500(place: Place, payload: dict[str, object], kind: str) -> None:
    whole = {"type": kind, "team": {"id": TEAM}, **payload}
    assert place.post(urlencode({"payload": json.dumps(whole)})).status_code in (200, 400, 403)
    assert place.heard == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["type", "team", "team_id", "user", "view", "actions", "event", "id", "channel", "container",
                         "authorizations", "response_urls", "trigger_id", "command", "enterprise", "message", "state",
                         "is_ext_shared_channel", "event_id", "callback_id", "block_id", "action_id"]),
        inner, max_size=6),
    max_leaves=20,
)  # fmt: skip
KINDS = st.sampled_from(["block_actions", "view_submission", "view_closed", "block_suggestion", "event_callback",
                         "shortcut", "message_action", "block_actions"])  # fmt: skip


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(payload=st.dictionaries(st.text(max_size=8), JSON, max_size=4) | JSON, kind=KINDS, is_form=st.booleans(),
       is_here=st.booleans())  # fmt: skip
def test_signed_garbage_of_any_shape_is_never_a_500(place: Place, payload: object, kind: str, is_form: bool,
                                                    is_here: bool) -> None:  # fmt: skip
    if isinstance(payload, dict):
        payload = {"type": kind, **payload, **({"team": {"id": TEAM}} if is_here else {})}
    text = json.dumps(payload)
    answer = place.post(urlencode({"payload": text})) if is_form else place.post(text, content_type="application/json")
    assert answer.status_code in (200, 400, 403)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=200), signature=st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=80))
def test_unsigned_garbage_is_401(place: Place, body: bytes, signature: str) -> None:
    headers = {"X-Slack-Signature": signature, "X-Slack-Request-Timestamp": str(int(place.now.timestamp()))}
    answer = requests.post(f"{place.url}/slack/events", data=body, headers=headers, timeout=30)
    assert (answer.status_code, place.heard) == (401, [])
