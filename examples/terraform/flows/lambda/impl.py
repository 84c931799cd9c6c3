"""Administration of the shop, which a Lambda function grants. Requests name a ticket."""

import re

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
    """Without a ticket nobody is asked."""
    if not re.search(r"\b[A-Z]+-\d+\b", event.payload.fields["reason"]):
        return ApprovalTemplate.deny(reason="Please name a ticket, such as SHOP-1")


@hook
def after_escalate(event):
    """What the function answers as body is here."""
    print(f"in the table as {get_step_output('escalate').get('entry')}")
