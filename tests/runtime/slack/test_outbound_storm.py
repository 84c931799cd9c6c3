"""A Slack that fails while people ask and decide: the whole product, threads and all, and nothing is lost."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from sym.engine.inbound import Action
from sym.simulator.faults import Fault
from sym.simulator.messages import Message
from sym.simulator.server import Person
from sym.slack import workspaces
from sym.slack.blocks import ids
from sym.store.users import find_user
from tests.runtime.slack.interactions.town import OPEN, Town, real_time, town

DURATION = {"name": "duration", "type": "duration", "allowed_values": ["30m", "1h"]}
BROKEN = (
    OPEN
    + """
@hook
def on_approve(event):
    raise ValueError("there is no such door")
"""
)


@pytest.fixture
def acme(tmp_path: Path, _sqlite_template: Path) -> Iterator[Town]:
    """A town with one server, on SQLite, over HTTP, whose flow ssh opens a door."""
    shutil.copy(_sqlite_template, tmp_path / "store.db")
    (tmp_path / "store.db").chmod(0o600)
    with town(f"sqlite:///{tmp_path / 'store.db'}", tmp_path) as made:
        made.flow(access=True, fields=[{"name": "reason", "type": "string"}, DURATION])
        yield made


def cards(acme: Town, channel: str = "#requests") -> list[Message]:
    """What the app has posted in a channel, replies left out."""
    return [message for message in acme.ada.messages(channel) if message.user == acme.simulator.installation.bot_user]


def asked(acme: Town) -> Message:
    """Ben asks for the door; the card of it."""
    view = acme.form(acme.ben)
    acme.ben.pick(view, acme.field(view, "target_id"), "Readers")
    acme.ben.fill(view, acme.field(view, "reason"), "An outage")
    acme.ben.pick(view, acme.field(view, "duration"), "1 hour")
    assert acme.ben.submit(view) is None
    return acme.card()


def decides(acme: Town, person: Person, name: str = "approve") -> None:
    """Somebody decides elsewhere than in Slack."""
    with acme.store.reading() as conn:
        user = find_user(conn, email=str(person.email))
    assert user is not None
    acme.servers[0].runtime.inbound.act(
        Action(run_id=acme.run().id, name=name, actor=user, source="sym"), now=real_time()
    )


def test_slack_goes_down_in_the_middle_of_a_request_and_everything_is_told_when_it_is_back(acme: Town) -> None:
    card = asked(acme)
    acme.simulator.down()
    assert not acme.cleo.click(card, ids.APPROVE)
    decides(acme, acme.ada)
    acme.status("escalated")
    acme.wait_for(lambda: len(acme.simulator.slack.journal.calls("chat.update")) >= 0)
    assert ids.APPROVE in str(card.blocks)
    acme.simulator.up()
    acme.ada.wait_for(lambda: ids.REVOKE in str(card.blocks), 30)
    assert acme.ben.click(card, ids.REVOKE)
    acme.status("deescalated")
    acme.ada.wait_for(lambda: ids.REVOKE not in str(card.blocks), 30)
    assert cards(acme) == [card]
    first = acme.ben.wait_for_message("dm")
    acme.ben.wait_for(lambda: [message for message in first.replies if "ended" in str(message.blocks)], 30)
    assert len(acme.ben.messages("dm")) == 1


def test_a_card_whose_changes_slack_asks_to_wait_with_is_right_in_the_end(acme: Town) -> None:
    card = asked(acme)
    acme.simulator.next_calls("chat.update", [Fault.rate_limited(1), Fault.rate_limited(1)])
    assert acme.cleo.click(card, ids.APPROVE)
    acme.status("escalated")
    acme.ada.wait_for(lambda: ids.REVOKE in str(card.blocks), 30)
    assert cards(acme) == [card]


@pytest.mark.parametrize("fault", [Fault.hangs(3), Fault.answer_late(3)], ids=["not taken", "taken"])
def test_a_call_that_hangs_is_given_up_and_its_card_is_there_once(
    acme: Town, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workspaces, "_TIMEOUT_SECONDS", 1)
    acme.simulator.next_calls("chat.postMessage", [fault])
    card = asked(acme)
    # While one call hung the life of the request went on: it can be decided.
    assert acme.cleo.click(card, ids.APPROVE)
    acme.status("escalated")
    acme.ada.wait_for(lambda: ids.REVOKE in str(card.blocks), 30)
    assert cards(acme) == [card]


def test_who_waits_for_a_call_that_hangs_keeps_nobody_elses_click_waiting(acme: Town) -> None:
    card = asked(acme)
    acme.simulator.next_calls("chat.update", [Fault.hangs(5)])
    acme.simulator.next_calls("views.open", [Fault.hangs(5)])
    acme.simulator.next_calls("chat.postMessage", [Fault.hangs(5)])
    assert acme.ben.command("/sym req ssh", "#ops")
    assert acme.cleo.click(card, ids.APPROVE)
    acme.status("escalated")
    took = [entry.milliseconds for entry in acme.simulator.slack.journal.entries() if entry.kind == "delivery"]
    assert max(took) < 3000  # what Slack waits for


def report_to(acme: Town, channel: str) -> None:
    """The flow's environment has an error logger, which writes to ``channel``."""
    slack = acme.save("integration", "slack", {"type": "slack", "name": "slack",
                                               "external_id": acme.simulator.team_id})  # fmt: skip
    logger = acme.save("error_logger", "logger", {"name": "logger", "integration_id": slack, "destination": channel})
    acme.save("environment", "environment local", {"name": "local", "integrations": {}, "error_logger_id": logger})


