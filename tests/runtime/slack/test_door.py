"""Who is let in, and how often."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from sym.slack.door import UNLINKED
from tests.runtime.slack.fake_slack import TEAM, FakeSlack
from tests.runtime.slack.place import Place

CLICK: dict[str, Any] = {
    "type": "block_actions", "team": {"id": TEAM}, "user": {"id": "U1", "team_id": TEAM}, "trigger_id": "1.2.click",
    "container": {"type": "message", "message_ts": "5.6", "channel_id": "C1"}, "channel": {"id": "C1"},
    "actions": [{"action_id": "test", "action_ts": "7.8", "block_id": "b", "type": "button", "value": "r"}],
}  # fmt: skip


def test_a_command_from_a_workspace_that_is_not_linked_is_told_so_to_whoever_typed_it(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    answer = place.command(team_id="T0EVIL\nx")
    assert (answer.status_code, answer.json()) == (200, {"response_type": "ephemeral", "text": UNLINKED})
    assert place.heard == []
    assert "T0EVILx, which is not linked" in caplog.text


@pytest.mark.parametrize("team", [{"id": "T0EVIL"}, None, {}, {"id": 1}, {"id": ["T0ACME"]}])
def test_anything_else_from_there_is_refused(place: Place, team: Any) -> None:
    payload = {**CLICK, "team": team, "user": {"id": "U1"}}
    assert place.interact(payload).status_code in (400, 403)
    assert place.event({"type": "member_joined_channel"}, team="T0EVIL").status_code == 403
    assert place.heard == []


def test_a_modal_opened_from_a_shared_channel_counts_for_the_workspace_of_the_app(place: Place) -> None:
    view = {"id": "V1", "app_installed_team_id": "T0EVIL", "callback_id": "x"}
    assert place.interact({**CLICK, "type": "view_submission", "view": view}).status_code == 403


def test_a_replayed_click_does_nothing_twice(place: Place) -> None:
    assert [place.interact(CLICK).status_code for _ in range(3)] == [200] * 3
    assert len(place.heard) == 1
    place.interact({**CLICK, "trigger_id": "another", "actions": [{**CLICK["actions"][0], "action_ts": "7.9"}]})
    assert len(place.heard) == 2


def test_a_replayed_command_does_nothing_twice(place: Place) -> None:
    for _ in range(2):
        assert place.command("hello").status_code == 200
    assert len(place.heard) == 1


def test_an_event_that_slack_repeats_is_heard_once(place: Place) -> None:
    for number in range(3):
        headers = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": "http_timeout"} if number else {}
        answer = place.event({"type": "member_joined_channel", "user": "U1", "channel": "C1"}, headers=headers)
        assert answer.status_code == 200
    place.slack.stop()
    assert len(place.heard) == 1


def test_what_nobody_listens_to_is_acknowledged(place: Place) -> None:
    click = {**CLICK, "actions": [{**CLICK["actions"][0], "action_id": "nobody"}]}
    assert place.interact(click).status_code == 200
    assert place.event({"type": "team_join", "user": {"id": "U1"}}).status_code == 200
    assert place.heard == []


def test_while_slack_does_not_say_whose_the_token_is_nothing_is_taken_and_may_come_again(
    place: Place, fake_slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_slack.is_down = True
    answer = place.command("hello")
    assert (answer.status_code, answer.json()["response_type"]) == (200, "ephemeral")
    assert place.interact(CLICK).status_code == 503
    assert place.heard == []
    fake_slack.is_down = False
    monkeypatch.setattr(place.services.workspaces, "_asked_at", -1000.0)
    assert place.interact(CLICK).status_code == 200
    assert len(place.heard) == 1


def test_what_breaks_before_it_is_handled_may_come_again(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    from slack_bolt import BoltResponse

    dispatch = place.slack.app.dispatch
    monkeypatch.setattr(place.slack.app, "dispatch", lambda _: BoltResponse(status=500))
    assert place.interact(CLICK).status_code == 500
    monkeypatch.setattr(place.slack.app, "dispatch", dispatch)
    assert place.interact(CLICK).status_code == 200
    assert len(place.heard) == 1


def test_the_listener_has_a_client_for_the_workspace(place: Place, fake_slack: FakeSlack) -> None:
    found: list[Any] = []

    def listens(ack: Any, client: Any, context: Any) -> None:
        found.append((client.token, client.base_url, context.team_id, context.bot_user_id))
        ack()

    place.slack.app.command("/client")(listens)
    place.command(command="/client")
    assert found == [(fake_slack.tokens[TEAM], fake_slack.api_url, TEAM, f"UBOT{TEAM}")]


def test_the_programs_own_loggers_keep_their_level(place: Place) -> None:
    place.command("hello")
    assert logging.getLogger("sym").level == logging.NOTSET
