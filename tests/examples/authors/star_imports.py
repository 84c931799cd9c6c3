# Everything by stars, single quotes inside f-strings, and a module that prints while it is loaded.
from sym.sdk.annotations import *
from sym.sdk.integrations import *
from sym.sdk.integrations.pagerduty import *
from sym.sdk.integrations.slack import *
from sym.sdk.templates import *
from sym.sdk.notifications import *
from sym.sdk.request_permission import *

print("loading", __name__)

ONCALL = "Platform On-Call"
CHANNELS = {"prod": "#prod-access", "dev": "#dev-access"}


@reducer
def get_permissions(evt):
    return RequestPermission(webapp_view="member", approve_deny=PermissionLevel.ALL_USERS)


@reducer
def get_request_notifications(evt):
    name = evt.payload.fields["target"].name
    who = f"{evt.user.email.split('@')[0]} wants {evt.payload.fields['target'].label or name}"
    print(who)
    return [Notification(destinations=[channel(CHANNELS[name])], timeout=5 * 60)]


@hook
def on_request(evt):
    if is_on_call(evt.user, schedule_name=ONCALL):
        return ApprovalTemplate.approve(reason=f"{mention(evt.user)} is on call", duration=1800)


@hook
def after_request(evt):
    send_message(channel("#audit"), f"{evt.user.username} asked: {evt.payload.fields.get('reason', '-')}")


if __name__ == "__main__":
    raise SystemExit("never run as a program")
