"""Python that a flow and a strategy may be made of, and a filter of flows."""

from __future__ import annotations

STRATEGY_CODE = '''"""A strategy."""
from sym.sdk.strategies import AccessStrategy


class Membership(AccessStrategy):
    def fetch_remote_identity(self, user):
        return user.email

    def escalate(self, target_id, event):
        return {}

    def deescalate(self, target_id, event):
        return {}
'''

FLOW_CODE = '''"""A flow."""
from sym.sdk.annotations import reducer
from sym.sdk.request_permission import PermissionLevel, RequestPermission


@reducer
def get_permissions(event):
    return RequestPermission(webapp_view=PermissionLevel.ADMIN, approve_deny=PermissionLevel.ADMIN)
'''

FILTER_CODE = '''"""Which flows people see."""
from sym.sdk.annotations import reducer


@reducer
def get_flows(user, flows, flows_filter_vars):
    return flows
'''
