"""Approve, Deny, End and Retry: who may, who was first, and who hears what."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sym.slack.blocks import ids
from sym.store.database import Store
from sym.store.recovery import enter_recovery
from sym.store.resources import get
from tests.runtime.slack.interactions.town import OPEN, REASON, Town, real_time, town

DURATION = {"name": "duration", "type": "duration", "allowed_values": ["30m", "1h"]}
ALL = """
@reducer
def get_permissions(event):
    return RequestPermission(webapp_view=PermissionLevel.ALL_USERS, approve_deny=PermissionLevel.ALL_USERS)

@reducer
def get_request_notifications(event):
    return [Notification(destinations=[slack.channel("#requests")])]
"""


def test_the_card_is_decided_by_a_click_with_what_was_written_into_it(slack: Town) -> None:
    slack.flow(include_decision_message=True)
    slack.ask(slack.ben)
    card = slack.card()
    assert slack.cleo.click(card, ids.APPROVE, {ids.DECISION_MESSAGE: "  Be quick  "})
    run = slack.status("approved")
    assert run.actors["approve"] == slack.user_id(slack.cleo)
    (event,) = slack.events("approve")
    assert event.fields == {"decision_message": "Be quick"}
    assert (event.channel_type, event.channel_identifier) == ("slack", slack.requests.id)
    slack.cleo.wait_for(lambda: "Be quick" in str(card.blocks) and ids.APPROVE not in str(card.blocks))
    assert len(slack.ben.messages("#requests")) == 1
    assert slack.cleo.ephemerals() == []


def test_what_is_denied_says_why(slack: Town) -> None:
    slack.flow(include_decision_message=True)
    slack.ask(slack.ben)
    assert slack.cleo.click(slack.card(), ids.DENY, {ids.DECISION_MESSAGE: "Not today"})
    assert slack.status("denied").actors["deny"] == slack.user_id(slack.cleo)
    assert slack.events("deny")[0].fields == {"decision_message": "Not today"}


def test_whoever_may_not_is_told_so_alone_and_the_card_stays(slack: Town) -> None:
    slack.flow()
    slack.ask(slack.ben)
    card = slack.card()
    was = str(card.blocks)
    assert slack.gil.click(card, ids.APPROVE)
    slack.heard(slack.gil, "You may not approve requests of this flow", "#requests")
    assert slack.ben.click(card, ids.APPROVE)
    slack.heard(slack.ben, "Requesters may not approve their own requests", "#requests")
    assert (str(card.blocks), slack.run().status) == (was, "requested")
    assert slack.ada.ephemerals() == slack.cleo.ephemerals() == []
    assert slack.events("approve") == []


def test_a_guest_may_decide_where_the_flow_says_so(slack: Town) -> None:
    slack.flow(code=ALL)
    slack.ask(slack.ben)
    assert slack.gil.click(slack.card(), ids.APPROVE)
    assert slack.status("approved").actors["approve"]
    assert slack.gil.ephemerals() == []


def test_a_requester_may_take_their_request_back(slack: Town) -> None:
    slack.flow()
    slack.ask(slack.ben)
    assert slack.ben.click(slack.card(), ids.DENY)
    slack.status("denied")


def test_who_comes_too_late_hears_who_was_first(slack: Town) -> None:
    slack.flow()
    slack.ask(slack.ben)
    card = slack.card()
    assert slack.ada.click(card, ids.APPROVE)
    parcel = next(each for each in slack.simulator.delivery.sent if each.what == "block_actions")
    slack.status("approved")
    late = {**parcel.payload, "user": {**parcel.payload["user"], "id": slack.cleo.id}, "trigger_id": "late"}
    slack.simulator.delivery.deliver(type(parcel)(**{**vars(parcel), "payload": late}))
    said = slack.ben.wait_for(lambda: [each for each in slack.requests.ephemerals if each.text])
    assert f"already approved by <@{slack.ada.id}>" in said[0].text


def test_a_double_click_decides_once_and_nobody_is_bothered(slack: Town) -> None:
    slack.flow()
    slack.ask(slack.ben)
    card = slack.card()
    with ThreadPoolExecutor(5) as together:
        for done in [together.submit(slack.cleo.click, card, ids.APPROVE) for _ in range(5)]:
            assert done.result()
    slack.status("approved")
    slack.cleo.wait_for(lambda: ids.APPROVE not in str(card.blocks))
    decided = [event for event in slack.events("approve") if event.status == "success"]
    assert len(decided) == 1
    assert len(slack.events("approve")) == 1
    assert all("already approved" in each.text for each in slack.cleo.ephemerals())


def test_a_click_that_is_played_again_does_nothing(slack: Town) -> None:
    slack.flow()
    slack.ask(slack.ben)
    assert slack.cleo.click(slack.card(), ids.DENY)
    slack.status("denied")
    slack.simulator.send_again(next(each for each in slack.simulator.delivery.sent if each.what == "block_actions"))
    assert len(slack.events("deny")) == 1
    assert slack.cleo.ephemerals() == []


def test_what_the_flow_answers_to_a_click_is_heard_by_who_clicked(slack: Town) -> None:
    slack.flow(code=OPEN + """
