"""Acme, its Slack and its product: a simulated workspace, real forms, real blocks, and a real runtime on one store."""

from __future__ import annotations

import itertools
import socket
import textwrap
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import uvicorn
from starlette.types import Receive, Scope, Send

from sym.audit.events import Actor
from sym.engine.runtime import Runtime, RuntimeSettings
from sym.sealing import SealingKeys
from sym.simulator.messages import Message
from sym.simulator.server import Person, Simulator
from sym.simulator.views import OpenView
from sym.slack.app import Slack, SlackServices, create_slack, link_slack
from sym.slack.blocks import ids
from sym.slack.directory import directories
from sym.slack.settings import SlackSettings
from sym.store import resources
from sym.store.database import Store
from sym.store.domains import add_domain
from sym.store.events import Event, events_of_run
from sym.store.organizations import create_organization
from sym.store.runs import Run, list_runs
from sym.store.users import create_user, find_user

T = TypeVar("T")
LONG = 20.0
HEAD = """
from sym.sdk import *
from sym.sdk.forms import *
from sym.sdk.integrations import slack
from sym.sdk.notifications import Notification
from sym.sdk.request_permission import PermissionLevel, RequestPermission
"""
OPEN = """
@reducer
def get_permissions(event):
    return RequestPermission(webapp_view=PermissionLevel.MEMBER, approve_deny=PermissionLevel.MEMBER)

@reducer
def get_request_notifications(event):
    return [Notification(destinations=[slack.channel("#requests")])]
"""
"""Any member may decide, in #requests."""
DOOR = """
from sym.sdk.strategies import AccessStrategy

class Door(AccessStrategy):
    def fetch_remote_identity(self, user):
        return user.email

    def escalate(self, target_id, event):
        return {"opened": target_id}

    def deescalate(self, target_id, event):
        return {}
"""
REASON = {"name": "reason", "type": "string", "label": "Reason"}


def real_time() -> datetime:
    return datetime.now(UTC)


class Server:
    """One server of the product."""

    def __init__(self, url: str, folder: Path, simulator: Simulator, *, socket_mode: bool = False,
                 directory_every: timedelta | None = None) -> None:  # fmt: skip
        self.store = Store(url)
        settings = SlackSettings(
            bot_token=simulator.bot_token, signing_secret=simulator.signing_secret, api_url=simulator.api_url,
            app_token=simulator.app_token if socket_mode else None,
        )  # fmt: skip
        link = link_slack(settings, store=self.store, keys=SealingKeys(folder / "keys"), clock=real_time)
        limits = RuntimeSettings(handler_memory_bytes=96 << 20, directory_every=directory_every)
        self.runtime = Runtime(self.store, settings=limits, clock=real_time, outbound=link.outbound,
                               directories=lambda: directories(link.workspaces))  # fmt: skip
        self.runtime.start()
        self.services = SlackServices(
            settings=settings, store=self.store, workspaces=link.workspaces, people=link.people,
            outbound=link.outbound, inbound=self.runtime.inbound, forms=self.runtime.forms, clock=self.runtime.clock,
        )  # fmt: skip
        self.slack: Slack = create_slack(self.services)
        self.slack.start()

    def stop(self) -> None:
        self.slack.stop()
        self.runtime.stop()
        self.store.close()


