"""What Acme's platform team has written: access to databases, and an approval."""

from __future__ import annotations

IMPLEMENTATION = """
from sym.sdk import ApprovalTemplate, FieldOption, PermissionLevel, RequestPermission, hook, prefetch, reducer
from sym.sdk.integrations import slack
from sym.sdk.notifications import Notification

TICKETS = {
    "OPS-1431": "Nightly export failed",
    "OPS-1432": "Invoices show the wrong total",
    "OPS-1440": "Search is slow",
}


@prefetch(field_name="ticket")
def open_tickets(event):
    return [FieldOption(value=key, label=f"{key} {title}") for key, title in TICKETS.items()]


@reducer
def get_permissions(event):
    level = PermissionLevel.ADMIN if event.payload.fields.get("write") else PermissionLevel.MEMBER
    return RequestPermission(webapp_view=PermissionLevel.MEMBER, approve_deny=level, allow_self_approval=False)


@reducer
def get_request_notifications(event):
    return [Notification(destinations=[slack.channel("#access-requests")])]
"""

RELEASE = """
from sym.sdk import PermissionLevel, RequestPermission, reducer
from sym.sdk.integrations import slack
from sym.sdk.notifications import Notification


@reducer
def get_permissions(event):
    return RequestPermission(webapp_view=PermissionLevel.MEMBER, approve_deny=PermissionLevel.MEMBER)


@reducer
def get_request_notifications(event):
    return [Notification(destinations=[slack.channel("#ops")])]
"""

RELEASE_FIELDS = [{"name": "version", "type": "string", "label": "Version"}]

ON_CHANGE = """
def on_change_write(username, form):
    writes = bool(form.fields["write"].value)
    for name in ("tables", "rows"):
        form.fields[name].visible = writes
    form.fields["tables"].required = writes
    form.additional_header_text = "Admins decide about changes of data." if writes else None
    return form
"""

STRATEGY = """
from sym.sdk.strategies import AccessStrategy


class DatabaseStrategy(AccessStrategy):
    def fetch_remote_identity(self, user):
        return user.email

    def escalate(self, target_id, event):
        return {"role": target_id}

    def deescalate(self, target_id, event):
        return {}
"""

FIELDS = [
    {"name": "ticket", "type": "string", "label": "Ticket", "required": False, "prefetch": True},
    {"name": "write", "type": "bool", "label": "Will you change data?", "required": False, "on_change": ON_CHANGE},
    {"name": "tables", "type": "str_list", "label": "Tables", "visible": False, "required": False,
     "allowed_values": ["customers", "invoices", "orders"]},
    {"name": "rows", "type": "int_list", "label": "Rows", "visible": False, "required": False},
    {"name": "reason", "type": "string", "label": "Why do you need it?"},
    {"name": "duration", "type": "duration", "label": "For how long?", "allowed_values": ["4s", "30m", "4h"]},
]  # fmt: skip
