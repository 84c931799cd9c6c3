"""Access to projects of the analytics service. Reading for an hour is granted at once; the rest, somebody approves."""

from sym.sdk import ApprovalTemplate, PermissionLevel, RequestPermission, hook, reducer, slack
from sym.sdk.notifications import Notification
from sym.sdk.templates import get_step_output


@reducer
def get_permissions(event):
    """Any member decides; whoever asks does not."""
    return RequestPermission(
        webapp_view=PermissionLevel.MEMBER, approve_deny=PermissionLevel.MEMBER, allow_self_approval=False
    )


@reducer
def get_request_notifications(event):
    """One channel."""
    return [Notification(destinations=[slack.channel(event.flow.vars["channel"])])]


@hook
def on_request(event):
    """The settings of a target are the flow's to read as well."""
    target = event.payload.fields["target"]
    if target.settings["role"] == "reader" and event.payload.fields["duration"] <= 3600:
        return ApprovalTemplate.approve(reason="Reading for an hour")


@hook
def after_escalate(event):
    """What the strategy returned when it granted."""
    print(f"granted as {get_step_output('escalate').get('role')}")
