"""What the page is shown of the workspaces, as a person sees them."""

from __future__ import annotations

import copy
from typing import Any

from sym.simulator import stacks, values
from sym.simulator.accounts import Account
from sym.simulator.conversations import Conversation
from sym.simulator.delivery import Delivery
from sym.simulator.errors import Impossible
from sym.simulator.messages import Message
from sym.simulator.slack import Slack, sees
from sym.simulator.web_api.chat import permalink
from sym.simulator.workspace import Workspace

Document = dict[str, Any]


def workspaces(slack: Slack, delivery: Delivery) -> list[Document]:
    """All workspaces with their people, channels and the app."""
    return [_workspace(slack, delivery, workspace) for workspace in slack.workspaces.values()]


def _workspace(slack: Slack, delivery: Delivery, workspace: Workspace) -> Document:
    installation = slack.app.installations.get(workspace.id)
    settings = slack.app.settings
    channels = [each for each in workspace.conversations.values() if each.is_channel]
    return {
        "id": workspace.id, "name": workspace.name, "domain": workspace.domain, "is_installed": bool(installation),
        "app": {
            "name": settings.name, "app_id": slack.app.id,
            "bot_user_id": installation.bot_user if installation else None,
            "commands": [command.as_json() for command in settings.commands],
            "shortcuts": [shortcut.as_json() for shortcut in settings.shortcuts],
            "is_connected": delivery.by is not None, "by": delivery.by,
        },
        "people": [account.as_page() for account in workspace.accounts.values()],
        "channels": [
            {
                "id": each.id, "name": each.name, "is_private": each.kind == "private_channel",
                "is_archived": each.is_archived,
            }
            for each in channels
        ],
    }  # fmt: skip


def conversations(slack: Slack, person: str) -> list[Document]:
    """Those a person sees: channels by name, then direct and group messages, the newest first."""
    workspace, account = slack.whereabouts(person)
    seen = [each for each in workspace.conversations.values() if sees(account, each)]
    channels = sorted((each for each in seen if each.is_channel), key=lambda each: each.name)
    direct = sorted((each for each in seen if not each.is_channel), key=_latest, reverse=True)
    return [_conversation(slack, workspace, account, each) for each in (*channels, *direct)]


def _latest(conversation: Conversation) -> str:
    return max((message.ts for message in conversation.everything()), default="")


def _conversation(slack: Slack, workspace: Workspace, account: Account, conversation: Conversation) -> Document:
    others = conversation.others(account.id)
    read = conversation.read.get(account.id, "")
    unread = [each for each in conversation.messages if each.ts > read and each.user != account.id]
    is_member = account.id in conversation.members
    names = ", ".join(workspace.accounts[other].name for other in others) or account.name
    return {
        "id": conversation.id, "kind": _kind(slack, workspace, conversation, others),
        "name": conversation.name if conversation.is_channel else names, "topic": conversation.topic,
        "is_member": is_member, "is_archived": conversation.is_archived, "members": list(conversation.members),
        "with": others, "unread": len(unread) if is_member else 0, "last_ts": _latest(conversation) or None,
    }  # fmt: skip


def _kind(slack: Slack, workspace: Workspace, conversation: Conversation, others: list[str]) -> str:
    installation = slack.app.installations.get(workspace.id)
    if conversation.kind == "im" and installation and others == [installation.bot_user]:
        return "app"
    kinds = {"public_channel": "channel", "private_channel": "private", "im": "direct", "mpim": "group"}
    return kinds[conversation.kind]


def messages(slack: Slack, person: str, channel: str, thread: str | None, limit: int) -> list[Document]:
    """What a person reads in a conversation or thread, oldest first, ephemeral messages at their time."""
    workspace, account = slack.whereabouts(person)
    conversation = slack.visible(workspace, account, channel)
    own = [each for each in conversation.ephemerals if each.visible_to == person]
    if thread:
        top = conversation.find(thread)
        if top is None:
            raise Impossible("there is no such thread", status=404)
        there = [top, *top.replies, *(each for each in own if each.thread_ts == thread)]
    else:
        there = [*conversation.messages, *(each for each in own if not each.is_reply)]
    ordered = sorted(there, key=lambda each: each.ts)[-limit:]
    return [message(workspace, each, person) for each in ordered]


def message(workspace: Workspace, shown: Message, person: str) -> Document:
    """One message as ``person`` sees it."""
    author = workspace.accounts[shown.user]
    return {
        "ts": shown.ts, "channel": shown.channel, "user": shown.user, "is_bot": author.is_bot, "name": author.name,
        "text": shown.text, "blocks": copy.deepcopy(shown.blocks), "attachments": copy.deepcopy(shown.attachments),
        "edited_ts": shown.edited_ts, "thread_ts": shown.thread_ts, "reply_count": len(shown.replies),
        "reply_users": shown.reply_users(), "latest_reply": shown.replies[-1].ts if shown.replies else None,
        "is_ephemeral": shown.visible_to is not None,
        "state": copy.deepcopy(shown.states.get(person) or values.start(shown.blocks)),
        "permalink": permalink(workspace.domain, shown),
    }  # fmt: skip


def views(slack: Slack, person: str) -> list[Document]:
    """The open modals of a person, the one in front last."""
    workspace, _ = slack.whereabouts(person)
    return [view.as_page() for view in stacks.open_stack(workspace, person)]


def home(slack: Slack, person: str) -> Document | None:
    """The app's home tab as a person has it, None before the app published one."""
    workspace, _ = slack.whereabouts(person)
    view = workspace.views.get(workspace.homes.get(person, ""))
    return view.as_page() if view else None
