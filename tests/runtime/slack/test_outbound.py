"""People are reached in Slack: through the real engine, in the simulated workspace."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest

from sym.audit.events import Actor
from sym.engine.outbound import Outgoing, Undeliverable, Unreachable
from sym.engine.routing import position_of
from sym.simulator.faults import Fault
from sym.slack.blocks.ids import APPROVE, DENY, RETRY, REVOKE, message_block
from sym.store import resources
from tests.runtime.slack.office import Office, buttons_of, routed, text_of

OPS = routed("slack.channel('#ops')")


def outgoing(run_id: str, destination: dict[str, Any]) -> Outgoing:
    return Outgoing(run_id=run_id, destination=destination, id="m1", attempt=1, kind="request", content={})


def test_a_request_is_a_card_in_its_channel_changed_in_place_to_its_end(office: Office) -> None:
    office.channel("#ops")
    office.told.flow(OPS)
    run_id = office.told.requested()
    (card,) = office.posted("#ops")
    assert card.blocks[0]["block_id"] == message_block(office.rows(run_id)[0].id)
    assert buttons_of(card) == [APPROVE, DENY]
    assert office.rows(run_id)[0].reference == {"team": office.slack.team_id, "channel": card.channel, "ts": card.ts}
    office.told.act("bob", "approve", run_id)
    office.told.work()
    (card,) = office.posted("#ops")
    assert buttons_of(card) == [REVOKE]
    assert f"<@{office.ids['ada']}>" in text_of(card)
    office.later(601)
    (card,) = office.posted("#ops")
    assert buttons_of(card) == []
    assert office.calls("chat.postMessage") == 4  # the card, and what ada heard thrice


@pytest.mark.parametrize(
    ("destination", "place"),
    [
        ("slack.channel('#ops')", "#ops"),
        ("slack.channel('ops')", "#ops"),
        ("slack.channel('#secret')", "#secret"),
        ("slack.channel('{ops}')", "#ops"),
        ("slack.user('{bob}')", ("bob",)),
        ("slack.group(['{bob}', '{eve}'])", ("bob", "eve")),
        ("event.user", ("ada",)),
    ],
)
def test_every_kind_of_destination_is_found(office: Office, destination: str, place: Any) -> None:
    ops = office.channel("#ops")
    office.channel("#secret", is_private=True)
    office.told.flow(routed(destination.format(ops=ops, **office.ids)))
    run_id = office.told.requested()
    cards = office.posted(place) if isinstance(place, str) else office.direct(*place)
    assert [row.error for row in office.rows(run_id)] == [None]
    assert [buttons_of(card) for card in cards] == [[APPROVE, DENY]]


def test_the_app_writes_to_a_public_channel_it_is_not_in(office: Office) -> None:
    office.channel("#ops", has_app=False)
    office.told.flow(OPS)
    office.told.requested()
    assert len(office.posted("#ops")) == 1


@pytest.mark.parametrize(
    ("destination", "says"),
    [
        ("slack.channel('#secret')", "There is no channel #secret that the app can see. If it is private, invite"),
        ("slack.channel('#nowhere')", "There is no channel #nowhere"),
        ("slack.channel('#old')", "The channel #old is archived. Unarchive it"),
        ("slack.channel('C0NOWHERE')", "The channel C0NOWHERE does not exist"),
        ("slack.user('U0NOBODY')", "The person is nobody in this workspace"),
    ],
)
def test_a_place_that_cannot_be_written_to_says_what_to_do_and_the_next_is_asked(
    office: Office, destination: str, says: str
) -> None:
    office.channel("#ops")
    office.channel("#secret", is_private=True, has_app=False)
    office.channel("#old")
    office.workspace.channel_named("#old").is_archived = True
    office.told.flow(routed(destination, "slack.channel('#ops')"))
    run_id = office.told.requested()
    first, second = office.rows(run_id)
    assert says in (first.error or "")
    assert (first.status, second.status) == ("failed", "delivered")
    assert len(office.posted("#ops")) == 1


def test_a_channel_that_appears_is_found_by_its_name_soon(office: Office) -> None:
    office.told.flow(OPS)
    failed = office.told.requested()
    assert office.rows(failed)[0].status == "failed"
    office.channel("#ops")
    office.told.later(seconds=16)
    office.told.requested("eve")
    assert len(office.posted("#ops")) == 1


def test_names_of_channels_are_asked_for_page_by_page_and_kept(office: Office) -> None:
    office.channel("#ops")
    office.told.flow(OPS)
    for who in ("ada", "bob", "eve"):
        office.told.requested(who)
    assert len(office.posted("#ops")) == 3
    assert office.calls("conversations.list") == 1


def test_a_person_who_is_not_in_slack_cannot_be_asked_there(office: Office) -> None:
    office.told.flow(routed("event.user"))
    office.told.users["dora"] = office.told._user("dora", "normal", "member")
    run_id = office.told.requested("dora")
    assert "not known in the Slack workspace" in (office.rows(run_id)[0].error or "")


def test_the_requester_hears_of_a_request_in_one_thread_of_direct_messages(office: Office) -> None:
    office.channel("#ops")
    office.told.flow(OPS)
    for _ in range(2):
        run_id = office.told.requested()
        office.told.act("bob", "deny", run_id, "not today")
        office.told.work()
    run_id = office.told.requested()
    office.told.act("bob", "approve", run_id)
    office.told.work()
    office.later(601)
    heard = office.direct("ada")
    threads = {message.thread_ts or message.ts for message in heard}
    assert (len(heard), len(threads)) == (5, 3)
    assert [message.is_reply for message in heard] == [False, False, False, True, True]


def test_a_thread_whose_beginning_was_deleted_goes_on_without_it(office: Office) -> None:
    office.channel("#ops")
    office.told.flow(OPS)
    run_id = office.told.requested()
    office.told.act("bob", "approve", run_id)
    office.told.work()
    for message in [message for message in office.direct("ada") if not message.is_reply]:
        office.workspace.delete(message)
    office.later(601)
    assert [row.status for row in office.rows(run_id, "requester")] == ["delivered"] * 3
    assert "ended" in text_of(office.direct("ada")[-1])


def test_bots_are_not_told_in_slack_what_became_of_their_requests(office: Office) -> None:
    office.channel("#ops")
    office.told.flow(OPS)
    run_id = office.told.requested("ci")
    office.told.act("bob", "deny", run_id)
    office.told.work()
    (row,) = office.rows(run_id, "requester")
    assert (row.status, row.reference) == ("delivered", {})
    assert office.told.trail(run_id) == ["run.requested", "run.denied"]


REFUSES = OPS + "\n@hook\ndef on_approve(event):\n    return ApprovalTemplate.ignore(message='Say why.')\n"


def test_whoever_acts_in_vain_hears_it_where_they_acted_and_nobody_else(office: Office) -> None:
    ops = office.channel("#ops")
    office.told.flow(REFUSES)
    run_id = office.told.requested()
    office.told.act("eve", "approve", run_id, source="slack", channel_identifier=ops)
    office.told.work()
    (reply,) = office.ephemeral("#ops", "eve")
    assert "Say why." in text_of(reply)
    assert office.direct("eve") == []
    assert office.rows(run_id, "reply")[0].reference == {}


@pytest.mark.parametrize("place", [None, "C0NOWHERE", "not an id", "elsewhere"])
def test_where_that_cannot_be_shown_they_hear_it_in_a_direct_message(office: Office, place: str | None) -> None:
    office.channel("#ops")
    channel = office.channel("#elsewhere", members=("ada",)) if place == "elsewhere" else place
    office.told.flow(REFUSES)
    run_id = office.told.requested()
    office.told.act("eve", "approve", run_id, source="slack", channel_identifier=channel)
    office.told.work()
    (reply,) = office.direct("eve")
    assert "Say why." in text_of(reply)


def test_a_card_that_people_have_deleted_is_not_posted_again(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    office.channel("#ops")
    office.told.flow(OPS)
    run_id = office.told.requested()
    office.workspace.delete(office.posted("#ops")[0])
    office.told.act("bob", "deny", run_id)
    office.told.work()
    assert office.posted("#ops") == []
    assert office.rows(run_id)[0].status == "delivered"
    assert "was deleted in Slack and is left so" in caplog.text


def test_the_card_of_a_request_that_is_sent_on_is_marked_and_says_where_to(office: Office) -> None:
    office.channel("#ops")
    office.channel("#second")
    office.told.flow(routed("slack.channel('#ops')", "slack.channel('#second')", timeout=60))
    office.told.requested()
    office.told.later(seconds=61)
    (first,), (second,) = office.posted("#ops"), office.posted("#second")
    assert buttons_of(first) == []
    assert "#second" in text_of(first)
    assert buttons_of(second) == [APPROVE, DENY]


def test_a_failed_grant_can_be_tried_again_from_its_card(office: Office) -> None:
    office.channel("#ops")
    office.told.flow(OPS)
    office.told.door.behave("escalate", "raise RuntimeError('jammed')")
    run_id = office.told.requested()
    office.told.act("bob", "approve", run_id)
    office.told.work()
    office.later(240)
    (card,) = office.posted("#ops")
    assert buttons_of(card) == [RETRY]


# When Slack fails


def test_slack_is_left_alone_for_as_long_as_it_asks(office: Office) -> None:
    office.channel("#ops")
    office.told.flow(OPS)
    office.faults.next_calls("chat.postMessage", [Fault.rate_limited(30)])
    run_id = office.told.requested()
    assert office.told.later(seconds=29) == 0
    office.told.later(seconds=1)
    assert len(office.posted("#ops")) == 1
    (row,) = office.rows(run_id)
    assert (row.status, row.tries) == ("delivered", 0)
    assert office.calls("chat.postMessage") == 2


@pytest.mark.parametrize(
    "fault",
    [Fault.failed(500), Fault.failed(503), Fault.refused("internal_error"), Fault.refused("fatal_error"),
     Fault.connection_lost(), Fault.refused("invalid_auth")],
    ids=["500", "503", "internal_error", "fatal_error", "connection", "token"],
)  # fmt: skip
def test_a_post_that_fails_is_tried_again(office: Office, fault: Fault) -> None:
    office.channel("#ops")
    office.told.flow(OPS)
    office.faults.next_calls("chat.postMessage", [fault])
    run_id = office.told.requested()
    assert office.posted("#ops") == []
    office.told.later(seconds=2)
    assert len(office.posted("#ops")) == 1
    assert office.rows(run_id)[0].status == "delivered"


@pytest.mark.parametrize("has_app", [True, False])
def test_a_post_that_was_taken_although_no_answer_came_is_there_once(office: Office, has_app: bool) -> None:
    office.channel("#ops", has_app=has_app)
    office.told.flow(OPS)
    office.faults.next_calls("chat.postMessage", [Fault.answer_lost()])
    run_id = office.told.requested()
    for chatter in range(450):
        office.workspace.post(office.workspace.channel_named("#ops"), office.ids["eve"], text=f"talk {chatter}")
    office.told.later(seconds=2)
    (card,) = office.posted("#ops")
    assert (office.rows(run_id)[0].reference or {})["ts"] == card.ts
    office.told.act("bob", "deny", run_id)
    office.told.work()
    (card,) = office.posted("#ops")
    assert buttons_of(card) == []


def test_news_in_a_thread_that_was_taken_although_no_answer_came_is_there_once(office: Office) -> None:
    office.channel("#ops")
    office.told.flow(OPS)
    run_id = office.told.requested()
    office.told.act("bob", "approve", run_id)
    office.told.work()
    office.faults.next_calls("chat.postMessage", [Fault.answer_lost()])
    office.later(610)
    assert len(office.direct("ada")) == 3
    assert [row.status for row in office.rows(run_id, "requester")] == ["delivered"] * 3


def test_what_is_found_says_what_holds_by_then(office: Office) -> None:
    office.channel("#ops")
    office.told.flow(OPS)
    office.faults.next_calls("chat.postMessage", [Fault.answer_lost()])
    run_id = office.told.requested()
    office.told.act("bob", "deny", run_id)
    office.told.work()
    office.told.later(seconds=2)
    (card,) = office.posted("#ops")
    assert buttons_of(card) == []


def test_a_lost_card_of_a_request_that_is_sent_on_is_found_and_marked(office: Office) -> None:
    office.channel("#ops")
    office.channel("#second")
    office.told.flow(routed("slack.channel('#ops')", "slack.channel('#second')", timeout=30))
    # Taken, and Slack is not reached again before the request is sent on.
    office.faults.next_calls("chat.postMessage", [Fault.answer_lost()])
    office.faults.next_calls("conversations.history", [Fault.connection_lost()] * 4)
    run_id = office.told.requested()
    for _ in range(40):
        office.told.later(seconds=1)
    (first,), (second,) = office.posted("#ops"), office.posted("#second")
    assert (buttons_of(first), buttons_of(second)) == ([], [APPROVE, DENY])
    assert [row.status for row in office.rows(run_id)] == ["superseded", "delivered"]


def test_without_the_right_to_read_a_message_appears_rather_twice_than_never(office: Office, caplog: Any) -> None:
    office.channel("#ops")
    office.told.flow(OPS)
    scopes = tuple(scope for scope in office.slack.slack.app.settings.scopes if not scope.endswith(":history"))
    office.slack.slack.install(office.slack.team_id, scopes=scopes)
    office.faults.next_calls("chat.postMessage", [Fault.connection_lost()])
    office.told.requested()
    office.told.later(seconds=2)
    assert len(office.posted("#ops")) == 1
    assert "may appear twice" in caplog.text


def test_slack_is_down_for_a_minute_in_the_middle_of_a_request_and_everything_is_right_afterwards(
    office: Office,
) -> None:
    office.channel("#ops")
    office.told.flow(OPS)
    run_id = office.told.requested()
    office.faults.is_down = True
    office.told.act("bob", "approve", run_id)
    office.told.work()
    office.later(60, step=5)
    assert buttons_of(office.posted("#ops")[0]) == [APPROVE, DENY]
    office.faults.is_down = False
    office.later(61, step=5)
    assert buttons_of(office.posted("#ops")[0]) == [REVOKE]
    assert [message.is_reply for message in office.direct("ada")] == [False, True]
    assert {row.status for row in office.rows(run_id) + office.rows(run_id, "requester")} == {"delivered"}


def test_slack_is_down_for_forty_minutes_and_everything_is_right_afterwards(office: Office) -> None:
    office.channel("#ops")
    office.told.flow(OPS)
    office.faults.is_down = True
    run_id = office.told.requested(duration=3600)
    office.told.act("bob", "approve", run_id)
    office.told.work()
    office.later(2400)
    office.faults.is_down = False
    office.later(180, step=30)
    (card,) = office.posted("#ops")
    assert buttons_of(card) == [REVOKE]
    assert len(office.direct("ada")) == 2


def test_while_slack_is_down_a_request_goes_on_to_its_next_notification_and_is_shown_once_in_the_end(
    office: Office,
) -> None:
    office.channel("#ops")
    office.channel("#second")
    office.told.flow(routed("slack.channel('#ops')", "slack.channel('#second')"))
    office.faults.is_down = True
    run_id = office.told.requested()
    office.later(70, step=1)
    assert position_of(office.told.run(run_id).routing) == 1
    office.faults.is_down = False
    office.later(120, step=5)
    assert office.posted("#ops") == []
    assert [buttons_of(card) for card in office.posted("#second")] == [[APPROVE, DENY]]


# Which workspace it is


def slack_integration(office: Office, team: str) -> None:
    """Have the flow's environment name a workspace."""
    slack_id = office.told.save("integration", "slack", {"type": "slack", "name": "slack", "external_id": team})
    integrations = {"door_id": office.told.ids["integration"], "slack_id": slack_id}
    office.told.save("environment", "environment", {"name": "local", "integrations": integrations})


