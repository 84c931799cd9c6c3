"""A whole server for contracts of the API: the real door of the engine, a flow, and somebody of every kind."""

from __future__ import annotations

import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests
import uvicorn

from sym.api.app import create_app
from sym.api.auth import issue
from sym.api.limits import Limits
from sym.api.wiring import Services
from sym.audit.events import Actor
from sym.engine.inbound import Inbound
from sym.engine.keys import KeyDirectory
from sym.engine.queue import Queue
from sym.store.database import Store
from sym.store.domains import add_domain
from sym.store.events import Event, insert_event
from sym.store.identities import Identity, save_identity
from sym.store.organizations import create_organization
from sym.store.resources import save
from sym.store.runs import Run, insert_run
from sym.store.tokens import Token, insert_token, revoke_token
from sym.store.trust import Trust, insert_trust
from sym.store.users import User, create_user, deactivate

NOW = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)
CALLERS = ("nobody", "expired", "revoked", "deactivated",
           "guest", "member", "requester_bot", "member_bot", "admin_bot", "admin")  # fmt: skip
"""Everybody there is. The first four have no good token."""
STRANGERS = CALLERS[:4]
IMPLEMENTATION = """
from sym.sdk.annotations import reducer
from sym.sdk.request_permission import PermissionLevel, RequestPermission

@reducer
def get_permissions(event):
    return RequestPermission(webapp_view=PermissionLevel.MEMBER, approve_deny=PermissionLevel.MEMBER)
"""


@dataclass
class Office:
    """The organization acme, its people and bots, ``ann`` who has asked for things, and the API in front of them."""

    store: Store
    keys: KeyDirectory
    clock: datetime = NOW
    limits: Limits | None = None
    users: dict[str, User] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    runs: dict[str, str] = field(default_factory=dict)
    events: dict[str, str] = field(default_factory=dict)
    flow_id: str = ""
    places: dict[str, str] = field(default_factory=dict)
    """What stands in paths: ids and names of what is there to be looked at, changed and deleted."""
    port: int = 0

    @property
    def services(self) -> Services:
        """What the API is given: the real door, over a queue that nobody works off."""
        return Services(
            store=self.store, inbound=Inbound(self.store, Queue(self.store, lambda: self.clock)), keys=self.keys,
            problems=list, clock=lambda: self.clock, limits=self.limits or Limits(clock=lambda: self.clock),
        )  # fmt: skip

    def person(self, name: str, role: str, kind: str = "normal") -> User:
        """Somebody with a token under the same name."""
        username = name if kind == "bot" else f"{name}@acme.example"
        with self.store.transaction() as conn:
            user = create_user(conn, username=username, email=None if kind == "bot" else username, type=kind,
                               role=role, actor=Actor.SYSTEM, now=self.clock)  # fmt: skip
        self.users[name] = user
        self.tokens[name] = self.issue(self.row(name), name)
        return user

    def row(self, name: str, *, lifetime: timedelta = timedelta(days=30), issuer: str | None = None) -> Token:
        """A stored token."""
        token = Token(jti=str(uuid.uuid4()), user_id=self.users[name].id, label="test", issued_by="system",
                      issued_at=self.clock, expires_at=self.clock + lifetime,
                      issuer_id=self.users[issuer].id if issuer else None)  # fmt: skip
        with self.store.transaction() as conn:
            insert_token(conn, token, actor=Actor.SYSTEM)
        return token

    def issue(self, row: Token, name: str, org: str = "acme") -> str:
        """The token of a row."""
        return issue(self.keys, row, self.users[name], org)

    def run(self, name: str, status: str, **details: Any) -> None:
        """A run of ann's, with its request event."""
        ann = self.users["ann"]
        run = Run(id=str(uuid.uuid4()), flow_id=self.flow_id, flow_slug="deploy", flow_version=1, requester_id=ann.id,
                  status=status, source="api", fields={"reason": "INC-42"}, created_at=self.clock,
                  updated_at=self.clock, permissions={"approve_deny": "member", "webapp_view": "admin"},
                  **{"actors": {}, **details})  # fmt: skip
        event = Event(id=str(uuid.uuid4()), run_id=run.id, name="request", status="success", phase="done",
                      actor_id=ann.id, channel_type="sym", fields={}, context={}, created_at=self.clock,
                      scheduled_at=self.clock)  # fmt: skip
        with self.store.transaction() as conn:
            insert_run(conn, run)
            insert_event(conn, event)
        self.runs[name], self.events[name] = run.id, event.id

    def call(self, method: str, path: str, caller: str | None, **options: Any) -> requests.Response:
        """Call the server as somebody; a token may be given as it is."""
        token = self.tokens.get(caller or "", caller if caller and caller not in CALLERS else None)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        headers.update(options.pop("headers", {}))
        return requests.request(method, f"http://127.0.0.1:{self.port}{path}", headers=headers, timeout=30,
                                allow_redirects=False, **options)  # fmt: skip


