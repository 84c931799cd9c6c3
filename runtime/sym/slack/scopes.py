"""What the app may do in a workspace: the scopes of the methods it calls, and no others."""

from __future__ import annotations

from collections.abc import Mapping

_CONVERSATIONS = ("channels:read", "groups:read")
_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")

METHODS: Mapping[str, tuple[str, ...]] = {
    "apps.connections.open": (),  # with the app-level token, whose scope is connections:write
    "auth.revoke": (),
    "auth.test": (),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write", "chat:write.public"),
    "chat.update": ("chat:write",),
    "conversations.history": _HISTORY,
    "conversations.join": ("channels:join",),
    "conversations.list": _CONVERSATIONS,
    "conversations.members": (*_CONVERSATIONS, "im:read", "mpim:read"),
    "conversations.open": ("im:write", "mpim:write"),
    "conversations.replies": _HISTORY,
    "oauth.v2.access": (),
    "usergroups.users.list": ("usergroups:read",),
    "users.info": ("users:read",),
    "users.list": ("users:read",),
    "users.lookupByEmail": ("users:read.email",),
    "views.open": (),
    "views.publish": (),
    "views.update": (),
}
"""The methods of Slack's Web API that are called, and the bot scopes each needs for all it is called with."""

EVENTS: Mapping[str, tuple[str, ...]] = {
    "app_home_opened": (),
    "app_uninstalled": (),
    "team_join": ("users:read",),
    "tokens_revoked": (),
    "user_change": ("users:read",),
}
"""The events that are subscribed to, and the scopes each needs."""

# Slash commands and shortcuts; and the e-mail addresses in what users.info and users.list answer.
_FEATURES = ("commands", "users:read.email")


def bot_scopes() -> list[str]:
    """The scopes the app asks for, sorted."""
    needed = (*METHODS.values(), *EVENTS.values(), _FEATURES)
    return sorted({scope for scopes in needed for scope in scopes})
