from sym.sdk.annotations import hook, reducer
from sym.sdk.integrations import slack
from sym.sdk.exceptions import AptibleError


@reducer
def get_approvers(event):
    return slack.fallback(slack.user("@boss"), slack.channel("#ops"))


@hook
def on_escalate(event):
    print "granting"
