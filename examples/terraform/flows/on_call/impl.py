"""Production access for whoever is on call, at once; for everybody else, once somebody has approved."""

from sym.sdk import ApprovalTemplate, PermissionLevel, RequestPermission, hook, pagerduty, reducer, slack
from sym.sdk.exceptions import PagerDutyError, SlackError
from sym.sdk.exceptions.identity import IdentityNotFound
from sym.sdk.notifications import Notification
from sym.sdk.templates import get_step_output


@reducer
def get_permissions(event):
    """Members see and decide requests, but nobody decides their own."""
    return RequestPermission(webapp_view=PermissionLevel.MEMBER, approve_deny=PermissionLevel.MEMBER)


@reducer
def get_request_notifications(event):
    """The team first; after a quarter of an hour the managers."""
    channels = event.flow.vars
    return [
        Notification(destinations=[slack.channel(channels["team_channel"])], timeout=900),
        Notification(destinations=[slack.channel(channels["manager_channel"])], timeout=1800),
    ]


@hook
def on_request(event):
    """Whoever is on call does not wait. If PagerDuty does not answer, or does not know them, people decide."""
    try:
        if pagerduty.is_on_call(event.user, schedule_name=event.flow.vars["schedule"]):
            return ApprovalTemplate.approve(reason="On call")
    except PagerDutyError as error:
        print(f"PagerDuty did not answer: {error}")
    except IdentityNotFound:
        print(f"PagerDuty does not know {event.user.email}")


@hook
def on_escalate(event):
    """More than an hour is for those whom somebody else has approved, on call or not."""
    approver = event.get_actor("approve")
    if event.payload.fields["duration"] > 3600 and approver == event.get_actor("request"):
        raise RuntimeError("more than an hour needs an approver")


@hook
def after_escalate(event):
    """The team hears of every grant. That it could not be told does not take the access away."""
    target = event.payload.fields["target"]
    who = event.get_actor("request").email
    try:
        slack.send_message(slack.channel(event.flow.vars["team_channel"]), f"{who} is in {target.label}.")
    except SlackError as error:
        print(f"Slack did not take the message: {error}")


@hook
def on_deescalate(event):
    """Access can be given back at any time."""


@hook
def after_deescalate(event):
    """What the strategy returned when it granted says since when."""
    print(f"in since {get_step_output('escalate').get('since')}")


@hook
def on_request_forward(event, context):
    """Runs when the team did not decide in time."""
    print(f"destination {context.current_destination_index} did not answer")


@hook
def after_request_forward(event, context):
    """The managers have the request now."""
    print(f"of {len(context.all_request_destinations)} destinations")


@hook
def on_request_expire(event):
    """Nobody decided."""


@hook
def after_request_expire(event):
    """Whoever asked should ask somebody in person."""
    slack.send_message(event.get_actor("request"), "Nobody decided on your request. Please call the manager on duty.")
