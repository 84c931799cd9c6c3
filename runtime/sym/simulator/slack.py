"""The whole of the simulated Slack: its workspaces, the app, and the one lock around them."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from sym.simulator.accounts import Account
from sym.simulator.apps import App, AppSettings, Installation, made_up_app
from sym.simulator.changes import Changes
from sym.simulator.clock import Clock, iso, wall_clock
from sym.simulator.consents import Consents
from sym.simulator.conversations import Conversation
from sym.simulator.errors import Impossible
from sym.simulator.faults import Faults
from sym.simulator.ids import Ids
from sym.simulator.journal import Journal
from sym.simulator.limits import Limiter
from sym.simulator.triggers import Triggers
from sym.simulator.workspace import Workspace


class Slack:
    """Everything there is. ``lock`` is held while anything in it is read or changed, and never while the app is
    waited for."""

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        settings: AppSettings | None = None,
        secrets: Mapping[str, str] | None = None,
    ) -> None:
        self.lock = threading.RLock()
        self.clock = clock or wall_clock
        self.ids = Ids()
        self.changes = Changes()
        self.journal = Journal()
        self.faults = Faults()
        self.limiter = Limiter(self.clock, None)
        self.triggers = Triggers(self.clock)
        self.consents = Consents(self.clock)
        self.app: App = made_up_app(self.ids, settings or AppSettings(), secrets)
        self.workspaces: dict[str, Workspace] = {}
        self.url = "http://127.0.0.1"
        self.offered: dict[tuple[str, ...], list[dict[str, Any]]] = {}

    def add_workspace(self, name: str, *, domain: str | None = None) -> Workspace:
        """A new workspace with its #general and nobody in it. The app is not installed there yet."""
        with self.lock:
            workspace = Workspace(
                id=self.ids.next("T"), name=name, domain=domain or name.lower().replace(" ", "-"), ids=self.ids,
                clock=self.clock, changes=self.changes,
            )  # fmt: skip
            self.workspaces[workspace.id] = workspace
            workspace.add_conversation("public_channel", [], "general", is_general=True)
            return workspace

    def install(self, team: str, *, scopes: tuple[str, ...] | None = None, token: str | None = None) -> Installation:
        """Install the app in a workspace, or again with other scopes: the token stays the same, as in Slack."""
        with self.lock:
            workspace = self.workspaces[team]
            there = self.app.installations.get(team)
            wanted = self.app.settings.scopes if scopes is None else scopes
            if there is None:
                there = self._new_installation(workspace, wanted, token)
                self.app.installations[team] = there
            there.scopes = wanted
            self.changes.add("app.changed", team=team)
            return there

    def _new_installation(self, workspace: Workspace, scopes: tuple[str, ...], token: str | None) -> Installation:
        bot = workspace.find_account(lambda account: account.app_id == self.app.id) or workspace.add_account(
            handle=self.app.settings.bot_name.lower().replace(" ", ""), name=self.app.settings.bot_name, is_bot=True,
            app_id=self.app.id, bot_id=self.ids.next("B"),
        )  # fmt: skip
        bot.is_deleted = False
        made = self.ids.secret("xoxb-", f"{workspace.id}/{len(self.app.revoked)}")
        person = workspace.find_account(lambda account: account.is_admin) or bot
        return Installation(
            team=workspace.id, bot_user=bot.id, bot_id=bot.bot_id or "", token=token or made, scopes=scopes,
            installed_by=person.id,
        )  # fmt: skip

    def uninstall(self, team: str) -> None:
        """Take the app out of a workspace; its token is worth nothing from now on."""
        with self.lock:
            gone = self.app.installations.pop(team)
            self.app.revoked.add(gone.token)
            self.workspaces[team].accounts[gone.bot_user].is_deleted = True
            self.changes.add("app.changed", team=team)

    def installation(self, team: str) -> Installation:
        """The app in this workspace. Raises Impossible if it is not installed there."""
        there = self.app.installations.get(team)
        if there is None:
            raise Impossible(f"the app is not installed in the workspace {team}")
        return there

    def whereabouts(self, person: str) -> tuple[Workspace, Account]:
        """The workspace and the account of a person. Raises Impossible (404)."""
        for workspace in self.workspaces.values():
            if person in workspace.accounts:
                return workspace, workspace.accounts[person]
        raise Impossible(f"there is nobody with the id {person!r}", status=404)

    def actor(self, person: str) -> tuple[Workspace, Account]:
        """The same, of somebody who does something. Raises Impossible for bots and deactivated people."""
        workspace, account = self.whereabouts(person)
        if account.is_bot or account.is_deleted:
            raise Impossible(f"{account.name} cannot do anything: a bot, or deactivated", status=403)
        return workspace, account

    def visible(self, workspace: Workspace, account: Account, channel: str) -> Conversation:
        """The conversation, if this person may see it. Raises Impossible (404, 403)."""
        conversation = workspace.conversations.get(channel)
        if conversation is None:
            raise Impossible(f"there is no conversation {channel!r}", status=404)
        if not sees(account, conversation):
            raise Impossible(f"{account.name} is not in this conversation", status=403)
        return conversation

    def now(self) -> str:
        """The present moment as text."""
        return iso(self.clock())


def sees(account: Account, conversation: Conversation) -> bool:
    """Whether this person can look into a conversation: members can, and everybody of the company into public
    channels, but guests."""
    if account.id in conversation.members:
        return True
    is_outsider = account.is_guest or account.is_single_channel_guest or account.is_stranger
    return conversation.kind == "public_channel" and not is_outsider
