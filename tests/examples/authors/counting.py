from datetime import datetime, timedelta

from sym.sdk.annotations import hook, reducer
from sym.sdk.request_permission import PermissionLevel, RequestPermission
from sym.sdk.templates import ApprovalTemplate
from sym.sdk.templates.approval import ApprovalTemplateStep as Step  # an older path
from sym.sdk.exceptions import SymException


@reducer
def get_permissions(event):
    try:
        return RequestPermission(webapp_view=PermissionLevel.MEMBER, approve_deny=PermissionLevel.MEMBER)
    except Exception:
        return RequestPermission(webapp_view=PermissionLevel.ADMIN, approve_deny=PermissionLevel.ADMIN)


@hook
def on_request(event):
    since = datetime.min
    today = event.payload.timestamp - timedelta(hours=24)
    total = event.user.get_event_count(Step.APPROVE, since=since)
    lately = event.user.get_event_count("approve", since=today, until=event.payload.timestamp, filter_on="target",
                                        include_errored=True)
    print(f"{total=} {lately=}")
    if lately >= int(event.flow.vars["most_per_day"]):
        return ApprovalTemplate.deny(reason=f"{lately} times in a day are enough.")
    if total:
        return ApprovalTemplate.approve()