def test_the_environments_slack_integration_names_the_workspace(office: Office) -> None:
    office.channel("#ops")
    office.told.flow(OPS)
    slack_integration(office, office.slack.team_id)
    office.told.requested()
    assert len(office.posted("#ops")) == 1


def test_a_workspace_that_is_not_linked_is_not_written_to(office: Office) -> None:
    office.channel("#ops")
    office.told.flow(OPS)
    slack_integration(office, "T0ELSEWHERE")
    run_id = office.told.requested()
    assert "T0ELSEWHERE is not linked" in (office.rows(run_id)[0].error or "")
    assert office.posted("#ops") == []


def test_without_a_workspace_the_failure_says_what_to_set(office: Office) -> None:
    office.told.flow(OPS)
    run_id = office.told.requested()
    office.workspaces.linked = lambda: []  # type: ignore[method-assign]
    with pytest.raises(Undeliverable, match="SYM_SLACK_BOT_TOKEN"):
        office.outbound.deliver(outgoing(run_id, {"kind": "slack_channel", "name": "#ops"}))


def test_of_several_workspaces_one_has_to_be_named(office: Office) -> None:
    office.told.flow(OPS)
    run_id = office.told.requested()
    (workspace,) = office.workspaces.linked()
    office.workspaces.linked = lambda: [workspace, workspace]  # type: ignore[method-assign]
    with pytest.raises(Undeliverable, match="slack_id"):
        office.outbound.deliver(outgoing(run_id, {"kind": "slack_channel", "name": "#ops"}))


