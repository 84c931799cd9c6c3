"""``Simulator``: a whole Slack, listening, with people to act as.

simulator = Simulator()
simulator.start()
ada = simulator.add_person("Ada Park", email="ada@acme.test", is_admin=True)
ops = simulator.add_channel("#ops", members=[ada], has_app=True)
simulator.connect("http://127.0.0.1:8000/slack/events")
ada.command("/sym req")
simulator.stop()
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from sym.simulator.acting import Acting
from sym.simulator.apps import AppSettings, Installation
from sym.simulator.clock import Clock
from sym.simulator.conversations import Conversation
from sym.simulator.delivery import Delivery
from sym.simulator.faults import Fault, Faults
from sym.simulator.limits import RateLimits
from sym.simulator.parcels import Parcel
from sym.simulator.person import Person
from sym.simulator.serving import Serving
from sym.simulator.slack import Slack
from sym.simulator.workspace import UserGroup, Workspace

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Timing:
    """``ack_seconds`` is the real time that the app has to answer, ``retry_waits`` the real pauses before an event is
    sent again (Slack: ``(0, 60, 300)``), ``trigger_seconds`` how long triggers are good by the simulator's clock."""

    ack_seconds: float = 3.0
    retry_waits: tuple[float, ...] = (0.0, 0.0, 0.0)
    trigger_seconds: float = 3.0


class Simulator:
    """One Slack with one app, which is installed in its first workspace.

    ``clock`` gives the time (the real one if None; with one that stands still, triggers never expire and requests are
    signed for that moment). ``manifest`` says what the app is and may do: an app manifest as Slack has them, or
    :class:`AppSettings`. ``secrets`` fixes some of ``client_id client_secret signing_secret app_token bot_token``.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        port: int = 0,
        host: str = "127.0.0.1",
        manifest: AppSettings | Mapping[str, Any] | None = None,
        secrets: Mapping[str, str] | None = None,
        timing: Timing | None = None,
    ) -> None:
        given, times = dict(secrets or {}), timing or Timing()
        bot_token = given.pop("bot_token", None)
        settings = AppSettings.of_manifest(manifest) if isinstance(manifest, Mapping) else manifest
        self.slack = Slack(clock=clock, settings=settings, secrets=given)
        self.slack.triggers.seconds = times.trigger_seconds
        self.delivery = Delivery(self.slack, ack_seconds=times.ack_seconds, retry_waits=times.retry_waits)
        self.acting = Acting(self.slack, self.delivery)
        self.workspace = self.slack.add_workspace("Acme")
        self.slack.install(self.workspace.id, token=bot_token)
        self._serving = Serving(self.acting, host=host, port=port)

    # its life

    def start(self) -> None:
        """Listen. Raises OSError if the port is taken."""
        self.slack.url = self._serving.start()

    def stop(self) -> None:
        """Stop listening and sending."""
        self._serving.stop()
        self.delivery.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # what the product needs to know

    @property
    def url(self) -> str:
        """Where it listens: ``http://127.0.0.1:port``."""
        return self.slack.url

    @property
    def api_url(self) -> str:
        """The base of the Web API, with a slash at its end."""
        return f"{self.slack.url}/api/"

    @property
    def team_id(self) -> str:
        """The id of the first workspace."""
        return self.workspace.id

    @property
    def bot_token(self) -> str:
        """The app's token in the first workspace."""
        return self.installation.token

    @property
    def installation(self) -> Installation:
        """The app in the first workspace."""
        return self.slack.installation(self.workspace.id)

    @property
    def signing_secret(self) -> str:
        """What requests to the app are signed with."""
        return self.slack.app.signing_secret

    @property
    def app_token(self) -> str:
        """The app-level token for Socket Mode."""
        return self.slack.app.app_token

    @property
    def client_id(self) -> str:
        """For OAuth."""
        return self.slack.app.client_id

    @property
    def client_secret(self) -> str:
        """For OAuth."""
        return self.slack.app.client_secret

    def connect(self, request_url: str | None, *, options_url: str | None = None) -> None:
        """Where the app is told of things, unless it is connected in Socket Mode; None: nowhere."""
        self.slack.app.request_url, self.slack.app.options_url = request_url, options_url
        self.slack.changes.add("app.changed")

    def verifies(self, request_url: str) -> bool:
        """Whether the app there proves that it is one (``url_verification``), as Slack asks before it takes a URL.
        Raises Undelivered."""
        challenge = self.slack.ids.secret("", request_url)
        payload = {"type": "url_verification", "token": self.slack.app.verification_token, "challenge": challenge}
        parcel = Parcel(kind="events_api", what="url_verification", team=self.team_id, payload=payload)
        answer = self.delivery.deliver(parcel, url=request_url)
        return answer == challenge or (isinstance(answer, dict) and answer.get("challenge") == challenge)

    # who and what is there

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
        self.acting.events.tell(workspace, kind, channel=channel.id, user=self.installation.installed_by)

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

    # trouble

    @property
    def faults(self) -> Faults:
        """What is still to go wrong."""
        return self.slack.faults

    def next_calls(self, method: str, faults: Iterable[Fault | None]) -> None:
        """What happens to the next calls of a method of the Web API (``*``: of any); None lets one through."""
        self.slack.faults.next_calls(method, faults)

    def limit(self, limits: RateLimits | None) -> None:
        """Limit the rate of calls from now on; None: no limits, as in the beginning."""
        self.slack.limiter.limits = limits

    def down(self) -> None:
        """Slack is down: calls lose their connection, Socket Mode is cut, nobody can act."""
        self.slack.faults.is_down = True
        self.delivery.sockets.disconnect(None)

    def up(self) -> None:
        """Slack is back."""
        self.slack.faults.is_down = False

    def send_again(self, parcel: Parcel | None = None) -> Any:
        """Send something (the latest, if None) once more as it was, only newly signed: a replay."""
        return self.delivery.deliver(parcel or self.delivery.sent[-1])

    # waiting

    def wait_for(self, predicate: Callable[[], T], seconds: float = 5.0) -> T:
        """What ``predicate`` answers as soon as it is true, asked again at every change. Raises TimeoutError."""
        return self.slack.changes.wait_for(predicate, seconds)

    def settle(self, seconds: float = 10.0) -> None:
        """Wait until no event is on its way. Raises TimeoutError."""
        self.delivery.settle(seconds)

    def calls(self, method: str) -> list[str]:
        """How the calls of a method went, in their order: ``ok`` or the error."""
        return [entry.outcome for entry in self.slack.journal.calls(method)]


__all__ = ["AppSettings", "Fault", "Person", "RateLimits", "Simulator", "Timing"]