@hook
def on_approve(event):
    if not event.payload.fields.get("decision_message"):
        return ApprovalTemplate.ignore(message="Say why.")
""", include_decision_message=True)  # fmt: skip
    slack.ask(slack.ben)
    card = slack.card()
    assert slack.cleo.click(card, ids.APPROVE)
    slack.wait_for(
        lambda: "Say why." in str([each.text for each in (*slack.cleo.ephemerals(), *slack.cleo.messages())])
    )
    assert slack.run().status == "requested"
    assert slack.cleo.click(card, ids.APPROVE, {ids.DECISION_MESSAGE: "An outage"})
    slack.status("approved")


def test_access_is_ended_with_its_card(slack: Town) -> None:
    slack.flow(access=True, fields=[REASON, DURATION])
    view = slack.form(slack.ben)
    slack.ben.pick(view, slack.field(view, "target_id"), "Readers")
    slack.ben.fill(view, slack.field(view, "reason"), "An outage")
    slack.ben.pick(view, slack.field(view, "duration"), "1 hour")
    assert slack.ben.submit(view) is None
    assert slack.cleo.click(slack.card(), ids.APPROVE)
    slack.status("escalated")
    card = slack.card(ids.REVOKE)
    stranger = slack.person("Dan")
    slack.simulator.invite(slack.requests, stranger)
    assert stranger.click(card, ids.REVOKE)
    slack.heard(stranger, "Only the requester, the approver or an admin", "#requests")
    assert slack.ben.click(card, ids.REVOKE)
    slack.status("deescalated")
    (event,) = slack.events("deescalate")[:1]
    assert event.fields["deescalate_type"] == "revoked"
    slack.ben.wait_for(lambda: ids.REVOKE not in str(card.blocks), 10)


def test_a_failed_grant_is_tried_again_by_an_admin(slack: Town) -> None:
    slack.flow(access=True, fields=[REASON, DURATION])
    with slack.store.reading() as conn:
        stored = get(conn, "strategy", slack.ids["door"])
    assert stored is not None
    document = stored.document
    broken = document["implementation"].replace('return {"opened": target_id}', 'raise ValueError("closed")')
    slack.save("strategy", "door", {**document, "implementation": broken})
    view = slack.form(slack.ben)
    slack.ben.pick(view, slack.field(view, "target_id"), "Readers")
    slack.ben.fill(view, slack.field(view, "reason"), "An outage")
    slack.ben.pick(view, slack.field(view, "duration"), "1 hour")
    assert slack.ben.submit(view) is None
    assert slack.cleo.click(slack.card(), ids.APPROVE)
    slack.status("errored")
    card = slack.card(ids.RETRY)
    assert slack.cleo.click(card, ids.RETRY)
    slack.heard(slack.cleo, "Only admins", "#requests")
    slack.save("strategy", "door", document)
    assert slack.ada.click(card, ids.RETRY)
    slack.status("escalated")


def test_while_grants_are_stopped_a_click_is_told_so(slack: Town) -> None:
    slack.flow()
    slack.ask(slack.ben)
    with slack.store.transaction() as conn:
        enter_recovery(conn, "ledger", "it trails", now=real_time())
    assert slack.cleo.click(slack.card(), ids.APPROVE)
    slack.heard(slack.cleo, "Nothing is granted", "#requests")
    assert slack.run().status == "requested"


def test_a_button_that_is_about_nothing_is_refused(slack: Town) -> None:
    slack.flow()
    slack.ask(slack.ben)
    assert slack.cleo.click(slack.card(), ids.APPROVE)
    parcel = next(each for each in slack.simulator.delivery.sent if each.what == "block_actions")
    for number, value in enumerate(("nonsense", "", "00000000-0000-0000-0000-000000000000", "'; --")):
        action = {**parcel.payload["actions"][0], "value": value, "action_ts": f"{number}.0"}
        payload = {**parcel.payload, "actions": [action], "trigger_id": f"forged {number}"}
        slack.simulator.delivery.deliver(type(parcel)(**{**vars(parcel), "payload": payload}))
    said = slack.cleo.wait_for(lambda: len(slack.cleo.ephemerals()) == 4 and slack.cleo.ephemerals())
    assert all("no " in each.text for each in said)


def test_people_of_another_company_decide_only_where_the_flow_says_so(slack: Town) -> None:
    slack.flow("closed", code=OPEN)
    slack.flow("ssh", code=ALL)
    shared = slack.simulator.channel("requests")
    stranger = slack.simulator.add_person("Sam", email="sam@acme.example", team="T0STRANGE")
    slack.simulator.invite(shared, stranger)
    view = slack.form(slack.ben, "/sym req closed")
    slack.ben.fill(view, slack.field(view, "reason"), "An outage")
    assert slack.ben.submit(view) is None
    assert stranger.click(slack.card(), ids.APPROVE)
    slack.heard(stranger, "You may not approve", "#requests")
    assert slack.ada.click(slack.card(), ids.DENY)
    slack.status("denied")
    slack.ask(slack.ben)
    assert stranger.click(slack.card(), ids.APPROVE)
    slack.wait_for(lambda: slack.runs()[0].status == "approved")


@pytest.mark.postgres
def test_of_twenty_who_decide_at_once_on_two_servers_one_does_and_the_others_hear_who(
    postgres_url: str, tmp_path: Path
) -> None:
    store = Store(postgres_url)
    store.migrate()
    store.close()
    with town(postgres_url, tmp_path, servers=2) as slack:
        slack.flow()
        people = [slack.person(f"P{number}") for number in range(20)]
        for person in people:
            slack.simulator.invite(slack.requests, person)
        slack.ask(slack.ben)
        card = slack.card()
        with ThreadPoolExecutor(20) as together:
            buttons = [ids.APPROVE if number % 2 else ids.DENY for number in range(20)]
            clicks = [
                together.submit(person.click, card, button) for person, button in zip(people, buttons, strict=True)
            ]
            assert all(click.result() for click in clicks)
        slack.wait_for(lambda: slack.run().status in ("approved", "denied"))

        def told() -> list[str]:
            return [person.id for person in people if person.ephemerals() or person.messages()]

        slack.wait_for(lambda: len(told()) == 19, 60)
        decided = [event for event in (*slack.events("approve"), *slack.events("deny")) if event.status == "success"]
        assert len(decided) == 1
        (first,) = (person for person in people if person.id not in told())
        assert decided[0].actor_id == slack.user_id(first)
        assert len(card.blocks) > 1
        slack.ada.wait_for(lambda: ids.APPROVE not in str(card.blocks), 20)
