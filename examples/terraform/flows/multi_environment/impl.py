"""Access to an environment. The code is the same in all of them; what differs is in the flow's vars."""

from sym.sdk import ApprovalTemplate, PermissionLevel, RequestPermission, hook, reducer, slack
from sym.sdk.notifications import Notification


def needs_approval(event):
    """Whether somebody has to approve here: everywhere but where Terraform says it is not needed."""
    return event.flow.vars["approval"] != "none"


@reducer
def get_permissions(event):
    """Any member decides; whoever asks does not."""
    return RequestPermission(
        webapp_view=PermissionLevel.MEMBER, approve_deny=PermissionLevel.MEMBER, allow_self_approval=False
    )


@reducer
def get_request_notifications(event):
    """The environment's channel."""
    return [Notification(destinations=[slack.channel(event.flow.vars["channel"])])]


@hook
def on_request(event):
    """Where no approval is needed, members have access at once. Bots wait everywhere."""
    if not needs_approval(event) and event.user.role in ("admin", "member"):
        return ApprovalTemplate.approve(reason=f"Open to members: {event.flow.environment.name}")
