"""What comes over Slack's socket: the same listeners, the same door."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from queue import Empty
from typing import Any

import pytest
from slack_bolt import BoltResponse
from websockets.exceptions import ConnectionClosed

from sym.slack import socket_mode
from sym.slack.door import UNLINKED
from sym.slack.socket_mode import SocketMode
from sym.store.database import Store
from tests.runtime.slack.fake_slack import APP_TOKEN, TEAM, FakeSlack
from tests.runtime.slack.place import Place, listening, services_for, settings_for
from tests.runtime.slack.test_door import CLICK


def until(condition: Callable[[], bool]) -> None:
    """Wait for something that happens soon."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def socketed(fake_slack: FakeSlack, one_store: Store, now: datetime) -> Iterator[Place]:
    """The app over Socket Mode alone: it has no signing secret."""
    settings = settings_for(fake_slack, app_token=APP_TOKEN, signing_secret=None)
    with listening(services_for(settings, one_store, now), one_store, now) as place:
        until(
            lambda: (
                bool(fake_slack.connections) and place.slack._socket is not None and place.slack._socket.is_connected
            )
        )
        yield place


def send(fake: FakeSlack, payload: dict[str, Any], envelope: str = "e1", kind: str = "interactive",
         **more: Any) -> dict[str, Any]:  # fmt: skip
    """Send it over the socket; gives what is answered."""
    fake.send({"type": kind, "envelope_id": envelope, "accepts_response_payload": True, "payload": payload, **more})
    answer = fake.answers.get(timeout=30)
    assert answer.pop("envelope_id") == envelope
    return answer


def command(**details: str) -> dict[str, Any]:
    return {"command": "/test", "text": "hello", "team_id": TEAM, "user_id": "U1", "trigger_id": "1.2.a", **details}


def test_a_command_reaches_its_listener_and_is_acknowledged(socketed: Place, fake_slack: FakeSlack) -> None:
    assert send(fake_slack, command(), kind="slash_commands") in ({}, {"payload": {}})
    assert [kind for kind, _ in socketed.heard] == ["command"]
    assert socketed.slack.problems() == []


def test_what_is_answered_goes_with_the_acknowledgement(socketed: Place, fake_slack: FakeSlack) -> None:
    socketed.slack.app.command("/text")(lambda ack: ack("plain"))
    socketed.slack.app.command("/json")(lambda ack: ack({"response_type": "ephemeral", "text": "x"}))
    assert send(fake_slack, command(command="/text"), kind="slash_commands") == {"payload": {"text": "plain"}}
    answer = send(fake_slack, command(command="/json", trigger_id="2"), "e2", kind="slash_commands")
    assert answer == {"payload": {"response_type": "ephemeral", "text": "x"}}


def test_a_workspace_that_is_not_linked_and_a_replay_are_refused_here_too(
    socketed: Place, fake_slack: FakeSlack
) -> None:
    answer = send(fake_slack, command(team_id="T0EVIL"), kind="slash_commands")
    assert answer["payload"]["text"] == UNLINKED
    assert send(fake_slack, {**CLICK, "team": {"id": "T0EVIL"}, "user": {"id": "U1"}}) == {}
    assert socketed.heard == []
    for envelope in ("e1", "e2"):
        assert send(fake_slack, CLICK, envelope) in ({}, {"payload": {}})
    assert len(socketed.heard) == 1


def test_what_cannot_be_worked_off_now_is_not_acknowledged_so_that_slack_sends_it_again(
    socketed: Place, fake_slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused: list[object] = []

    def refuse(request: object) -> BoltResponse:
        refused.append(request)
        return BoltResponse(status=503)

    with monkeypatch.context() as broken:
        broken.setattr(socketed.slack.door, "enter", refuse)
        fake_slack.send({"type": "interactive", "envelope_id": "e0", "payload": CLICK})
        until(lambda: bool(refused))
    answer = send(fake_slack, CLICK, "e1")
    assert answer in ({}, {"payload": {}})  # the first that is answered at all
    assert len(socketed.heard) == 1


@pytest.mark.parametrize("payload", [{}, {"type": "block_actions", "actions": 7, "team": {"id": TEAM}}, {"team": 5}])
def test_garbage_is_acknowledged_and_the_socket_goes_on(
    socketed: Place, fake_slack: FakeSlack, payload: dict[str, Any]
) -> None:
    fake_slack.connections[-1].send("no json")
    send(fake_slack, payload)
    send(fake_slack, command(), "e2", kind="slash_commands")
    assert [kind for kind, _ in socketed.heard][-1] == "command"


def test_a_connection_that_is_lost_is_made_anew(socketed: Place, fake_slack: FakeSlack) -> None:
    fake_slack.connections[-1].close()
    until(lambda: len(fake_slack.connections) > 1)
    until(lambda: socketed.slack._socket is not None and socketed.slack._socket.is_connected)
    send(fake_slack, command(), kind="slash_commands")
    assert len(socketed.heard) == 1


def test_slack_may_ask_for_a_new_connection(socketed: Place, fake_slack: FakeSlack) -> None:
    fake_slack.send({"type": "disconnect", "reason": "refresh_requested"})
    until(lambda: len(fake_slack.connections) > 1)
    send(fake_slack, command(), kind="slash_commands")
    assert len(socketed.heard) == 1


def test_over_http_nothing_is_taken_without_a_signing_secret(socketed: Place) -> None:
    assert socketed.command().status_code == 401


def test_a_slack_that_is_down_at_the_start_is_tried_until_it_is_up(
    fake_slack: FakeSlack, one_store: Store, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket_mode, "_PAUSES", (0.05,))
    fake_slack.is_down = True
    settings = settings_for(fake_slack, app_token=APP_TOKEN)
    with listening(services_for(settings, one_store, now), one_store, now) as place:
        socket = place.slack._socket
        assert isinstance(socket, SocketMode)
        until(lambda: fake_slack.count("apps.connections.open") > 1)
        assert socket.problems() == []  # a short gap is none
        monkeypatch.setattr(socket_mode, "TOLERATED_SECONDS", -1.0)
        (problem,) = socket.problems()
        assert problem.startswith("Slack's socket is not connected: ")
        fake_slack.is_down = False
        until(lambda: socket.is_connected)
        assert socket.problems() == []


def test_a_token_that_slack_refuses_is_named(
    fake_slack: FakeSlack, one_store: Store, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket_mode, "TOLERATED_SECONDS", -1.0)
    settings = settings_for(fake_slack, app_token="xapp-wrong")
    with listening(services_for(settings, one_store, now), one_store, now) as place:
        until(lambda: fake_slack.count("apps.connections.open") > 0)
        until(lambda: "SYM_SLACK_APP_TOKEN: invalid_auth" in str(place.slack.problems()))
        assert "xapp" not in str(place.slack.problems())


def test_nothing_is_taken_after_it_has_stopped(socketed: Place, fake_slack: FakeSlack) -> None:
    socketed.slack.stop()
    with pytest.raises((ConnectionClosed, Empty)):
        send(fake_slack, command(), kind="slash_commands")
    assert socketed.heard == []
