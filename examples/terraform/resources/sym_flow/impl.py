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
    """In an incident nobody waits."""
    if event.payload.fields.get("urgency") == event.flow.vars["urgent"]:
        return ApprovalTemplate.approve(reason="Incident")
