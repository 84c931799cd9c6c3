"""Contractors see the flows that are meant for them, everybody else all."""

from sym.sdk import reducer


@reducer
def get_flows(user, flows, flows_filter_vars):
    if (user.email or "").endswith("@contractors.example.com"):
        shown = flows_filter_vars["contractors"].split(",")
        return [flow for flow in flows if flow.name in shown]
    return flows
