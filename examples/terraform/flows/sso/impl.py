"""AWS access through IAM Identity Center: the on-call group does not wait, and administering takes an administrator."""

from sym.sdk import ApprovalTemplate, PermissionLevel, RequestPermission, hook, reducer, slack
from sym.sdk.exceptions import AWSSSOError
from sym.sdk.exceptions.identity import IdentityNotFound
from sym.sdk.integrations import aws_sso
from sym.sdk.notifications import Notification


def is_admin_access(event):
    """Whether the target that is asked for is one with which people administer."""
    return event.payload.fields["target"].name.endswith("-admin")


@reducer
def get_permissions(event):
    """Administrators decide about administering, members about everything else."""
    level = PermissionLevel.ADMIN if is_admin_access(event) else PermissionLevel.MEMBER
    return RequestPermission(webapp_view=PermissionLevel.MEMBER, approve_deny=level, allow_self_approval=False)


@reducer
def get_request_notifications(event):
    """The team is asked, or whoever looks after security."""
    channel = event.flow.vars["admin_channel" if is_admin_access(event) else "team_channel"]
    return [Notification(destinations=[slack.channel(channel)])]


@hook
def on_request(event):
    """The on-call group is in at once, but does not administer. If AWS does not answer, people decide."""
    if is_admin_access(event):
        return None
    try:
        if aws_sso.is_user_in_group(event.user, group_name=event.flow.vars["on_call_group"]):
            return ApprovalTemplate.approve(reason="On call")
    except IdentityNotFound:
        return ApprovalTemplate.deny(reason="IAM Identity Center does not know your e-mail address")
    except AWSSSOError as error:
        print(f"Identity Center did not answer: {error}")


@hook
def on_approve(event):
    """Administering is for an hour at most."""
    if is_admin_access(event) and event.payload.fields["duration"] > 3600:
        return ApprovalTemplate.ignore(message="An hour at most. Please ask again.")
