"""The oldest style: get_approvers with fallbacks, everything from sym.sdk itself."""
from sym.sdk import ApprovalTemplate, hook, okta, pagerduty, reducer, slack


@reducer
def get_approvers(event):
    if event.payload.fields["urgency"] == "Emergency":
        # Anyone may approve in an emergency, the requester included.
        return slack.channel("#break-glass", allow_self=True)

    return slack.fallback(
        slack.user(event.flow.vars["manager_email"], timeout=600),
        slack.group([u.email for u in pagerduty.users_on_call(schedule_id="PSCHED")]),
        slack.channel("#access-requests"),
        continue_on_timeout=True,
    )


@hook
def on_approve(event):
    """Only the security group approves."""
    if not okta.is_user_in_group(event.user, group_id=event.flow.vars["approvers"]):
        return ApprovalTemplate.ignore(
            message="You are not authorized to approve this request."
        )


# def on_request(event):
#     return ApprovalTemplate.approve()


def on_deny(event):
    raise RuntimeError("not decorated, so never run")
