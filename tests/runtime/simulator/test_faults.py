"""What goes wrong on demand, as a client of Slack's Web API meets it."""

from __future__ import annotations

import http.client
import urllib.error

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from sym.simulator.conversations import Conversation
from sym.simulator.server import Fault, Person, Simulator

LOST = (ConnectionError, http.client.RemoteDisconnected, urllib.error.URLError)


@pytest.fixture
def plain_client(simulator: Simulator) -> WebClient:
    """One that tries nothing twice."""
    return WebClient(simulator.bot_token, base_url=simulator.api_url, retry_handlers=[])


def test_each_fault_happens_once_in_its_turn(simulator: Simulator, plain_client: WebClient) -> None:
    simulator.next_calls("auth.test", [Fault.rate_limited(7), Fault.failed(503), None, Fault.refused("fatal_error")])
    with pytest.raises(SlackApiError) as limited:
        plain_client.auth_test()
    assert (limited.value.response.status_code, limited.value.response.headers["Retry-After"]) == (429, "7")
    with pytest.raises(SlackApiError) as failed:
        plain_client.auth_test()
    assert failed.value.response.status_code == 503
    assert plain_client.auth_test()["ok"]
    with pytest.raises(SlackApiError, match="fatal_error"):
        plain_client.auth_test()
    assert plain_client.auth_test()["ok"]


def test_a_lost_answer_is_a_call_that_was_carried_out(
    simulator: Simulator, plain_client: WebClient, ops: Conversation
) -> None:
    simulator.next_calls("chat.postMessage", [Fault.answer_lost(), Fault.connection_lost(), Fault.hangs(0.05)])
    for text in ("posted", "not posted", "not posted either"):
        with pytest.raises(LOST):
            plain_client.chat_postMessage(channel=ops.id, text=text)
    assert [message.text for message in ops.messages] == ["posted"]


def test_a_client_that_hangs_runs_into_its_own_timeout(simulator: Simulator) -> None:
    client = WebClient(simulator.bot_token, base_url=simulator.api_url, timeout=1, retry_handlers=[])
    simulator.next_calls("*", [Fault.hangs(30)])
    with pytest.raises((TimeoutError, urllib.error.URLError)):
        client.auth_test()


def test_a_client_that_waits_as_told_gets_through(simulator: Simulator) -> None:
    client = WebClient(simulator.bot_token, base_url=simulator.api_url)
    client.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=1))
    simulator.next_calls("auth.test", [Fault.rate_limited(1)])
    assert client.auth_test()["ok"]


def test_when_slack_is_down_nothing_is_answered_and_nobody_acts(
    simulator: Simulator, plain_client: WebClient, ada: Person
) -> None:
    simulator.connect("http://127.0.0.1:9/")
    simulator.down()
    with pytest.raises(LOST):
        plain_client.auth_test()
    assert ada.command("/sym").error == "dispatch_failed"
    simulator.up()
    assert plain_client.auth_test()["ok"]
