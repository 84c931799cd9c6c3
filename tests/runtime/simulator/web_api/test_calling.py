"""What every call has in common: tokens, scopes, arguments, pages, rate limits."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sym.simulator.apps import AppSettings
from sym.simulator.server import RateLimits, Simulator
from sym.simulator.web_api import METHODS


def call(simulator: Simulator, method: str, body: bytes = b"", **headers: str) -> dict[str, Any]:
    request = urllib.request.Request(simulator.api_url + method, body, headers)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def error_of(client: WebClient, method: str, **arguments: Any) -> dict[str, Any]:
    with pytest.raises(SlackApiError) as refusal:
        client.api_call(method, params=arguments)
    return dict(refusal.value.response.data)


@pytest.mark.parametrize("method", sorted(set(METHODS) - {"api.test", "oauth.v2.access"}))
def test_no_method_answers_without_a_token_or_with_a_wrong_one(simulator: Simulator, method: str) -> None:
    assert call(simulator, method)["error"] == "not_authed"
    assert call(simulator, method, Authorization="Bearer xoxb-wrong")["error"] == "invalid_auth"


def test_a_method_that_is_not_known_is_refused(client: WebClient) -> None:
    assert error_of(client, "chat.postMassage")["error"] == "unknown_method"


def test_the_token_may_be_in_the_header_the_form_or_the_query(simulator: Simulator) -> None:
    token = simulator.bot_token
    form = urllib.parse.urlencode({"token": token}).encode()
    assert call(simulator, "auth.test", Authorization=f"Bearer {token}")["ok"]
    assert call(simulator, "auth.test", form)["ok"]
    assert call(simulator, f"auth.test?token={token}")["ok"]


def test_arguments_may_be_a_form_or_json(simulator: Simulator, ops: Any) -> None:
    token = {"Authorization": f"Bearer {simulator.bot_token}"}
    blocks = [{"type": "divider"}]
    form = urllib.parse.urlencode({"channel": ops.id, "text": "a", "blocks": json.dumps(blocks)}).encode()
    assert call(simulator, "chat.postMessage", form, **token)["message"]["blocks"][0]["type"] == "divider"
    document = json.dumps({"channel": ops.id, "text": "b", "blocks": blocks}).encode()
    posted = call(simulator, "chat.postMessage", document, **token, **{"Content-Type": "application/json"})
    assert posted["message"]["text"] == "b"
    kind = {"Content-Type": "application/json"}
    assert call(simulator, "chat.postMessage", b"{", **token, **kind)["error"] == "invalid_json"
    assert call(simulator, "chat.postMessage", b"[]", **token, **kind)["error"] == "json_not_object"
    assert call(simulator, "chat.postMessage", b"x", **token, **{"Content-Type": "text/html"})["error"] == (
        "invalid_post_type"
    )


def test_the_app_level_token_is_for_connections_alone(simulator: Simulator, client: WebClient) -> None:
    assert error_of(client, "apps.connections.open")["error"] == "not_allowed_token_type"
    app = WebClient(simulator.app_token, base_url=simulator.api_url)
    assert error_of(app, "auth.test")["error"] == "not_allowed_token_type"
    assert app.apps_connections_open(app_token=simulator.app_token)["url"].startswith("ws://127.0.0.1:")


@pytest.fixture
def bare() -> Iterator[Simulator]:
    with Simulator(manifest=AppSettings(scopes=("commands",))) as running:
        yield running


@pytest.mark.parametrize(
    ("method", "arguments", "scope"),
    [
        ("chat.postMessage", {"channel": "C1", "text": "x"}, "chat:write"),
        ("chat.update", {"channel": "C1", "text": "x", "ts": "1.1"}, "chat:write"),
        ("chat.postEphemeral", {"channel": "C1", "text": "x", "user": "U1"}, "chat:write"),
        ("conversations.open", {"users": "U1"}, "im:write"),
        ("conversations.open", {"users": "U1,U2"}, "mpim:write"),
        ("conversations.list", {"types": "private_channel"}, "groups:read"),
        ("conversations.join", {"channel": "C1"}, "channels:join"),
        ("users.info", {"user": "U1"}, "users:read"),
        ("users.list", {}, "users:read"),
        ("users.lookupByEmail", {"email": "a@b.c"}, "users:read.email"),
        ("usergroups.list", {}, "usergroups:read"),
        ("usergroups.users.list", {"usergroup": "S1"}, "usergroups:read"),
        ("team.info", {}, "team:read"),
    ],
)
def test_a_missing_scope_is_named(bare: Simulator, method: str, arguments: dict[str, str], scope: str) -> None:
    answer = error_of(WebClient(bare.bot_token, base_url=bare.api_url), method, **arguments)
    assert (answer["error"], answer["needed"], answer["provided"]) == ("missing_scope", scope, "commands")


def test_a_list_comes_in_pages(simulator: Simulator, client: WebClient) -> None:
    people = [simulator.add_person(f"Nr {n}", email=f"{n}@acme.test").id for n in range(5)]
    seen: list[str] = []
    cursor = None
    for _ in range(4):
        page = client.users_list(limit=2, cursor=cursor)
        seen += [member["id"] for member in page["members"]]
        cursor = page["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert seen == [simulator.installation.bot_user, *people]
    assert error_of(client, "users.list", limit=2, cursor="nonsense")["error"] == "invalid_cursor"
    assert error_of(client, "users.list", limit=0, cursor="")["error"] == "invalid_limit"


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 14, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def test_messages_are_limited_per_channel_if_asked_for() -> None:
    clock = Clock()
    with Simulator(clock=clock) as simulator:
        client = WebClient(simulator.bot_token, base_url=simulator.api_url, retry_handlers=[])
        one, other = simulator.add_channel("one"), simulator.add_channel("other")
        simulator.limit(RateLimits(post_burst=2))
        for _ in range(2):
            client.chat_postMessage(channel=one.id, text="x")
        with pytest.raises(SlackApiError) as refusal:
            client.chat_postMessage(channel=one.id, text="x")
        assert refusal.value.response.status_code == 429
        assert refusal.value.response["error"] == "ratelimited"
        assert refusal.value.response.headers["Retry-After"] == "1"
        client.chat_postMessage(channel=other.id, text="x")
        clock.now += timedelta(seconds=1)
        client.chat_postMessage(channel=one.id, text="x")
        simulator.limit(RateLimits(per_minute={"auth.test": 1}))
        client.auth_test()
        with pytest.raises(SlackApiError):
            client.auth_test()


def test_what_the_token_may_do_is_said_with_every_answer() -> None:
    with Simulator(manifest=AppSettings(scopes=("chat:write", "users:read"))) as simulator:
        client = WebClient(simulator.bot_token, base_url=simulator.api_url)
        assert client.auth_test().headers["x-oauth-scopes"] == "chat:write,users:read"
        with pytest.raises(SlackApiError) as refusal:
            client.conversations_list()
        assert refusal.value.response.headers["x-oauth-scopes"] == "chat:write,users:read"
        nobody = WebClient(base_url=simulator.api_url).api_test()
        assert "x-oauth-scopes" not in {name.lower() for name in nobody.headers}
