import json

from sym.sdk.annotations import hook, reducer
from sym.sdk.integrations import aws_lambda, slack
from sym.sdk.notifications import Notification
from sym.sdk.request_permission import PermissionLevel, RequestPermission
from sym.sdk.resource import SRN
from sym.sdk.templates import ApprovalTemplate, get_step_output

ARN = "arn:aws:lambda:us-east-1:123456789012:function:decide"


@reducer
def get_permissions(event):
    return RequestPermission(webapp_view=PermissionLevel.MEMBER, approve_deny=PermissionLevel.MEMBER)


@reducer
def get_request_notifications(event):
    return (Notification(destinations=[slack.channel("#ops")]),)


@hook
def on_request(event):
    payload = {
        "email": event.user.email,
        "user": event.user.dict(),
        "target": event.payload.fields["target"].dict(),
        "settings": dict(event.payload.fields["target"].settings),
        "run": str(event.run.srn),
        "flow": event.flow.name,
        "vars": event.flow.vars,
        "timestamp": event.payload.timestamp.isoformat(),
        "srn_ok": SRN.parse(str(event.payload.srn)) == event.payload.srn,
    }
    print(json.dumps(payload, indent=2, sort_keys=True))
    answer = aws_lambda.invoke(ARN, payload)
    if answer["body"]["allowed"]:
        return ApprovalTemplate.approve(reason=answer["body"].get("why"))
    aws_lambda.invoke_async(ARN, event)


@hook
def after_escalate(event):
    output = get_step_output()
    errors = output.get("errors") or []
    slack.send_message(event.user, "\n".join(["Done."] + [f"• {error}" for error in errors]))
