from sym.sdk.annotations import reducer


@reducer
def get_flows(user, flows, flows_filter_vars):
    """Flows whose names begin with "security" are shown to the security team only."""
    if (user.email or "").endswith("@" + flows_filter_vars["security_domain"]):
        return flows
    return [flow for flow in flows if not flow.name.startswith("security")]
