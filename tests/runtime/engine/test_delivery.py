"""People are told: through the real engine, before a surface that keeps what everybody sees."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sym.engine import cards
from sym.engine import delivery as delivery_module
from sym.engine.delivery import LANES, TRIES
from sym.engine.lifecycle import Decision
from sym.engine.notices import Told
from sym.engine.outbound import Unreachable
from sym.engine.views import load_world
from sym.store.messages import Message, due_messages, messages_of_run
from sym.store.runs import move_run
from tests.fakes.people import RecordingOutbound
from tests.runtime.engine.conftest import OPEN, Clock, Door, Engine

ROUTED = (
    OPEN
    + """
from sym.sdk.integrations import slack
from sym.sdk.notifications import Notification

@reducer
def get_request_notifications(event):
    return [Notification(destinations=[slack.channel("#first"), event.user], timeout=60),
            Notification(destinations=[slack.channel("#second")], timeout=30)]
"""
)


@pytest.fixture
def people() -> RecordingOutbound:
    return RecordingOutbound()


@pytest.fixture
def told(store: Any, sandbox: Any, clock: Clock, authors_folder: Path, people: RecordingOutbound) -> Any:
    """An engine whose people can be reached."""
    made = Engine(store, sandbox, clock, Door(authors_folder / f"{uuid.uuid4()}.db"), people)
    yield made
    assert people.wrong == []


def messages(engine: Any, run_id: str, kind: str = "request") -> list[Message]:
    with engine.store.reading() as conn:
        return [message for message in messages_of_run(conn, run_id) if message.kind == kind]


def test_a_request_is_shown_where_the_flow_says(told: Any, people: RecordingOutbound) -> None:
    field = {"name": "reason", "type": "string", "label": "Why?"}
    told.flow(ROUTED, fields=[field], include_decision_message=True)
    run_id = told.requested(reason="INC-1")
    (card,) = people.at("#first")
    assert people.at(told.users["ada"].id) == [card]
    assert (card["state"], card["actions"], card["asks_decision_message"]) == ("requested", ["approve", "deny"], True)
    run = card["run"]
    assert (run["id"], run["requester"]["username"], run["duration"]) == (run_id, "ada@acme.example", 600)
    assert run["target"] == {"name": "readers", "label": "readers", "type": "custom"}
    assert run["fields"] == [{"name": "reason", "label": "Why?", "type": "string", "value": "INC-1"}]
    assert {message.status for message in messages(told, run_id)} == {"delivered"}
    assert people.at("#second") == []
    assert told.trail(run_id) == ["run.requested"]


def test_the_card_follows_the_run_to_its_end(told: Any, people: RecordingOutbound) -> None:
    told.flow(ROUTED)
    run_id = told.requested()
    told.act("bob", "approve", run_id, "go ahead")
    told.work()
    (card,) = people.at("#first")
    assert (card["state"], card["actions"]) == ("granted", ["revoke"])
    (decided,) = [event for event in told.events(run_id) if event.name == "approve"]
    assert card["decision"] == {
        "at": decided.created_at.isoformat(), "action": "approve", "message": "go ahead", "reason": None,
        "by": {"user_id": told.users["bob"].id, "username": "bob@acme.example", "email": "bob@acme.example",
               "name": "bob@acme.example"},
    }  # fmt: skip
    assert card["ends_at"] == told.run(run_id).expires_at.isoformat()
    told.later(seconds=601)
    (card,) = people.at("#first")
    assert (card["state"], card["actions"]) == ("ended", [])
    assert people.heard(told.users["ada"].id) == ["approved", "granted", "ended"]
    first = people.order[0]
    assert people.times(first)["deliver"] == 1
    assert {message.status for message in messages(told, run_id)} == {"delivered"}


def test_the_requester_has_one_thread(told: Any, people: RecordingOutbound) -> None:
    told.flow(ROUTED)
    run_id = told.requested()
    told.act("bob", "approve", run_id)
    told.work()
    ids = {message.id for message in messages(told, run_id, "requester")}
    first, second = (people.shown[message_id] for message_id in people.order if message_id in ids)
    assert first.thread is None
    assert second.thread == {"place": told.users["ada"].id, "ts": first.id}


def test_a_request_nobody_decides_is_sent_on_and_then_expires(told: Any, people: RecordingOutbound) -> None:
    told.flow(ROUTED)
    run_id = told.requested()
    told.later(seconds=59)
    assert people.at("#second") == []
    told.later(seconds=2)
    (first,), (second,) = people.at("#first"), people.at("#second")
    assert (first["state"], first["actions"], first["forwarded_to"]) == ("forwarded", [], "#second")
    assert (second["state"], second["actions"], second["position"]) == ("requested", ["approve", "deny"], 1)
    assert [message.status for message in messages(told, run_id)] == ["superseded", "superseded", "delivered"]
    told.later(seconds=31)
    assert told.run(run_id).status == "expired"
    assert people.at("#second")[0]["state"] == "expired"
    assert people.at("#first")[0]["state"] == "forwarded"
    assert people.heard(told.users["ada"].id) == ["forwarded", "expired"]
    assert told.trail(run_id) == ["run.requested", "run.forwarded", "run.expired"]


FORWARD_HOOKS = """
@hook
def on_request_forward(event, context):
    places = [str(place) for place in context.all_request_destinations]
    assert (context.current_destination_index, context.next_destination_index) == (0, 1), places
    assert "#first" in places[0] and "#second" in places[1], places
    return {returns}

