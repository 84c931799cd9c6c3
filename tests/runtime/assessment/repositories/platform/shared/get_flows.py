from sym.sdk.annotations import reducer


@reducer
def get_flows(user, flows, flows_filter_vars):
    return [flow for flow in flows if flow.name not in flows_filter_vars["hidden"].split(",")]