class Town:
    """``servers`` take turns in hearing what people do; ``ada`` is an admin, ``gil`` a guest, the others members."""

    def __init__(self, url: str, folder: Path, simulator: Simulator) -> None:
        self.simulator, self.url, self.folder = simulator, url, folder
        self.store = Store(url)
        self.servers: list[Server] = []
        self.ids: dict[str, str] = {}
        with self.store.transaction() as conn:
            create_organization(conn, "acme", actor=Actor.SYSTEM, now=real_time())
            add_domain(conn, "acme.example", actor=Actor.SYSTEM, now=real_time())
            create_user(conn, username="ada@acme.example", email="ada@acme.example", type="normal", role="admin",
                        first_name="Ada", actor=Actor.SYSTEM, now=real_time())  # fmt: skip
        self.ada, self.ben, self.cleo = (self.person(name) for name in ("Ada", "Ben", "Cleo"))
        self.gil = simulator.add_person("Gil", email="gil@elsewhere.example")
        everybody = [self.ada, self.ben, self.cleo, self.gil]
        self.ops = simulator.add_channel("#ops", members=everybody, has_app=True)
        self.requests = simulator.add_channel("#requests", members=everybody, has_app=True)

    def person(self, name: str) -> Person:
        """Another member."""
        return self.simulator.add_person(name, email=f"{name.lower()}@acme.example")

    def save(self, name: str, key: str, document: dict[str, Any]) -> str:
        """Declare a resource, or declare it anew under the same key; gives its id."""
        with self.store.transaction() as conn:
            saved = resources.save(conn, name, document, actor=Actor.SYSTEM, now=real_time(),
                                   resource_id=self.ids.get(key))  # fmt: skip
        self.ids[key] = saved.id
        return saved.id

    def door(self) -> str:
        """The strategy, with the targets readers and admins; gives its id."""
        if "door" in self.ids:
            return self.ids["door"]
        integration = self.save("integration", "x", {"type": "custom", "name": "door", "external_id": "door"})
        targets = [
            self.save("target", name, {"type": "custom", "name": name, "label": name.title(),
                                       "settings": {"identifier": name}})
            for name in ("readers", "admins")
        ]  # fmt: skip
        return self.save("strategy", "door", {"type": "custom", "name": "door", "targets": targets,
                                              "integration_id": integration, "implementation": DOOR})  # fmt: skip

    def flow(self, name: str = "ssh", code: str = OPEN, *, fields: Sequence[Any] = (REASON,), access: bool = False,
             environment: str = "local", **params: Any) -> str:  # fmt: skip
        """Declare a flow. Without ``access`` it is about an approval alone."""
        if access:
            params["strategy_id"] = self.door()
        place = self.save("environment", f"environment {environment}", {"name": environment, "integrations": {}})
        document = {
            "name": name, "label": name.title(), "environment_id": place,
            "implementation": HEAD + textwrap.dedent(code), "params": [{**params, "prompt_field": list(fields)}],
        }  # fmt: skip
        return self.save("flow", f"flow {name}", document)

    def add_server(self, *, socket_mode: bool = False, directory_every: timedelta | None = None) -> Server:
        self.servers.append(Server(self.url, self.folder, self.simulator, socket_mode=socket_mode,
                                   directory_every=directory_every))  # fmt: skip
        return self.servers[-1]

    # looking

    def wait_for(self, look: Callable[[], T | None], seconds: float = LONG) -> T:
        """What ``look`` finds as soon as it finds something."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if found := look():
                return found
            time.sleep(0.02)
        raise AssertionError(f"{look} found nothing within {seconds} s")

    def runs(self) -> list[Run]:
        """Every run, the newest first."""
        with self.store.reading() as conn:
            return list_runs(conn)

    def run(self) -> Run:
        """The only run."""
        (found,) = self.runs()
        return found

    def events(self, name: str | None = None) -> list[Event]:
        """The events of the only run, of one name if given."""
        with self.store.reading() as conn:
            found = events_of_run(conn, self.run().id)
        return [event for event in found if name is None or event.name == name]

    def user_id(self, person: Person) -> str:
        with self.store.reading() as conn:
            user = find_user(conn, email=str(person.email))
        assert user is not None
        return user.id

    def status(self, wanted: str) -> Run:
        """The only run, as soon as it has this status."""
        return self.wait_for(lambda: ((run := self.run()).status == wanted and run) or None)

    # what people do

    def modal(self, person: Person, callback_id: str) -> OpenView:
        """The modal in front of somebody, as soon as it is this one."""

        def in_front() -> OpenView | None:
            shown = person.views()[-1:]
            return shown[0] if shown and shown[0].document.get("callback_id") == callback_id else None

        return person.wait_for(in_front, LONG)

    def form(self, person: Person, command: str = "/sym req ssh", channel: str = "#ops") -> OpenView:
        """The form that somebody gets for a command."""
        assert person.command(command, channel)
        return self.modal(person, ids.REQUEST_FORM)

    def field(self, view: OpenView, name: str) -> str:
        """The block of a field."""
        (found,) = (block["block_id"] for block in view.blocks if ids.field_of(block.get("block_id")) == name)
        return str(found)

    def ask(self, person: Person, reason: str = "An outage", **fields: Any) -> Run:
        """Ask for the flow ssh; what it became once the engine has seen it."""
        view = self.form(person)
        for name, value in {"reason": reason, **fields}.items():
            assert person.fill(view, self.field(view, name), value)
        assert person.submit(view) is None
        self.wait_for(lambda: self.runs() and self.runs()[0].status == "requested")
        return self.runs()[0]

    def card(self, has: str = ids.APPROVE) -> Message:
        """The newest card in #requests, as soon as it has this button."""
        return self.ada.wait_for_message("#requests", lambda message: has in str(message.blocks), LONG)

    def heard(self, person: Person, text: str, channel: str | None = None) -> str:
        """What only this person was told, with ``text`` in it, waited for; once."""

        def said() -> list[str]:
            return [each.text for each in person.ephemerals(channel) if text in each.text]

        person.wait_for(said, LONG)
        (found,) = said()
        return found


@contextmanager
def town(url: str, folder: Path, *, servers: int = 1, socket_mode: bool = False) -> Iterator[Town]:
    """A town with so many servers. Over HTTP they take turns."""
    with Simulator() as simulator:
        made = Town(url, folder, simulator)
        try:
            for _ in range(servers):
                made.add_server(socket_mode=socket_mode)
            with listening(made.servers) as address:
                simulator.connect(f"{address}/slack/events")
                yield made
        finally:
            simulator.connect(None)
            for server in made.servers:
                server.stop()
            made.store.close()


@contextmanager
def listening(servers: Sequence[Server]) -> Iterator[str]:
    """One address behind which the servers take turns."""
    turns = itertools.cycle([server.slack.http_app for server in servers])

    async def next_one(scope: Scope, receive: Receive, send: Send) -> None:
        await next(turns)(scope, receive, send)

    bound = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(next_one, log_config=None, lifespan="off", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(30)
        bound.close()
