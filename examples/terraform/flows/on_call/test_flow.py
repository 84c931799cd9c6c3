"""The rules of impl.py, one test each."""

import pytest

from sym.sdk import RequestDestination, SlackUser
from sym.sdk.exceptions import PagerDutyError, SlackError
from sym.sdk.exceptions.identity import IdentityNotFound
from sym.sdk.request_destination import RequestForwardContext, SlackChannelName

pytestmark = pytest.mark.flow(
    "impl.py",
    targets={"production": {"label": "Production"}},
    fields={"reason": "string", "duration": {"type": "duration", "allowed_values": ["1h", "8h"]}},
    flow_vars={"team_channel": "#platform", "manager_channel": "#managers", "schedule": "Platform"},
)
NEED = {"target": "production", "duration": "1h", "reason": "INC-1"}


@pytest.fixture(autouse=True)
def people(flow):
    flow.user("ada@example.com")
    flow.user("bob@example.com")
    flow.host.pagerduty.is_on_call.returns(False)
    flow.host.slack.send_message.returns(None)


def test_whoever_is_on_call_is_in_at_once_and_out_after_the_hour(flow, capsys):
    flow.host.pagerduty.is_on_call.when(schedule_name="Platform").returns(True)
    flow.access.returns("escalate", {"since": "nine"})
    request = flow.request(by="ada@example.com", **NEED)
    assert request.is_granted
    assert flow.access.members("production") == ["ada@example.com"]
    assert flow.host.slack.send_message.called_with(message="ada@example.com is in Production.")
    flow.travel(hours=1)
    assert request.status == "deescalated"
    assert flow.access.members("production") == []
    assert "in since nine" in capsys.readouterr().out


def test_nobody_else_approves_alone(flow):
    request = flow.request(by="ada@example.com", **NEED)
    assert request.status == "requested"
    assert [card.destination for card in request.notifications] == ["#platform"]
    with flow.refused("SELF_APPROVAL"):
        request.approve(by="ada@example.com")
    request.approve(by="bob@example.com")
    assert request.is_granted
    assert [message.what for message in request.messages] == ["approved", "granted"]


@pytest.mark.parametrize(
    "error",
    [PagerDutyError("ERROR_RESPONSE", "Try again later."), IdentityNotFound("ada@example.com", "acme.pagerduty.com")],
)
def test_people_decide_while_pagerduty_is_down_and_for_whom_it_does_not_know(flow, error):
    flow.host.pagerduty.is_on_call.raises(error)
    assert flow.request(by="ada@example.com", **NEED).status == "requested"


def test_the_managers_are_asked_next_and_then_nobody(flow):
    request = flow.request(by="ada@example.com", **NEED)
    flow.travel(minutes=15)
    assert [(card.destination, card.state) for card in request.notifications] == [
        ("#platform", "forwarded"),
        ("#managers", "requested"),
    ]
    flow.travel(minutes=30)
    assert request.status == "expired"
    with flow.refused():
        request.approve(by="bob@example.com")


def test_access_stays_when_slack_does_not_take_the_news(flow):
    flow.host.slack.send_message.raises(SlackError("NOT_IN_CHANNEL", "Invite the bot."))
    request = flow.request(by="ada@example.com", **NEED)
    request.approve(by="bob@example.com")
    assert request.is_granted


def test_access_can_be_given_back_early(flow):
    request = flow.request(by="ada@example.com", **NEED)
    request.approve(by="bob@example.com")
    request.revoke(by="ada@example.com")
    assert request.status == "deescalated"
    assert "run.deescalated" in request.audit


def test_what_is_long_needs_an_approver(flow):
    flow.host.pagerduty.is_on_call.returns(True)
    request = flow.request(by="ada@example.com", **{**NEED, "duration": "8h"})
    assert request.status == "errored"
    assert "more than an hour needs an approver" in request.errors[0]
    assert flow.access.members("production") == []
    flow.host.pagerduty.is_on_call.returns(False)
    request = flow.request(by="ada@example.com", **{**NEED, "duration": "8h"})
    assert request.approve(by="bob@example.com").is_done
    assert request.is_granted
    assert flow.call("on_deescalate", flow.event("deescalate", by="ada@example.com", **NEED)) is None


def test_a_grant_the_directory_refuses_is_taken_back_and_told(flow):
    flow.access.fail("escalate", "The directory is read-only.")
    request = flow.request(by="ada@example.com", **NEED)
    request.approve(by="bob@example.com")
    assert request.status == "errored"
    assert request.messages[-1].what == "errored"
    assert "read-only" in request.reports[0].text


def test_the_hooks_around_the_deadlines(flow, capsys):
    event = flow.event("request_forward", by="ada@example.com", **NEED)
    places = [SlackChannelName(channel_name="#platform"), SlackUser(user_id="U1")]
    assert all(isinstance(place, RequestDestination) for place in places)
    context = RequestForwardContext(
        all_request_destinations=places, current_destination_index=0, next_destination_index=1
    )
    flow.call("on_request_forward", event, context)
    flow.call("after_request_forward", event, context)
    assert capsys.readouterr().out.splitlines() == ["destination 0 did not answer", "of 2 destinations"]
    flow.call("on_request_expire", flow.event("request_expire", by="ada@example.com", **NEED))
    flow.call("after_request_expire", flow.event("request_expire", by="ada@example.com", **NEED))
    assert "Nobody decided" in flow.host.slack.send_message.calls[0]["message"]
