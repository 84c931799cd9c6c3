"""The names handlers have, and what each is called with."""

from __future__ import annotations

STEPS = ("prompt", "request", "request_forward", "request_expire", "approve", "deny", "escalate", "deescalate")
"""The events of the approval template, each with an ``on_`` and an ``after_`` hook."""

_FORWARD = ("event", "context")
_IDENTITY = ("event", "service_type", "external_id", "user")

HOOKS: dict[str, tuple[str, ...]] = {
    f"{prefix}_{step}": _FORWARD if step == "request_forward" else ("event",)
    for prefix in ("on", "after")
    for step in STEPS
}
"""Name of a hook to the arguments it is called with."""

REDUCERS: dict[str, tuple[str, ...]] = {
    "get_permissions": ("event",),
    "get_request_notifications": ("event",),
    "get_approvers": ("event",),
    "get_identity": _IDENTITY,
    "get_identity_lookup": _IDENTITY,
}
"""Name of a reducer of a flow to the arguments it is called with."""

FLOWS_FILTER: dict[str, tuple[str, ...]] = {"get_flows": ("user", "flows", "flows_filter_vars")}
"""The one reducer of an organization's flows filter, which is a file of its own."""

OBSOLETE: dict[str, str] = {
    "on_approval": "It is named on_approve now.",
    "after_approval": "It is named after_approve now.",
    "on_denial": "It is named on_deny now.",
    "after_denial": "It is named after_deny now.",
    "get_approver": "Define get_permissions, and get_request_notifications for who is told; or get_approvers for both.",
    "get_timeout": "Give the Notification or the destination a timeout instead.",
    "on_revoke": "Ending access early is the event deescalate: define on_deescalate.",
    "after_revoke": "Ending access early is the event deescalate: define after_deescalate.",
    "get_revoked": "Ending access early is the event deescalate: define on_deescalate.",
    "on_ignore": "Nothing is called for an event that is ignored; do it in the hook that ignores it.",
    "after_ignore": "Nothing is called for an event that is ignored; do it in the hook that ignores it.",
}
"""Names that handlers had in early versions, or might be thought to have, and what to do about them."""

OBSOLETE_DECORATORS = {"action": "Of early versions. Decorate with @hook a function named after_<event>."}
"""Decorators there were, and what to do instead."""

PREFETCH = ("event",)
"""What a prefetch function, of whatever name, is called with."""

ON_CHANGE = ("username", "form")
"""What an ``on_change_<field>`` function is called with."""

PREBOUND = {
    "user_ids": "from sym.sdk.user import user_ids",
    "persist_user_identity": "from sym.sdk.utils import persist_user_identity",
}
"""Names that flows may use without importing them, because published examples do; and the import they lack."""


def fewest_arguments(name: str) -> int:
    """How few arguments the handler may take: a forward hook may do without its context."""
    return 1 if name.endswith("_request_forward") else len((HOOKS | REDUCERS | FLOWS_FILTER)[name])