# Looking people up


def test_people_are_found_by_their_e_mail_address(office: Office) -> None:
    team = office.slack.team_id
    found = office.outbound.find_person(service="slack", external_id=team, email="bob@acme.example")
    assert found == office.ids["bob"]
    assert office.outbound.find_person(service="slack", external_id=team, email="no@acme.example") is None
    assert office.outbound.find_person(service="okta", external_id=team, email="bob@acme.example") is None


def test_a_slack_that_is_down_finds_nobody_and_says_so(office: Office) -> None:
    office.workspaces.linked()
    office.faults.is_down = True
    with pytest.raises(Unreachable):
        office.outbound.find_person(service="slack", external_id=office.slack.team_id, email="bob@acme.example")


def test_no_token_is_in_what_a_failure_says_or_in_the_audit_log(office: Office) -> None:
    office.told.flow(OPS)
    office.faults.next_calls("*", [None, Fault.refused("invalid_auth")])
    run_id = office.told.requested()
    assert "xoxb" not in f"{office.rows(run_id)} {office.told.entries(run_id)}"


def test_a_resource_that_is_gone_does_not_keep_the_card_from_being_right(office: Office) -> None:
    office.channel("#ops")
    office.told.flow(OPS)
    slack_integration(office, office.slack.team_id)
    run_id = office.told.requested()
    with office.told.store.transaction() as conn:
        environment = {"name": "local", "integrations": {"door_id": office.told.ids["integration"]}}
        resources.save(conn, "environment", environment, actor=Actor.SYSTEM, now=office.clock.now,
                       resource_id=office.told.ids["environment"])  # fmt: skip
        resources.delete(conn, "integration", office.told.ids["slack"], actor=Actor.SYSTEM, now=office.clock.now)
    office.told.act("bob", "deny", run_id)
    office.told.work()
    assert buttons_of(office.posted("#ops")[0]) == []


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_however_slack_fails_every_card_is_there_once_and_right_in_the_end(office: Office, seed: int) -> None:
    office.channel("#ops")
    office.channel("#second")
    office.told.flow(routed("slack.channel('#ops')", "slack.channel('#second')", timeout=300))
    chance = random.Random(seed)
    trouble = [Fault.answer_lost(), Fault.connection_lost(), Fault.failed(500), Fault.rate_limited(5), None]
    runs: dict[str, str] = {}
    for number in range(8):
        for method in ("chat.postMessage", "chat.update", "conversations.history", "conversations.open"):
            office.faults.next_calls(method, chance.choices(trouble, k=3))
        run_id = office.told.requested(chance.choice(["ada", "eve"]), duration=3600)
        runs[run_id] = chance.choice(["approve", "deny", "", ""])
        if runs[run_id]:
            office.told.act("bob", runs[run_id], run_id)
        office.told.later(seconds=chance.choice([0, 1, 7, 40 if number < 4 else 3]))
    office.later(400, step=5)
    office.faults.clear()
    office.later(600, step=20)
    posted = [*office.posted("#ops"), *office.posted("#second")]
    cards = Counter(str(card.blocks[0]["block_id"]) for card in posted)
    assert set(cards.values()) == {1}
    shown = {str(card.blocks[0]["block_id"]): buttons_of(card) for card in posted}
    for run_id, action in runs.items():
        *before, last = office.rows(run_id)
        # Who was asked last sees what became of it; whoever was asked before sees nothing that could be pressed.
        assert last.status == "delivered"
        assert shown[message_block(last.id)] == ([REVOKE] if action == "approve" else [])
        assert {row.status for row in before} <= {"superseded"}
        assert all(shown.get(message_block(row.id), []) == [] for row in before)
    heard = [message.blocks[0]["block_id"] for name in ("ada", "eve") for message in office.direct(name)]
    wanted = [message_block(row.id) for run_id in runs for row in office.rows(run_id, "requester")]
    assert sorted(heard) == sorted(wanted)
