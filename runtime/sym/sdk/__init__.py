"""What a flow's code needs most, in one place: ``from sym.sdk import *``.

Each name is imported when first used, so that ``import sym.sdk.resource`` loads nothing else.
"""

# No `from __future__ import annotations` here: it would hide the module sym.sdk.annotations behind its own name.
import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sym as sym
    from sym.sdk.annotations import hook, prefetch, reducer
    from sym.sdk.errors import SymIntegrationError, SymSDKError
    from sym.sdk.event import Channel, Event, EventMeta, Payload
    from sym.sdk.flow import Environment as Environment
    from sym.sdk.flow import Flow, Run
    from sym.sdk.forms import FieldOption
    from sym.sdk.integrations import aws_lambda, github, google, okta, onelogin, pagerduty, slack
    from sym.sdk.request_destination import (
        RequestDestination,
        RequestDestinationFallback,
        SlackChannelID,
        SlackChannelName,
        SlackUser,
        SlackUserGroup,
    )
    from sym.sdk.request_permission import PermissionLevel, RequestPermission
    from sym.sdk.resource import SRN, SymResource
    from sym.sdk.target import AccessTarget
    from sym.sdk.templates import ApprovalTemplate, Template
    from sym.sdk.user import User, UserIdentity, UserRole

__all__ = [
    "SRN",
    "AccessTarget",
    "ApprovalTemplate",
    "Channel",
    "Event",
    "EventMeta",
    "FieldOption",
    "Flow",
    "Payload",
    "PermissionLevel",
    "RequestDestination",
    "RequestDestinationFallback",
    "RequestPermission",
    "Run",
    "SlackChannelID",
    "SlackChannelName",
    "SlackUser",
    "SlackUserGroup",
    "SymIntegrationError",
    "SymResource",
    "SymSDKError",
    "Template",
    "User",
    "UserIdentity",
    "UserRole",
    "aws_lambda",
    "github",
    "google",
    "hook",
    "okta",
    "onelogin",
    "pagerduty",
    "prefetch",
    "reducer",
    "slack",
]

_NAMES_BY_MODULE = {
    "annotations": ("hook", "prefetch", "reducer"),
    "errors": ("SymIntegrationError", "SymSDKError"),
    "event": ("Channel", "Event", "EventMeta", "Payload"),
    "flow": ("Environment", "Flow", "Run"),
    "forms": ("FieldOption",),
    "integrations": ("aws_lambda", "github", "google", "okta", "onelogin", "pagerduty", "slack"),
    "request_destination": (
        "RequestDestination",
        "RequestDestinationFallback",
        "SlackChannelID",
        "SlackChannelName",
        "SlackUser",
        "SlackUserGroup",
    ),
    "request_permission": ("PermissionLevel", "RequestPermission"),
    "resource": ("SRN", "SymResource"),
    "target": ("AccessTarget",),
    "templates": ("ApprovalTemplate", "Template"),
    "user": ("User", "UserIdentity", "UserRole"),
}
_MODULE_BY_NAME = {name: module for module, names in _NAMES_BY_MODULE.items() for name in names}


def __getattr__(name: str) -> Any:
    """Import the module a public name lives in, and keep the name (PEP 562)."""
    if name == "sym":
        found: Any = importlib.import_module("sym")
    elif name in _MODULE_BY_NAME:
        found = getattr(importlib.import_module(f"sym.sdk.{_MODULE_BY_NAME[name]}"), name)
    else:
        raise AttributeError(f"module 'sym.sdk' has no attribute {name!r}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULE_BY_NAME, "sym"})