def furnish(store: Store, keys_folder: Path) -> Office:
    """The organization with everybody in it."""
    keys = KeyDirectory(keys_folder)
    keys.create(NOW)
    office = Office(store, keys)
    with store.transaction() as conn:
        create_organization(conn, "acme", actor=Actor.SYSTEM, now=NOW)
    for name, role in (("ann", "member"), ("guest", "guest"), ("member", "member"), ("admin", "admin")):
        office.person(name, role)
    for role in ("requester", "member", "admin"):
        office.person(f"{role}_bot", role, "bot")
    for name in ("expired", "revoked", "deactivated"):
        office.person(name, "admin")
    _spoil(office)
    _declare(office)
    _keep(office)
    office.run("open", "requested")
    office.run("granted", "escalated", actors={"approve": office.users["admin"].id})
    office.run("failed", "errored", actors={"approve": office.users["admin"].id})
    return office


def _spoil(office: Office) -> None:
    office.tokens["expired"] = office.issue(office.row("expired", lifetime=timedelta(seconds=-1)), "expired")
    row = office.row("revoked")
    office.tokens["revoked"] = office.issue(row, "revoked")
    with office.store.transaction() as conn:
        revoke_token(conn, row.jti, actor=Actor.SYSTEM, now=NOW)
        deactivate(conn, office.users["deactivated"].id, actor=Actor.SYSTEM, now=NOW)


def _declare(office: Office) -> None:
    with office.store.transaction() as conn:
        environment = save(conn, "environment", {"name": "prod"}, actor=Actor.SYSTEM, now=NOW).id
        field_ = {"name": "reason", "type": "string", "required": True}
        document = {"name": "deploy", "environment_id": environment, "implementation": IMPLEMENTATION,
                    "params": [{"prompt_field": [field_], "allow_extension": True}]}  # fmt: skip
        office.flow_id = save(conn, "flow", document, actor=Actor.SYSTEM, now=NOW).id


def _keep(office: Office) -> None:
    """What is there to be changed and deleted, none of it anybody's who calls."""
    for name in ("spare", "leaver"):
        office.person(name, "member")
    for name in ("spare_bot", "old_bot", "ci"):
        office.person(name, "requester", "bot")
    accounts = (("spare", "github", "acme"), ("spare", "github", "old"), ("spare", "okta", "old.okta.com"),
                ("spare_bot", "okta", "old.okta.com"))  # fmt: skip
    known = [Identity(user_id=office.users[name].id, service=service, service_id=account, external_user_id=name)
             for name, service, account in accounts]  # fmt: skip
    trust = Trust(id=str(uuid.uuid4()), user_id=office.users["ci"].id, issuer="https://ci.acme.example",
                  audience="sym", claims={"repository": "acme/app"}, created_at=NOW)  # fmt: skip
    with office.store.transaction() as conn:
        add_domain(conn, "old.example", actor=Actor.SYSTEM, now=NOW)
        for identity in known:
            save_identity(conn, identity, NOW)
        insert_trust(conn, trust, actor=Actor.SYSTEM)
    office.places.update(user_id=office.users["spare"].id, name="spare_bot", jti=office.row("ci").jti,
                         trust_id=trust.id, service_type="github", external_id="acme",
                         leaver=office.users["leaver"].id)  # fmt: skip


@contextmanager
def open_office(office: Office) -> Iterator[Office]:
    """The office, served on a port of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as bound:
        bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        office.port = bound.getsockname()[1]
        options = uvicorn.Config(create_app(office.services), log_config=None, lifespan="off", ws="none")
        server = uvicorn.Server(options)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
        thread.start()
        try:
            yield office
        finally:
            server.should_exit = True
            thread.join(10)
        assert not thread.is_alive()
