from sym.sdk.annotations import hook, reducer
from sym.sdk.integrations import slack
from sym.sdk.templates import ApprovalTemplate


@reducer
def get_approvers(event):
    return slack.channel(event.flow.vars["channel"], allow_self=True)


@hook
def on_request(event):
    return ApprovalTemplate.approve()


@hook
def after_aprove(event):
    slack.send_message(slack.channel("#audit"), "break glass")
