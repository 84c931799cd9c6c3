"""One hook for every step that a hook may set off, chosen by the reason."""
from sym.sdk import ApprovalTemplate, PermissionLevel, RequestPermission, hook, reducer
from sym.sdk.templates import Template, get_step_output


@reducer
def get_permissions(event):
    return RequestPermission(webapp_view=PermissionLevel.ADMIN, approve_deny=PermissionLevel.MEMBER)


@hook
def on_request(event):
    reason = event.payload.fields["reason"]
    if reason == "approve":
        return ApprovalTemplate.approve(reason="by the flow", duration=60)
    elif reason == "deny":
        return ApprovalTemplate.deny(reason="by the flow")
    elif reason == "escalate":
        return event.template.escalate()
    elif reason == "ignore":
        return Template.ignore(message="not *now*")
    elif reason == "target":
        return ApprovalTemplate.approve(target_srn=event.payload.fields["target"].srn, duration=120)
    elif reason == "again":
        return ApprovalTemplate.request(duration=90, reason="changed")
    elif reason == "prompt":
        return ApprovalTemplate.prompt()
    elif reason == "junk":
        return True


@hook
def on_approve(event):
    print("on_approve", event.channel.type, event.channel.identifier, event.payload.fields.get("reason"))
    if event.payload.fields.get("reason") == "backwards":
        return ApprovalTemplate.request()


@hook
def on_escalate(event):
    print("on_escalate", event.get_actor("approve"), event.get_actor(event_name="escalate"))


@hook
def on_deescalate(event):
    print("on_deescalate", get_step_output("escalate"), get_step_output() == {})


@hook
def after_deny(event):
    print(f"after_deny {event.user.username} {event.get_context('deny')} {event.get_context('approve')}")