@hook
def after_request_forward(event, context):
    assert (context.current_destination_index, context.next_destination_index) == (0, 1)
    raise ValueError("after " + event.name)

@hook
def on_request_expire(event):
    return ApprovalTemplate.deny()
"""


def test_hooks_may_say_what_becomes_of_a_request_that_is_sent_on_or_expires(told: Any) -> None:
    told.flow("from sym.sdk import ApprovalTemplate\n" + ROUTED + FORWARD_HOOKS.format(returns="None"))
    run_id = told.requested()
    told.later(seconds=61)
    (sent_on,) = (event for event in told.events(run_id) if event.name == "forward" and event.phase == "done")
    assert "in after_request_forward: ValueError: after request_forward" in (sent_on.error or "")
    assert told.run(run_id).routing["position"] == 1
    told.later(seconds=31)
    assert told.run(run_id).status == "denied"
    assert told.trail(run_id) == ["run.requested", "run.forwarded", "event.failed", "run.denied"]


@pytest.mark.parametrize(
    ("returns", "status", "trail"),
    [("ApprovalTemplate.approve()", "approved", "run.approved"), ("ApprovalTemplate.ignore()", "requested",
      "event.ignored"), ("1 / 0", "requested", "event.failed")],
)  # fmt: skip
def test_a_request_that_is_sent_on_can_be_decided_kept_and_is_not_lost_by_a_bad_hook(
    told: Any, returns: str, status: str, trail: str
) -> None:
    told.flow("from sym.sdk import ApprovalTemplate\n" + ROUTED + FORWARD_HOOKS.format(returns=returns), access=False)
    run_id = told.requested()
    told.later(seconds=61)
    assert told.run(run_id).status == status
    assert told.trail(run_id)[1] == trail
    assert told.run(run_id).routing["position"] == (1 if trail == "event.failed" else 0)


def test_a_decision_in_time_keeps_the_request_where_it_is(told: Any, people: RecordingOutbound) -> None:
    told.flow(ROUTED)
    run_id = told.requested()
    told.act("bob", "deny", run_id, "not today")
    told.work()
    told.later(seconds=100)
    assert told.run(run_id).status == "denied"
    assert people.at("#second") == []
    (card,) = people.at("#first")
    assert (card["state"], card["decision"]["action"], card["decision"]["message"]) == ("denied", "deny", "not today")
    assert told.trail(run_id) == ["run.requested", "run.denied"]


def test_when_all_destinations_fail_the_next_are_told_at_once(told: Any, people: RecordingOutbound) -> None:
    told.flow(ROUTED)
    people.leave("#first", for_good=True)
    people.leave(told.users["ada"].id, for_good=True)
    run_id = told.requested()
    assert people.at("#second")[0]["state"] == "requested"
    assert told.run(run_id).routing["position"] == 1
    assert told.trail(run_id)[:4] == ["run.requested", "message.failed", "message.failed", "run.forwarded"]
    # The timer of the first notification finds another one out; that of the second runs from when it was told.
    told.later(seconds=20)
    assert told.run(run_id).status == "requested"
    told.later(seconds=11)
    assert told.run(run_id).status == "expired"


def test_one_destination_that_is_reached_is_enough(told: Any, people: RecordingOutbound) -> None:
    told.flow(ROUTED)
    people.leave("#first", for_good=True)
    run_id = told.requested()
    assert told.run(run_id).routing["position"] == 0
    assert people.at("#second") == []
    assert told.trail(run_id) == ["run.requested", "message.failed"]


def test_a_request_that_reaches_nobody_stays_decidable(told: Any, people: RecordingOutbound) -> None:
    told.flow(ROUTED)
    for place in ("#first", "#second", told.users["ada"].id):
        people.leave(place, for_good=True)
    run_id = told.requested()
    assert told.run(run_id).status == "requested"
    told.act("bob", "approve", run_id)
    told.work()
    assert told.run(run_id).status == "escalated"


LEGACY = """
from sym.sdk.integrations import slack

