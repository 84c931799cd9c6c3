from sym.sdk.annotations import action, hook, reducer
from sym.sdk.integrations import slack


@reducer
def get_approvers(event):
    return slack.channel(event.flow.vars["channel"])


@action
def after_approval(evt):
    return True
