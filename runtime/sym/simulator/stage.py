"""Setting the stage: workspaces, people, channels, and what happens to them outside of the app."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sym.simulator.acting import Acting
from sym.simulator.apps import Installation
from sym.simulator.conversations import Conversation
from sym.simulator.person import Person
from sym.simulator.slack import Slack
from sym.simulator.workspace import UserGroup, Workspace


class Stage:
    """What the one who runs the simulator can do to it, besides acting as somebody."""

    slack: Slack
    acting: Acting
    workspace: Workspace

    def add_workspace(self, name: str, *, installed: bool = False) -> Workspace:
        """Another workspace, with or without the app."""
        workspace = self.slack.add_workspace(name)
        if installed:
            self.slack.install(workspace.id)
        return workspace

    def add_person(
        self, name: str, *, email: str | None, team: str | None = None, is_guest: bool = False, is_admin: bool = False,
        **more: Any,
    ) -> Person:  # fmt: skip
        """Somebody new. ``team`` is the id of one of the workspaces, the first if None; any other makes them somebody
        of another company (Slack Connect) in the first. ``more``: ``handle title is_single_channel_guest is_deleted
        is_bot``. The app gets ``team_join``."""
        workspace = self.slack.workspaces.get(team or "", self.workspace)
        more.setdefault("handle", name.partition(" ")[0].lower())
        with self.slack.lock:
            home = team if team and team != workspace.id else None
            account = workspace.add_account(
                name=name, email=email, is_guest=is_guest, is_admin=is_admin, home_team=home, **more
            )
        self.acting.events.user_change(workspace, account, "team_join")
        return Person(self.acting, workspace, account)

    def person(self, id_or_name: str) -> Person:
        """Somebody who is there already, by id, handle, name or e-mail. Raises KeyError."""
        for workspace in self.slack.workspaces.values():
            for account in workspace.accounts.values():
                if id_or_name in (account.id, account.handle, account.name, account.email):
                    return Person(self.acting, workspace, account)
        raise KeyError(id_or_name)

    def add_channel(
        self, name: str, *, members: Iterable[Person] = (), is_private: bool = False, has_app: bool = False,
        workspace: Workspace | None = None, **more: Any,
    ) -> Conversation:  # fmt: skip
        """A channel; ``has_app`` puts the app into it. ``more``: ``topic is_archived is_shared``."""
        there = workspace or self.workspace
        with self.slack.lock:
            ids = [person.id for person in members]
            ids += [self.slack.installation(there.id).bot_user] if has_app else []
            kind = "private_channel" if is_private else "public_channel"
            return there.add_conversation(kind, ids, name.removeprefix("#"), **more)  # type: ignore[arg-type]

    def channel(self, name: str) -> Conversation:
        """The channel of this name in the first workspace. Raises KeyError."""
        found = self.workspace.channel_named(name)
        if found is None:
            raise KeyError(name)
        return found

    def add_group(self, handle: str, members: Iterable[Person]) -> UserGroup:
        """A user group in the first workspace."""
        with self.slack.lock:
            group = UserGroup(
                id=self.slack.ids.next("S"), handle=handle, name=handle.title(), users=[each.id for each in members]
            )
            self.workspace.groups[group.id] = group
            return group

    def invite(self, channel: Conversation, person: Person | None = None) -> None:
        """Put somebody, or the app (None), into a channel."""
        workspace = self.slack.workspaces[channel.team]
        with self.slack.lock:
            joined = person.id if person else self.slack.installation(workspace.id).bot_user
            channel.members.append(joined)
        self.slack.changes.add("channel.changed", team=workspace.id, channel=channel.id)
        self.acting.events.joined(workspace, channel.id, joined)

    def remove(self, channel: Conversation, person: Person | None = None) -> None:
        """Take somebody, or the app (None), out of a channel."""
        with self.slack.lock:
            channel.members.remove(person.id if person else self.slack.installation(channel.team).bot_user)
        self.slack.changes.add("channel.changed", team=channel.team, channel=channel.id)

    def archive(self, channel: Conversation) -> None:
        """Archive a channel; the app is told."""
        channel.is_archived = True
        workspace = self.slack.workspaces[channel.team]
        self.slack.changes.add("channel.changed", team=channel.team, channel=channel.id)
        kind = "channel_archive" if channel.kind == "public_channel" else "group_archive"
        self.acting.events.tell(
            workspace, kind, channel=channel.id, user=self.slack.installation(channel.team).installed_by
        )

    def change_person(self, person: Person, **changes: Any) -> None:
        """Change something of somebody's account (``is_deleted`` deactivates); the app is told (``user_change``)."""
        with self.slack.lock:
            for name, value in changes.items():
                if not hasattr(person.account, name):
                    raise AttributeError(f"an account has no {name}")
                setattr(person.account, name, value)
            person.account.updated = person.workspace.seconds()
        self.slack.changes.add("person.changed", team=person.workspace.id, person=None)
        self.acting.events.user_change(person.workspace, person.account)

    def install(self, team: str, **how: Any) -> Installation:
        """Install the app in a workspace without OAuth; ``how``: ``scopes token``."""
        return self.slack.install(team, **how)

    def uninstall(self, team: str | None = None) -> None:
        """Remove the app from a workspace, the first if None: its token is revoked and the app told."""
        workspace = self.slack.workspaces[team or self.workspace.id]
        bot = self.slack.installation(workspace.id).bot_user
        self.slack.uninstall(workspace.id)
        self.acting.events.tell(workspace, "tokens_revoked", tokens={"oauth": [], "bot": [bot]})
        self.acting.events.tell(workspace, "app_uninstalled")