@reducer
def get_approvers(event):
    return slack.fallback(slack.channel("#first", timeout=60), slack.channel("#second", allow_self=True), {})
"""


def test_a_fallback_stops_where_it_is_told_to(told: Any, people: RecordingOutbound) -> None:
    told.flow(LEGACY.format("continue_on_delivery_failure=False"))
    people.leave("#first", for_good=True)
    run_id = told.requested()
    assert people.at("#second") == []
    told.later(seconds=61)
    assert told.run(run_id).status == "expired"


def test_self_approval_is_what_the_destination_that_is_out_says(told: Any, people: RecordingOutbound) -> None:
    from sym.errors import Refused

    told.flow(LEGACY.format("continue_on_timeout=True"))
    run_id = told.requested()
    with pytest.raises(Refused, match="own requests"):
        told.act("ada", "approve", run_id)
    told.later(seconds=61)
    told.act("ada", "approve", run_id)
    told.work()
    assert told.run(run_id).status == "escalated"


def test_a_delivery_is_tried_with_growing_pauses_and_after_six_tries_others_are_asked(
    told: Any, people: RecordingOutbound
) -> None:
    told.flow(ROUTED.replace(", event.user], timeout=60", "]"))
    people.leave("#first")
    run_id = told.requested()
    for tries, pause in enumerate((2, 4, 8, 16, 32), start=1):
        (message,) = messages(told, run_id)
        assert (message.status, message.tries) == ("waiting", tries)
        assert told.later(seconds=pause - 1) == 0
        told.later(seconds=1)
    message, second = messages(told, run_id)
    assert "#first" in (message.error or "")
    assert people.times(message.id) == {"deliver": TRIES, "find": 1}
    assert second.status == "delivered"
    assert told.trail(run_id) == ["run.requested", "message.failed", "run.forwarded"]
    # What never appeared is not shown any more.
    people.come_back("#first")
    told.later(seconds=10)
    assert people.at("#first") == []
    assert messages(told, run_id)[0].status == "superseded"


LAST = ROUTED.replace(", event.user], timeout=60", "]").replace(
    'Notification(destinations=[slack.channel("#second")], timeout=30)', ""
)


def test_the_only_card_is_tried_for_a_day_and_appears_when_its_place_is_back(
    told: Any, people: RecordingOutbound
) -> None:
    told.flow(LAST)
    people.leave("#first")
    run_id = told.requested()
    for _ in range(TRIES - 1):
        told.later(seconds=32)
    assert told.trail(run_id) == ["run.requested", "message.failed"]
    for _ in range(20):
        assert told.later(seconds=59) == 0
        told.later(seconds=1)
    assert told.trail(run_id) == ["run.requested", "message.failed"]
    people.come_back("#first")
    told.later(seconds=60)
    (card,) = people.at("#first")
    assert card["state"] == "requested"
    assert messages(told, run_id)[0].status == "delivered"


def test_after_a_day_a_message_is_given_up_without_another_word(
    told: Any, people: RecordingOutbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery_module, "MOST_TRIES", TRIES + 2)
    told.flow(LAST)
    people.leave("#first")
    run_id = told.requested()
    for _ in range(TRIES + 1):
        told.later(seconds=60)
    (message,) = messages(told, run_id)
    assert (message.status, message.tries, message.due_at) == ("failed", TRIES + 2, None)
    assert told.trail(run_id) == ["run.requested", "message.failed"]
    assert told.later(days=1) == 0


def test_a_card_that_is_out_is_right_in_the_end_however_long_its_place_was_away(
    told: Any, people: RecordingOutbound
) -> None:
    told.flow(LAST)
    run_id = told.requested(duration=3600)
    people.leave("#first")
    told.act("bob", "approve", run_id)
    told.work()
    for _ in range(15):
        told.later(seconds=60)
    people.come_back("#first")
    told.later(seconds=60)
    (card,) = people.at("#first")
    assert card["state"] == "granted"
    assert told.trail(run_id).count("message.failed") == 1


def test_waiting_as_long_as_a_surface_asks_for_is_no_try_in_vain(told: Any, people: RecordingOutbound) -> None:
    told.flow(LAST)
    people.away["#first"] = Unreachable("Too many messages.", retry_after=30)
    run_id = told.requested()
    for _ in range(10):
        assert told.later(seconds=29) == 0
        told.later(seconds=1)
    (message,) = messages(told, run_id)
    assert (message.status, message.tries) == ("waiting", 0)
    assert told.trail(run_id) == ["run.requested"]
    people.come_back("#first")
    told.later(seconds=30)
    assert len(people.at("#first")) == 1


def test_a_surface_that_always_asks_to_wait_counts_as_unreachable_in_the_end(
    told: Any, people: RecordingOutbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery_module, "MOST_UNCOUNTED", 3)
    told.flow(LAST)
    people.away["#first"] = Unreachable("Too many messages.", retry_after=1)
    run_id = told.requested()
    for _ in range(3 + TRIES):
        told.later(seconds=60)
    assert told.trail(run_id) == ["run.requested", "message.failed"]


def test_a_card_whose_delivery_nobody_noted_is_found_and_marked_when_its_request_is_sent_on(
    told: Any, people: RecordingOutbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    told.flow(ROUTED.replace(", event.user], timeout=60", "], timeout=60"))

    def die(*_: Any, **__: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as dying:
        dying.setattr(delivery_module, "move_message", die)
        run_id = told.request().run_id
        with pytest.raises(SystemExit):
            told.work()
    (card,) = people.at("#first")
    assert card["state"] == "requested"
    told.later(seconds=61)
    (card,) = people.at("#first")
    assert (card["state"], card["actions"]) == ("forwarded", [])
    message, _ = messages(told, run_id)
    assert (message.status, (message.reference or {})["ts"]) == ("superseded", message.id)
    assert people.times(message.id) == {"deliver": 1, "find": 1, "update": 1}


def test_a_thread_is_begun_once_however_close_its_messages_are(told: Any, people: RecordingOutbound) -> None:
    told.flow(ROUTED.replace(", event.user], timeout=60", "], timeout=60"))
    run_id = told.requested()
    ada = told.users["ada"].id
    people.leave(ada)
    for seconds in (61, 2, 4, 8, 17):
        told.later(seconds=seconds)
    people.come_back(ada)
    first, second = messages(told, run_id, "requester")
    assert (people.times(first.id), people.times(second.id)) == ({"deliver": 5}, {})
    told.later(seconds=32)
    told.later(seconds=1)
    assert people.shown[first.id].thread is None
    assert people.shown[second.id].thread == {"place": ada, "ts": first.id}
    assert people.heard(ada) == ["forwarded", "expired"]


def test_a_surface_that_hangs_leaves_threads_to_the_life_cycle(told: Any, people: RecordingOutbound) -> None:
    told.flow(LAST)
    runs = [told.request().run_id for _ in range(LANES + 1)]
    for _ in runs:  # their decisions come first
        phase, event_id, attempt = told.jobs.take()
        assert phase == "decide"
        told.executor.phases()[phase](event_id, attempt)
    is_over, in_hand = threading.Event(), threading.Barrier(LANES + 1)

    def hang(_: Any) -> None:
        in_hand.wait(30)
        assert is_over.wait(30)

    people.after = hang
    jobs = [told.jobs.take() for _ in runs]
    threads = [threading.Thread(target=told.delivery.deliver, args=job[1:]) for job in jobs[:-1]]
    for thread in threads:
        thread.start()
    in_hand.wait(30)
    people.after = None
    told.delivery.deliver(*jobs[-1][1:])  # returns at once
    (row,) = (row for run_id in runs for row in messages(told, run_id) if row.id == jobs[-1][1])
    assert (row.status, row.attempt, row.tries) == ("waiting", 2, 0)
    is_over.set()
    for thread in threads:
        thread.join(30)
    told.later(seconds=1)
    assert len(people.at("#first")) == LANES + 1


def test_a_card_says_when_it_was_asked_for_until_when_and_since_when_it_is_as_it_is(
    told: Any, people: RecordingOutbound
) -> None:
    told.flow(ROUTED)
    start = told.clock.now
    run_id = told.requested()
    (card,) = people.at("#first")
    moments = {"requested_at": start, "times_out_at": start + timedelta(seconds=60), "decided_at": None}
    assert {name: card[name] for name in moments} == {
        name: moment and moment.isoformat() for name, moment in moments.items()
    }
    told.later(seconds=10)
    told.act("bob", "deny", run_id)
    told.work()
    (card,) = people.at("#first")
    assert (card["requested_at"], card["times_out_at"]) == (start.isoformat(), None)
    assert card["decided_at"] == (start + timedelta(seconds=10)).isoformat()


def test_a_card_says_who_ended_access_early(told: Any, people: RecordingOutbound) -> None:
    told.flow(ROUTED)
    first, second = told.escalated("ada", target_srn="acme:access_target:custom:admins:latest"), told.escalated("eve")
    told.act("bob", "deescalate", first)
    told.work()
    told.later(seconds=601)
    ended = {card["run"]["id"]: card for card in people.at("#first")}
    assert {card["state"] for card in ended.values()} == {"ended"}
    assert ended[first]["ended_by"]["user_id"] == told.users["bob"].id
    assert ended[second]["ended_by"] is None


def test_admins_can_try_a_failed_grant_again_from_its_card(told: Any, people: RecordingOutbound) -> None:
    told.flow(ROUTED)
    told.door.behave("escalate", "raise RuntimeError('the door is jammed')")
    run_id = told.requested()
    told.act("bob", "approve", run_id)
    told.work()
    for _ in range(4):
        told.later(seconds=60)
    assert told.run(run_id).status == "errored"
    (card,) = people.at("#first")
    assert (card["state"], card["actions"]) == ("errored", ["retry"])
    told.door.behave("escalate", None)
    told.act("root", "retry", run_id)
    told.work()
    assert people.at("#first")[0]["state"] == "granted"


def test_what_was_never_approved_cannot_be_tried_again(told: Any, people: RecordingOutbound) -> None:
    told.flow(ROUTED + "\n@hook\ndef after_request(event):\n    pass\n")
    run_id = told.requested()
    with told.store.transaction() as conn:
        move_run(conn, told.run(run_id), status="errored", updated_at=told.clock.now)
    with told.store.reading() as conn:
        world = load_world(conn, told.run(run_id), told.events(run_id)[0])
    card = cards.request_card(Told(world=world, run=told.run(run_id), lease=None, decision=Decision()))
    assert (card["state"], card["actions"]) == ("errored", [])
    assert people.wrong == []


def test_whoever_acts_in_slack_hears_it_where_they_acted(told: Any, people: RecordingOutbound) -> None:
    told.flow(ROUTED + "\n@hook\ndef on_approve(event):\n    return ApprovalTemplate.ignore(message='Say why.')\n")
    run_id = told.requested()
    told.act("eve", "approve", run_id, source="slack", channel_identifier="C1")
    told.work()
    (reply,) = messages(told, run_id, "reply")
    assert reply.destination == {"kind": "person", "user_id": told.users["eve"].id, "channel": "C1"}


def test_a_place_that_comes_back_is_told_what_holds_by_then(told: Any, people: RecordingOutbound) -> None:
    told.flow(ROUTED)
    people.leave("#first")
    run_id = told.requested()
    told.act("bob", "approve", run_id)
    told.work()
    people.come_back("#first")
    told.later(seconds=2)
    (card,) = people.at("#first")
    assert card["state"] == "granted"
    assert told.trail(run_id) == ["run.requested", "run.approved", "run.escalated"]


def test_a_crash_between_delivery_and_its_note_shows_the_message_once(
    told: Any, people: RecordingOutbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    told.flow(ROUTED.replace("timeout=60", "timeout=600"))

    def die(*_: Any, **__: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as dying:
        dying.setattr(delivery_module, "move_message", die)
        run_id = told.request().run_id
        with pytest.raises(SystemExit):
            told.work()
    ((_, in_hand, attempt),) = people.calls
    told.work()
    told.later(seconds=91)
    assert told.sweeper.sweep() == 1
    told.work()
    message = next(item for item in messages(told, run_id) if item.id == in_hand)
    assert [call for call in people.calls if call[1] == in_hand] == [
        ("deliver", in_hand, attempt), ("deliver", in_hand, attempt + 1),
    ]  # fmt: skip
    assert people.order.count(in_hand) == 1
    assert (message.status, (message.reference or {})["ts"]) == ("delivered", in_hand)


def test_a_run_that_moves_while_its_card_is_delivered_gets_the_right_card(told: Any, people: RecordingOutbound) -> None:
    told.flow(ROUTED.replace(", event.user], timeout=60", "]"))
    moved: list[str] = []

    def deny_meanwhile(outgoing: Any) -> None:
        if not moved and outgoing.kind == "request":
            moved.append(outgoing.run_id)
            told.act("bob", "deny", outgoing.run_id)
            event = told.named(outgoing.run_id, "deny")
            told.executor.phases()["decide"](event.id, 1)

    people.after = deny_meanwhile
    run_id = told.requested()
    (card,) = people.at("#first")
    assert card["state"] == "denied"
    (message,) = messages(told, run_id)
    assert (message.status, message.content["state"]) == ("delivered", "denied")


def test_errors_are_told_to_the_environments_error_logger(told: Any, people: RecordingOutbound) -> None:
    told.flow(ROUTED + "\n@hook\ndef on_approve(event):\n    raise ValueError('broken')\n")
    slack = told.save("integration", "slack", {"type": "slack", "name": "slack", "external_id": "T1"})
    logger = told.save("error_logger", "logger", {"integration_id": slack, "destination": "#errors"})
    told.save("environment", "environment", {
        "name": "local", "integrations": {"door_id": told.ids["integration"]}, "error_logger_id": logger,
    })  # fmt: skip
    run_id = told.requested()
    told.act("bob", "approve", run_id)
    told.work()
    (report,) = people.reports.values()
    assert report.destination == {"kind": "error_logger", "integration_id": slack, "channel": "#errors"}
    assert (report.content["what"], report.content["event"], report.run_id) == ("event.failed", "approve", run_id)
    assert "ValueError: broken" in report.content["text"]
    assert people.heard(told.users["ada"].id) == []


def test_whoever_acts_in_slack_hears_why_it_came_to_nothing(told: Any, people: RecordingOutbound) -> None:
    told.flow(ROUTED + "\n@hook\ndef on_approve(event):\n    return ApprovalTemplate.ignore(message='Say why.')\n")
    run_id = told.requested()
    told.act("bob", "approve", run_id)
    told.act("eve", "approve", run_id, source="slack")
    told.work()
    assert people.at(told.users["bob"].id, "reply") == []
    (reply,) = people.at(told.users["eve"].id, "reply")
    assert (reply["what"], reply["text"], reply["state"]) == ("ignored", "Say why.", "requested")


def test_where_nobody_can_be_reached_requests_wait_and_expire_all_the_same(engine: Any) -> None:
    engine.flow(ROUTED)
    run_id = engine.requested()
    assert engine.run(run_id).status == "requested"
    assert [(message.status, message.due_at) for message in messages(engine, run_id)] == [("waiting", None)] * 2
    with engine.store.reading() as conn:
        engine.clock.forward(days=1)
        assert due_messages(conn, before=engine.clock.now) == []
    engine.clock.forward(days=-1)
    engine.later(seconds=61)
    engine.later(seconds=31)
    assert engine.run(run_id).status == "expired"
    assert engine.trail(run_id) == ["run.requested", "run.forwarded", "run.expired"]


def test_what_a_client_of_the_surface_raises_is_not_told(told: Any, people: RecordingOutbound) -> None:
    told.flow(ROUTED.replace(", event.user], timeout=60", "]"))
    people.away["#first"] = KeyError("xoxb-secret-token")
    run_id = told.requested()
    (message,) = messages(told, run_id)
    assert "KeyError" in (message.error or "")
    assert "xoxb" not in (message.error or "")
