from typing import List

from sym.sdk import Flow, User, reducer
from sym.sdk.integrations import okta


@reducer
def get_flows(user: User, flows: List[Flow], flows_filter_vars: dict) -> List[Flow]:
    hidden = set(flows_filter_vars["hidden"].split(","))
    if user.email.endswith("@example.com") and user.role == "admin":
        return flows
    return list(filter(lambda flow: flow.name not in hidden, flows))
