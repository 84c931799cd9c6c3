"""Who may approve a request of the quickstart flow, and what needs no approval at all."""

from sym.sdk import ApprovalTemplate, PermissionLevel, RequestPermission, hook, reducer


@reducer
def get_permissions(event):
    """Any member may approve, but nobody approves their own request."""
    return RequestPermission(
        webapp_view=PermissionLevel.MEMBER,
        approve_deny=PermissionLevel.MEMBER,
        allow_self_approval=False,
    )


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
