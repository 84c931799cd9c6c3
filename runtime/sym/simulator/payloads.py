"""The payloads that the app gets, in Slack's shape."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from sym.simulator.accounts import Account
from sym.simulator.apps import App
from sym.simulator.conversations import Conversation
from sym.simulator.messages import Message
from sym.simulator.views import OpenView
from sym.simulator.workspace import Workspace

Payload = dict[str, Any]


def envelope(kind: str, app: App, workspace: Workspace, account: Account) -> Payload:
    """What every payload of an interaction begins with. ``team`` is where the app is installed; ``user.team_id`` is
    the home of the person, which differs for people of another company."""
    return {
        "type": kind,
        "token": app.verification_token,
        "api_app_id": app.id,
        "team": {"id": workspace.id, "domain": workspace.domain},
        "user": {"id": account.id, "username": account.handle, "name": account.handle, "team_id": account.home_team},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def in_message(message: Message, conversation: Conversation, state: Mapping[str, Any]) -> Payload:
    """Where a click in a message happened. Slack leaves the message itself out if it is ephemeral."""
    container = {
        "type": "message", "message_ts": message.ts, "channel_id": conversation.id,
        "is_ephemeral": message.visible_to is not None,
    }  # fmt: skip
    if message.is_reply:
        container["thread_ts"] = message.thread_ts
    shown: Payload = {} if message.visible_to else {"message": message.as_slack(with_metadata=True)}
    channel = {"id": conversation.id, "name": channel_name(conversation)}
    return {"container": container, "channel": channel, **shown, "state": {"values": copy.deepcopy(dict(state))}}


def in_view(view: OpenView) -> Payload:
    """Where a click in a modal or home tab happened."""
    return {"container": {"type": "view", "view_id": view.id}, "view": view.as_slack()}


def action(block: Mapping[str, Any], element: Mapping[str, Any], value: Mapping[str, Any] | None, ts: str) -> Payload:
    """One entry of ``actions``."""
    ids = {"block_id": block["block_id"], "action_id": element["action_id"], "action_ts": ts}
    names = ("value", "style", "url", "text") if element["type"] == "button" else ("placeholder",)
    own = {name: copy.deepcopy(element[name]) for name in names if name in element}
    return {"type": element["type"], **own, **copy.deepcopy(dict(value or {})), **ids}


def channel_name(conversation: Conversation) -> str:
    """A channel's name as payloads have it."""
    return "directmessage" if conversation.kind == "im" else conversation.name


def command(app: App, workspace: Workspace, account: Account, conversation: Conversation) -> dict[str, str]:
    """The fields of a slash command, but for command, text, response_url and trigger_id."""
    return {
        "token": app.verification_token, "team_id": workspace.id, "team_domain": workspace.domain,
        "channel_id": conversation.id,
        "channel_name": "privategroup" if conversation.kind == "private_channel" else channel_name(conversation),
        "user_id": account.id, "user_name": account.handle, "api_app_id": app.id, "is_enterprise_install": "false",
    }  # fmt: skip


def event(app: App, workspace: Workspace, inner: Mapping[str, Any], event_id: str) -> Payload:
    """The envelope of an event."""
    installation = app.installations.get(workspace.id)
    authorizations = [
        {
            "enterprise_id": None, "team_id": workspace.id, "user_id": installation.bot_user, "is_bot": True,
            "is_enterprise_install": False,
        }
    ] if installation else []  # fmt: skip
    return {
        "token": app.verification_token, "team_id": workspace.id, "context_team_id": workspace.id,
        "context_enterprise_id": None, "api_app_id": app.id, "event": dict(inner), "type": "event_callback",
        "event_id": event_id, "event_time": workspace.seconds(), "authorizations": authorizations,
        "is_ext_shared_channel": False, "event_context": f"4-{event_id}",
    }  # fmt: skip
