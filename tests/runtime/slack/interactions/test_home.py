"""App Home: what is theirs, what waits for them, and where a request can begin."""

from __future__ import annotations

from sym.slack.blocks import ids
from sym.store.resources import get
from tests.runtime.slack.interactions.town import OPEN, REASON, Town

DURATION = {"name": "duration", "type": "duration", "allowed_values": ["30m", "1h"]}


def test_a_request_can_begin_there_and_is_seen_there(slack: Town) -> None:
    slack.flow()
    home = slack.ben.open_home()
    assert slack.ben.click(home, ids.HOME_NEW)
    view = slack.modal(slack.ben, ids.REQUEST_FORM)
    slack.ben.fill(view, slack.field(view, "reason"), "An outage")
    assert slack.ben.submit(view) is None
    slack.status("requested")
    slack.ben.wait_for(lambda: "Your requests (1)" in str(home.blocks), 10)
    assert slack.events("request")[0].channel_identifier is None


def test_what_waits_is_decided_there_and_both_see_what_came_of_it(slack: Town) -> None:
    slack.flow()
    slack.ask(slack.ben)
    mine, his = slack.cleo.open_home(), slack.ben.open_home()
    assert "Waiting for you (1)" in str(mine.blocks)
    assert "Waiting for you (1)" not in str(his.blocks)
    assert slack.cleo.click(mine, ids.HOME_APPROVE)
    slack.status("approved")
    slack.cleo.wait_for(lambda: "Nothing waits" in str(mine.blocks), 10)
    slack.ben.wait_for(lambda: "✅ Approved" in str(his.blocks), 10)
    assert slack.events("approve")[0].channel_identifier is None


def test_access_is_ended_there(slack: Town) -> None:
    slack.flow(access=True, fields=[REASON, DURATION])
    view = slack.form(slack.ben)
    slack.ben.pick(view, slack.field(view, "target_id"), "Readers")
    slack.ben.fill(view, slack.field(view, "reason"), "An outage")
    slack.ben.pick(view, slack.field(view, "duration"), "1 hour")
    assert slack.ben.submit(view) is None
    assert slack.cleo.click(slack.card(), ids.APPROVE)
    slack.status("escalated")
    home = slack.ben.open_home()
    assert "Your access (1)" in str(home.blocks)
    assert slack.ben.click(home, ids.HOME_END)
    slack.status("deescalated")
    slack.ben.wait_for(lambda: "You hold no access" in str(home.blocks), 10)


def test_who_may_not_decide_does_not_see_it_and_who_may_no_longer_is_told(slack: Town) -> None:
    slack.flow(code=OPEN.replace("MEMBER)", "ADMIN)"))
    slack.ask(slack.ben)
    assert "Waiting for you (1)" not in str(slack.cleo.open_home().blocks)
    home = slack.ada.open_home()
    assert "Waiting for you (1)" in str(home.blocks)
    assert slack.ada.click(slack.card(), ids.DENY)
    slack.status("denied")
    assert slack.ada.click(home, ids.HOME_APPROVE)
    slack.ada.wait_for_message("dm", lambda message: "already denied" in message.text)


def test_a_grant_that_failed_is_tried_again_there_by_an_admin(slack: Town) -> None:
    slack.flow(access=True, fields=[REASON, DURATION])
    with slack.store.reading() as conn:
        stored = get(conn, "strategy", slack.ids["door"])
    assert stored is not None
    broken = stored.document["implementation"].replace('return {"opened": target_id}', 'raise ValueError("closed")')
    slack.save("strategy", "door", {**stored.document, "implementation": broken})
    view = slack.form(slack.ada)
    slack.ada.pick(view, slack.field(view, "target_id"), "Readers")
    slack.ada.fill(view, slack.field(view, "reason"), "An outage")
    slack.ada.pick(view, slack.field(view, "duration"), "1 hour")
    assert slack.ada.submit(view) is None
    assert slack.cleo.click(slack.card(), ids.APPROVE)
    slack.status("errored")
    slack.save("strategy", "door", stored.document)
    home = slack.ada.open_home()
    slack.ada.wait_for(lambda: ids.HOME_RETRY in str(home.blocks), 10)
    assert slack.ada.click(home, ids.HOME_RETRY)
    slack.status("escalated")


def test_a_guest_sees_no_button_for_a_request(slack: Town) -> None:
    home = slack.gil.open_home()
    assert ids.HOME_NEW not in str(home.blocks)
    assert "As a guest" in str(home.blocks)
