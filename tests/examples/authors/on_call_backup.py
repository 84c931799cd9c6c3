from sym.sdk import PermissionLevel, RequestPermission, hook, pagerduty, reducer, slack
from sym.sdk.integrations.pagerduty import PagerDutyStatus, PagerDutyUrgency
from sym.sdk.exceptions import PagerDutyError, SlackError
from sym.sdk.notifications import Notification
from sym.sdk.request_destination import RequestForwardContext, SlackChannelName
from sym.sdk.user import user_ids

POLICIES = ("Primary", "Secondary")


def on_call(policy):
    return pagerduty.users_on_call(escalation_policy_name=policy)


@reducer
def get_permissions(event):
    everyone = [user for policy in POLICIES for user in on_call(policy)]
    allowed = set(everyone) - {event.user}
    return RequestPermission(
        webapp_view=PermissionLevel.MEMBER,
        approve_deny=[user.id for user in sorted(allowed, key=lambda user: user.username)] or PermissionLevel.ADMIN,
        allow_self_approval=False,
    )


@reducer
def get_request_notifications(event):
    found = []
    for policy in POLICIES:
        people = on_call(policy)
        if people:
            found.append(Notification(destinations=[slack.group(people), *people], timeout=300))
    found.append(Notification(destinations=[slack.channel(event.flow.vars["channel"])]))
    return found


@hook
def on_request_forward(event, context: RequestForwardContext):
    nxt = context.next_destination_index
    where = context.all_request_destinations[nxt] if nxt is not None else None
    print("forward", context.current_destination_index, "->", nxt, isinstance(where, SlackChannelName))
    slack.send_thread_message(f"Nobody answered, asking {where}")


@hook
def after_request_forward(event, *args):
    print("forwarded", len(args))


@hook
def on_request_expire(event):
    print("expiring", event.name)


@hook
def after_request_expire(event, **kwargs):
    print("expired")


@hook
def on_request(event):
    try:
        busy = pagerduty.has_incident(
            assignees=[event.user], statuses=[PagerDutyStatus.TRIGGERED], urgencies=[PagerDutyUrgency.HIGH]
        )
    except PagerDutyError as e:
        print(f"{e.error_code}: {e}")
        busy = False
    if busy:
        return event.template.approve(reason="Active incident")
