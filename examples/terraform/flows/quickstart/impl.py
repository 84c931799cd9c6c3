"""Who may approve a request of the quickstart flow, who is told of it, and what needs no approval at all."""

from sym.sdk import ApprovalTemplate, FieldOption, PermissionLevel, RequestPermission, hook, prefetch, reducer
from sym.sdk.integrations import slack
from sym.sdk.notifications import Notification


@prefetch(field_name="incident")
def open_incidents(event):
    """The incidents that are open. In earnest one would ask PagerDuty; here they are in main.tf."""
    known = event.flow.vars["open_incidents"].split(";")
    return [FieldOption(value=incident.split()[0], label=incident) for incident in known]


@reducer
def get_permissions(event):
    """Any member may approve, but nobody approves their own request."""
    return RequestPermission(
        webapp_view=PermissionLevel.MEMBER,
        approve_deny=PermissionLevel.MEMBER,
        allow_self_approval=False,
    )


@reducer
def get_request_notifications(event):
    """Requests are decided in a channel."""
    return [Notification(destinations=[slack.channel("#access-requests")])]


@hook
def on_request(event):
    """Whoever works on an incident reads at once; somebody is told afterwards, not before."""
    fields = event.payload.fields
    incident = fields.get("incident") or ""
    if incident.startswith(event.flow.vars["incident_prefix"]) and fields["target"].slug == "readers":
        return ApprovalTemplate.approve(reason=f"Working on {incident}")


@hook
def on_approve(event):
    """Nobody is an administrator for more than ten minutes, whoever approves it."""
    fields = event.payload.fields
    if fields["target"].slug == "administrators" and fields["duration"] > 600:
        return ApprovalTemplate.deny(reason="Administrators for at most ten minutes")
