"""The API on a real socket, over a real store, before an engine that takes only what it knows."""

from __future__ import annotations

import shutil
import socket
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
import uvicorn
from fastapi import FastAPI

from sym.api.app import create_app
from sym.api.auth import issue
from sym.api.limits import Limits
from sym.api.wiring import Services
from sym.audit.events import Actor
from sym.engine.authority import ACTIONS
from sym.engine.inbound import Accepted, Action, Submission
from sym.engine.keys import KeyDirectory
from sym.engine.queue import Queue
from sym.errors import NotFound
from sym.observability.page import Page
from sym.oidc.login import Oidc
from sym.store.database import Connection, Store
from sym.store.events import Event, insert_event
from sym.store.organizations import create_organization
from sym.store.runs import Run, insert_run
from sym.store.tokens import Token, insert_token
from sym.store.users import User, create_user

Together = Callable[[Connection, Accepted], None] | None


class FakeInbound:
    """Takes requests for one flow and actions on the runs it made; raises ``failure`` if one is set."""

    def __init__(self) -> None:
        self.submissions: list[Submission] = []
        self.actions: list[Action] = []
        self.failure: BaseException | None = None
        self.runs: set[str] = set()
        self.store: Store | None = None

    @property
    def queue(self) -> Queue:
        assert self.store is not None
        return Queue(self.store, lambda: datetime.now(UTC))

    def request(self, submission: Submission, *, now: datetime, together: Together = None) -> Accepted:
        assert isinstance(submission, Submission)
        assert now.utcoffset() == timedelta(0)
        self._fail()
        if submission.flow_srn != "acme:flow:prod_db:latest":
            raise NotFound(f"There is no flow {submission.flow_srn}.", path="flow_srn", code="RequestAPI:INVALID_FLOW")
        accepted = self._accept(str(uuid.uuid4()), together)
        self.submissions.append(submission)
        self.runs.add(accepted.run_id)
        return accepted

    def act(self, action: Action, *, now: datetime, together: Together = None) -> Accepted:
        assert isinstance(action, Action)
        assert action.name in ACTIONS
        self._fail()
        if action.run_id not in self.runs:
            raise NotFound("There is no such run.", code="RunAPI:NOT_FOUND")
        accepted = self._accept(action.run_id, together)
        self.actions.append(action)
        return accepted

    def _accept(self, run_id: str, together: Together) -> Accepted:
        accepted = Accepted(run_id, str(uuid.uuid4()))
        if together is not None:
            assert self.store is not None
            with self.store.transaction() as conn:
                together(conn, accepted)
        return accepted

    def _fail(self) -> None:
        if self.failure is not None:
            raise self.failure


