"""An organization whose people are in the simulated Slack: the engine, job by job, before the real outbound port."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

from sym.engine.sandbox.sandbox import Sandbox
from sym.sealing import SealingKeys
from sym.simulator.faults import Faults
from sym.simulator.messages import Message
from sym.simulator.server import Simulator
from sym.slack.installations import Installations
from sym.slack.outbound import SlackOutbound
from sym.slack.people import People
from sym.slack.settings import SlackSettings
from sym.slack.workspaces import Workspaces
from sym.store.database import Store
from sym.store.messages import Message as Row
from sym.store.messages import messages_of_run
from tests.runtime.engine.conftest import OPEN, Clock, Door, Engine

EVERYBODY = ("ada", "bob", "eve", "root")


def routed(*destinations: str, timeout: int = 3600) -> str:
    """A flow whose request goes to these, one notification each."""
    listed = ", ".join(f"Notification(destinations=[{place}], timeout={timeout})" for place in destinations)
    return (
        OPEN
        + "from sym.sdk.integrations import slack\nfrom sym.sdk.notifications import Notification\n\n"
        + f"@reducer\ndef get_request_notifications(event):\n    return [{listed}]\n"
    )


class Office:
    """The engine ``acme`` and its workspace. ``told`` runs jobs; ``slack`` is the simulator."""

    def __init__(self, store: Store, sandbox: Sandbox, clock: Clock, folder: Path, slack: Simulator) -> None:
        self.slack, self.clock = slack, clock
        settings = SlackSettings(bot_token=slack.bot_token, signing_secret=slack.signing_secret, api_url=slack.api_url)
        self.workspaces = Workspaces(settings, Installations(store, SealingKeys(folder / "keys"), clock))
        self.people = People(store, self.workspaces)
        self.outbound = SlackOutbound(self.workspaces, self.people, store, clock)
        self.told = Engine(store, sandbox, clock, Door(folder / "door.db"), self.outbound)
        self.persons = {
            name: slack.add_person(name.title(), email=f"{name}@acme.example", is_admin=name == "root")
            for name in EVERYBODY
        }
        self.workspaces.linked()
        self.ids = {name: str(person.id) for name, person in self.persons.items()}

    @property
    def workspace(self) -> Any:
        """The inside of the simulated workspace."""
        return self.slack.workspace

    @property
    def faults(self) -> Faults:
        """What goes wrong in Slack."""
        return self.slack.slack.faults

    @property
    def bot(self) -> str:
        return self.slack.installation.bot_user

    def channel(self, name: str, *, members: tuple[str, ...] = EVERYBODY, has_app: bool = True, **more: Any) -> str:
        """A channel, with the app in it if it is to be; gives its id."""
        people = [self.persons[member] for member in members]
        return self.slack.add_channel(name, members=people, has_app=has_app, **more).id

    def posted(self, channel: str) -> list[Message]:
        """What the app wrote in a channel (``#ops`` or an id), threads included."""
        found = self.workspace.channel_named(channel) or self.workspace.conversations[channel]
        return [message for message in found.everything() if message.user == self.bot]

    def direct(self, *names: str) -> list[Message]:
        """What the app wrote to somebody, or to several in a group message."""
        members = {self.bot, *(self.ids[name] for name in names)}
        found = [item for item in self.workspace.conversations.values() if set(item.members) == members]
        return [message for item in found if not item.is_channel for message in item.everything()]

    def ephemeral(self, channel: str, name: str) -> list[Message]:
        """What the app showed to one person of a channel."""
        found = self.workspace.channel_named(channel) or self.workspace.conversations[channel]
        return [message for message in found.ephemerals if message.visible_to == self.ids[name]]

    def rows(self, run_id: str, kind: str = "request") -> list[Row]:
        """The engine's own messages."""
        with self.told.store.reading() as conn:
            found = [row for row in messages_of_run(conn, run_id) if row.kind == kind]
        return sorted(found, key=lambda row: (row.content.get("position", 0), row.created_at))

    def calls(self, method: str) -> int:
        """How often the app has called a method of the Web API."""
        return len(self.slack.slack.journal.calls(method))

    def later(self, seconds: float, step: float = 60) -> None:
        """Let time pass, a minute at a time, and work all the while."""
        left = seconds
        while left > 0:
            self.told.later(seconds=min(step, left))
            left -= step
        with contextlib.suppress(AssertionError):
            self.told.work()


def text_of(message: Message) -> str:
    """Everything a message says."""
    return f"{message.text}\n{message.blocks}"


def buttons_of(message: Message) -> list[str]:
    """The action ids of a message's buttons."""
    return [
        str(element["action_id"]) for block in message.blocks if block["type"] == "actions"
        for element in block["elements"]
    ]  # fmt: skip
