from sym.sdk.annotations import reducer
from sym.sdk.integrations import slack


@reducer
def get_approvers(request):
    return [slack.channel("#one", timeout=60), slack.user("U0123456", allow_self=True)]