@dataclass
class World:
    """A store with an organization, its people, their tokens, and the API in front of it."""

    store: Store
    keys: KeyDirectory
    now: datetime
    inbound: FakeInbound = field(default_factory=FakeInbound)
    trouble: list[str] = field(default_factory=list)
    users: dict[str, User] = field(default_factory=dict)
    port: int = 0
    metrics: Page | None = None
    limits: Limits | None = None
    oidc: Oidc = field(default_factory=Oidc)

    def __post_init__(self) -> None:
        self.inbound.store = self.store

    def services(self) -> Services:
        """What the API is given to work with."""
        limits = {"limits": self.limits} if self.limits else {}
        return Services(
            store=self.store, inbound=self.inbound, keys=self.keys, problems=lambda: self.trouble,  # type: ignore[arg-type]
            clock=lambda: self.now, metrics=self.metrics, oidc=self.oidc, **limits,
        )  # fmt: skip

    def user(self, name: str, *, kind: str = "normal", role: str = "member") -> User:
        """Create a user; people get an e-mail address as their name."""
        username = name if kind == "bot" else f"{name}@acme.example"
        with self.store.transaction() as conn:
            email = None if kind == "bot" else username
            made = create_user(
                conn, username=username, email=email, type=kind, role=role, actor=Actor.SYSTEM, now=self.now
            )
        self.users[name] = made
        return made

    def row(self, name: str, *, lifetime: timedelta = timedelta(days=1), issuer: str | None = None) -> Token:
        """A stored token of a user."""
        token = Token(
            jti=str(uuid.uuid4()), user_id=self.users[name].id, label="test", issued_by="system",
            issued_at=self.now, expires_at=self.now + lifetime, issuer_id=self.users[issuer].id if issuer else None,
        )  # fmt: skip
        with self.store.transaction() as conn:
            insert_token(conn, token, actor=Actor.SYSTEM)
        return token

    def token(self, name: str, **options: Any) -> str:
        """A token of a user."""
        return issue(self.keys, self.row(name, **options), self.users[name], "acme")

    def run(self, **details: Any) -> Run:
        """A stored run of the flow prod_db, by default ann's, with its request event."""
        plain: dict[str, Any] = {
            "id": str(uuid.uuid4()), "flow_id": str(uuid.uuid4()), "flow_slug": "prod_db", "flow_version": 4,
            "requester_id": self.users["ann"].id, "status": "requested", "source": "api",
            "fields": {"reason": "INC-42"},
            "actors": {}, "created_at": self.now, "updated_at": self.now,
        }  # fmt: skip
        run = Run(**{**plain, **details})
        with self.store.transaction() as conn:
            insert_run(conn, run)
        return run

    def event(self, run: Run, **details: Any) -> Event:
        """A stored event of a run, by default its finished request."""
        plain: dict[str, Any] = {
            "id": str(uuid.uuid4()), "run_id": run.id, "name": "request", "status": "success", "phase": "done",
            "actor_id": run.requester_id, "channel_type": "sym", "fields": {}, "context": {},
            "created_at": self.now, "scheduled_at": self.now,
        }  # fmt: skip
        event = Event(**{**plain, **details})
        with self.store.transaction() as conn:
            insert_event(conn, event)
        return event

    def call(self, method: str, path: str, *, token: str | None = None, **options: Any) -> requests.Response:
        """Call the API over HTTP."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        headers.update(options.pop("headers", {}))
        url = f"http://127.0.0.1:{self.port}{path}"
        return requests.request(method, url, headers=headers, timeout=10, **options)

    def post(self, path: str, body: Any, *, name: str = "ci") -> requests.Response:
        """Post JSON under /api/v1 as a user."""
        return self.call("POST", f"/api/v1{path}", token=self.token(name), json=body)

    def get(self, path: str, *, name: str = "ci") -> requests.Response:
        """Get something under /api/v1 as a user."""
        return self.call("GET", f"/api/v1{path}", token=self.token(name))


def assert_error(response: requests.Response, status: int, code: str, *fields: str) -> str:
    """The one shape every error has; gives its message."""
    assert response.status_code == status, response.text
    body = response.json()
    assert set(body) == {"error", "message", "errors", "code", "status_code", "is_retryable"}
    assert (body["error"], body["status_code"], body["code"]) == (True, status, code)
    assert body["is_retryable"] is ("Retry-After" in response.headers)
    assert "Retry-After" in response.headers or status not in (429, 503)
    assert [item["field"] for item in body["errors"]] == list(fields)
    assert all(set(item) == {"field", "message"} and item["message"] for item in body["errors"])
    assert body["message"]
    assert "Traceback" not in response.text
    assert response.headers["X-Sym-Request-ID"]
    message: str = body["message"]
    return message


@pytest.fixture
def sqlite_store(tmp_path: Path, _sqlite_template: Path) -> Iterator[Store]:
    """A migrated store: what the API does with it does not depend on the database."""
    shutil.copy(_sqlite_template, tmp_path / "store.db")
    store = Store(f"sqlite:///{tmp_path / 'store.db'}")
    yield store
    store.close()


@pytest.fixture
def world(sqlite_store: Store, tmp_path: Path, now: datetime) -> World:
    """The organization acme on SQLite. Nothing is served."""
    return populate(sqlite_store, tmp_path / "keys", now)


def populate(store: Store, keys_dir: Path, now: datetime) -> World:
    """The organization acme: an admin, two members, a guest and two bots."""
    keys = KeyDirectory(keys_dir)
    keys.create(now)
    made = World(store=store, keys=keys, now=now)
    with store.transaction() as conn:
        create_organization(conn, "acme", actor=Actor.SYSTEM, now=now)
    made.user("root", role="admin")
    made.user("ann")
    made.user("bob")
    made.user("eve", role="guest")
    made.user("ci", kind="bot", role="requester")
    made.user("terraform", kind="bot", role="admin")
    return made


@contextmanager
def served(app: FastAPI) -> Iterator[int]:
    """An application on a port of this machine; gives the port."""
    with socket.create_server(("127.0.0.1", 0)) as bound:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
        thread.start()
        try:
            yield int(bound.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join(10)
        assert not thread.is_alive()


@pytest.fixture
def api(world: World) -> Iterator[World]:
    """The same, served on a port of this machine."""
    with served(create_app(world.services())) as world.port:
        yield world