def test_what_fails_in_a_flow_is_told_in_the_error_loggers_channel(acme: Town) -> None:
    acme.flow(code=BROKEN)
    report_to(acme, "#ops")
    acme.ask(acme.ben)
    assert acme.cleo.click(acme.card(), ids.APPROVE)
    told = acme.ada.wait_for_message("#ops", lambda message: "no such door" in str(message.blocks), 30)
    assert acme.run().id in str(told.blocks)
    assert "Traceback" not in str(told.blocks)


def test_where_the_error_logger_cannot_write_admins_hear_it_in_direct_messages(acme: Town) -> None:
    acme.simulator.add_channel("#secret", members=[acme.ada], is_private=True)
    acme.flow(code=BROKEN)
    report_to(acme, "#secret")
    acme.ask(acme.ben)
    assert acme.cleo.click(acme.card(), ids.APPROVE)
    acme.ada.wait_for_message("dm", lambda message: "no such door" in str(message.blocks), 30)
    assert not [message for message in acme.cleo.messages("dm") if "no such door" in str(message.blocks)]


def test_a_channel_that_cannot_be_written_to_gives_way_to_the_next_and_a_timeout_to_the_one_after(acme: Town) -> None:
    acme.simulator.add_channel("#secret", members=[acme.ada], is_private=True)
    acme.flow(code=OPEN + """
@reducer
def get_request_notifications(event):
    return [Notification(destinations=[slack.channel("#secret")]),
            Notification(destinations=[slack.channel("#requests")], timeout=1),
            Notification(destinations=[slack.user("cleo@acme.example")])]
""")  # fmt: skip
    acme.ask(acme.ben)
    last = acme.cleo.wait_for_message("dm", lambda message: ids.APPROVE in str(message.blocks), 30)
    (marked,) = cards(acme)
    acme.ada.wait_for(lambda: ids.APPROVE not in str(marked.blocks), 30)
    assert "Timed out" in str(marked.blocks)
    assert acme.cleo.click(last, ids.APPROVE)
    acme.status("approved")


@pytest.mark.parametrize("place", ["slack.user('cleo@acme.example')",
                                   "slack.group(['cleo@acme.example', 'ada@acme.example'])"])  # fmt: skip
def test_a_request_is_decided_in_direct_and_group_messages(acme: Town, place: str) -> None:
    acme.flow(code=OPEN.replace('slack.channel("#requests")', place))
    acme.ask(acme.ben)

    def card() -> Message | None:
        seen = [there for there in acme.simulator.workspace.conversations.values() if acme.cleo.id in there.members]
        found = [message for there in seen for message in there.messages if ids.APPROVE in str(message.blocks)]
        return found[0] if found else None

    assert acme.cleo.click(acme.cleo.wait_for(card, 30), ids.APPROVE)
    acme.status("approved")


@pytest.mark.parametrize("may", [True, False])
def test_a_requester_decides_for_themselves_where_the_flow_says_so(acme: Town, may: bool) -> None:
    acme.flow(
        code=f"""
@reducer
def get_approvers(event):
    return slack.channel("#requests", allow_self={may})
"""
    )
    acme.ask(acme.ben)
    assert acme.ben.click(acme.card(), ids.APPROVE)
    if may:
        acme.status("approved")
    else:
        acme.heard(acme.ben, "their own requests", "#requests")
        assert acme.run().status == "requested"


def test_somebody_who_leaves_slack_leaves_although_the_store_was_away_for_a_moment(
    acme: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert acme.ben.command("/sym whoami", "#ops")
    acme.heard(acme.ben, "member", "#ops")
    from sym.slack import departures

    real, failures = departures.leave, iter([OSError("the disk is full")])

    def fails_once(*given: object, **more: object) -> object:
        for failure in failures:
            raise failure
        return real(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(departures, "leave", fails_once)
    acme.simulator.change_person(acme.ben, is_deleted=True)
    acme.simulator.settle()
    with acme.store.reading() as conn:
        user = find_user(conn, email=str(acme.ben.email))
    assert user is not None
    assert user.deactivated_at is not None
    told = [parcel.retry for parcel in acme.simulator.delivery.sent if parcel.what == "user_change"]
    assert told[-1] == (1, "http_error")
