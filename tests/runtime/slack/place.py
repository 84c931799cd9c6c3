"""The Slack app on a store, before a Slack of the tests, with listeners that only note what they hear."""

from __future__ import annotations

import json
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import urlencode

import pytest
import requests
import uvicorn

from sym.audit.events import Actor
from sym.engine.inbound import Inbound
from sym.engine.queue import Queue
from sym.sealing import SealingKeys
from sym.slack import interactions
from sym.slack.app import Slack, SlackServices, create_slack, link_slack
from sym.slack.settings import SlackSettings
from sym.store.audit import entries
from sym.store.database import Store
from sym.store.organizations import create_organization
from tests.runtime.slack.fake_slack import BOT_TOKEN, CLIENT_ID, CLIENT_SECRET, SECRET, TEAM, FakeSlack, signed


@pytest.fixture
def fake_slack() -> Iterator[FakeSlack]:
    """A Slack with one workspace."""
    with FakeSlack() as fake:
        yield fake


@pytest.fixture
def one_store(tmp_path: Path, _sqlite_template: Path, now: datetime) -> Iterator[Store]:
    """A store with the organization acme: what is tested with it does not depend on the database."""
    shutil.copy(_sqlite_template, tmp_path / "store.db")
    store = Store(f"sqlite:///{tmp_path / 'store.db'}")
    with store.transaction() as conn:
        create_organization(conn, "acme", actor=Actor.SYSTEM, now=now)
    yield store
    store.close()


@dataclass
class Place:
    """The Slack app of one process, and how Slack talks to it. ``heard`` is what its listeners were given."""

    slack: Slack
    services: SlackServices
    store: Store
    now: datetime
    url: str = ""
    heard: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def post(self, body: str, headers: dict[str, str] | None = None, *, path: str = "/slack/events",
             content_type: str = "application/x-www-form-urlencoded") -> requests.Response:  # fmt: skip
        """Send what is signed as ``headers`` say, by default as Slack does."""
        given = signed(body, self.now.timestamp()) if headers is None else headers
        return requests.post(f"{self.url}{path}", data=body.encode(), headers={"Content-Type": content_type, **given},
                             timeout=30)  # fmt: skip

    def command(self, text: str = "", **details: str) -> requests.Response:
        """Somebody types the slash command."""
        return self.post(urlencode({"command": "/test", "text": text, "team_id": TEAM, "user_id": "U1",
                                    "channel_id": "C1", "trigger_id": "1.2.a", **details}))  # fmt: skip

    def interact(self, payload: dict[str, Any]) -> requests.Response:
        """Somebody does something with a message or a view."""
        return self.post(urlencode({"payload": json.dumps(payload)}))

    def event(self, event: dict[str, Any], *, event_id: str = "Ev1", team: str = TEAM,
              headers: dict[str, str] | None = None) -> requests.Response:  # fmt: skip
        """Slack tells of something."""
        body = json.dumps({"type": "event_callback", "team_id": team, "api_app_id": "A1", "event_id": event_id,
                           "event": event})  # fmt: skip
        return self.post(body, {**signed(body, self.now.timestamp()), **(headers or {})},
                         content_type="application/json")  # fmt: skip

    def audit(self) -> list[str]:
        """The names of what is in the log."""
        with self.store.reading() as conn:
            return [entry["name"] for entry in entries(conn)]


def settings_for(fake: FakeSlack, **changes: Any) -> SlackSettings:
    """Everything that can be set, for ``fake``, but Socket Mode."""
    given: dict[str, Any] = {
        "bot_token": BOT_TOKEN, "signing_secret": SECRET, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET,
        "api_url": fake.api_url, **changes,
    }  # fmt: skip
    return SlackSettings(**given)


def services_for(settings: SlackSettings, store: Store, now: datetime) -> SlackServices:
    """The parts behind the app. No forms are behind those."""
    folder = Path(store.url.removeprefix("sqlite:///")).parent
    link = link_slack(settings, store=store, keys=SealingKeys(folder / "keys"), clock=lambda: now)
    unused: Any = None
    return SlackServices(
        settings=settings, store=store, workspaces=link.workspaces, people=link.people, outbound=link.outbound,
        inbound=Inbound(store, Queue(store, lambda: now)), forms=unused, clock=lambda: now,
    )  # fmt: skip


@contextmanager
def listening(services: SlackServices, store: Store, now: datetime) -> Iterator[Place]:
    """The app, served on a port of this machine, with listeners that note what they hear."""
    # What people may do has listeners of its own, and tests of its own.
    with mock.patch.object(interactions, "register", return_value=mock.Mock(spec=["stop"])):
        slack = create_slack(services)
    place = Place(slack, services, store, now)
    note(place)
    bound = socket.create_server(("127.0.0.1", 0))
    place.url = f"http://127.0.0.1:{bound.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(slack.http_app, log_config=None, lifespan="off", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
    thread.start()
    slack.start()
    try:
        yield place
    finally:
        slack.stop()
        server.should_exit = True
        thread.join(30)
        bound.close()


def note(place: Place) -> None:
    """Listeners that note what they hear; text that is ``break`` breaks them."""
    app: Any = place.slack.app

    def heard(ack: Callable[..., Any], body: dict[str, Any]) -> None:
        place.heard.append((str(body.get("type") or "command"), body))
        if body.get("text") == "break" or body.get("callback_id") == "break":
            raise RuntimeError("what somebody typed: hunter2")
        ack()

    app.command("/test")(heard)
    app.action("test")(heard)
    app.shortcut("break")(heard)
    app.view("break")(heard)
    app.event("member_joined_channel")(heard)


@pytest.fixture
def place(fake_slack: FakeSlack, one_store: Store, now: datetime) -> Iterator[Place]:
    """The app over HTTP, in the workspace of the token."""
    with listening(services_for(settings_for(fake_slack), one_store, now), one_store, now) as made:
        yield made
