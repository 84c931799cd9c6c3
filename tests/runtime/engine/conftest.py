"""The engine before a real store and a real sandbox, with a clock that is turned by hand and no worker.

The jobs are in the store as ever; tests run them.
"""

from __future__ import annotations

import json
import textwrap
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from sym.audit.events import Actor
from sym.engine.commit import GRACE
from sym.engine.delivery import Delivery
from sym.engine.executor import Executor
from sym.engine.inbound import Accepted, Action, Inbound, Submission
from sym.engine.notices import Notices
from sym.engine.outbound import Unbound
from sym.engine.queue import PHASES, Queue
from sym.engine.sandbox.limits import MIB, Limits
from sym.engine.sandbox.sandbox import Sandbox
from sym.engine.sweeper import Sweeper
from sym.sdk._secrets import SecretPlace
from sym.store import resources
from sym.store.audit import entries
from sym.store.database import Store
from sym.store.events import Event, events_of_run, get_event
from sym.store.grants import Effect, Lease, effects_of_event, lease_of_run
from sym.store.jobs import finish_jobs, take_jobs
from sym.store.organizations import create_organization
from sym.store.runs import Run, get_run
from sym.store.users import User, create_user

HEAD = "from sym.sdk import *\nfrom sym.sdk.templates import get_step_output\n"
OPEN = """
@reducer
def get_permissions(event):
    return RequestPermission(webapp_view=PermissionLevel.MEMBER, approve_deny=PermissionLevel.MEMBER)
"""
"""Any member may decide."""

STRATEGY = '''
import json, os, signal, sqlite3
from contextlib import closing
from sym.sdk.strategies import AccessStrategy
from sym.sdk.templates import get_step_output

class Door(AccessStrategy):
    """Members of a door; every call is counted. What `mode` says of a method happens instead, or besides."""

    def fetch_remote_identity(self, user):
        return (user.email or user.username).split("@")[0]

    def _run(self, statement, *values):
        with closing(sqlite3.connect(self.integration.external_id)) as database, database:
            return database.execute(statement, values).fetchall()

    def _enter(self, method, target_id, output):
        self._run("insert into calls (method, target, output) values (?, ?, ?)", method, target_id, json.dumps(output))
        for (behaviour,) in self._run("select behaviour from mode where method = ?", method):
            exec(behaviour)

    def escalate(self, target_id, event):
        who = self.get_requester_identity(event)
        self._enter("escalate", target_id, dict(event.payload.fields["target"].settings))
        self._run("insert or ignore into members values (?, ?)", who, target_id)
        return {"member": who, "badge": 7}

    def deescalate(self, target_id, event):
        self._enter("deescalate", target_id, get_step_output("escalate"))
        self._run("delete from members where name = ?", self.get_requester_identity(event))
        return {"gone": True}
'''


class Clock:
    """Time that stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


class JobTable:
    """The jobs of the store, run by hand instead of by a worker."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._clock = clock
        self.store = store

    def take(self) -> tuple[str, str, int] | None:
        """Remove and give the job that is due first: phase, event, attempt. None if none is."""
        with self.store.transaction() as conn:
            soon = self._clock.now + timedelta(milliseconds=1)
            for job in take_jobs(conn, "hand", PHASES, now=soon, limit=1):
                finish_jobs(conn, [job.key])
                return job.phase, job.subject_id, job.attempt
        return None

    def lose(self) -> None:
        """Forget every job."""
        with self.store.transaction() as conn:
            conn.execute(sa.text("delete from sym_job"))


class Door:
    """The target system: who is in, and what the strategy was called with."""

    def __init__(self, path: Path) -> None:
        self.path = path
        for statement in (
            "create table members (name text, target text, primary key (name, target))",
            "create table calls (method text, target text, output text)",
            "create table mode (method text, behaviour text)",
        ):
            self._run(statement)

    def _run(self, statement: str, *values: Any) -> list[Any]:
        import sqlite3

        with closing(sqlite3.connect(self.path)) as database, database:
            return database.execute(statement, values).fetchall()

    @property
    def members(self) -> list[tuple[str, str]]:
        return self._run("select name, target from members order by 1, 2")

    @property
    def calls(self) -> list[str]:
        return [method for (method,) in self._run("select method from calls order by rowid")]

    @property
    def details(self) -> list[tuple[str, str, Any]]:
        found = self._run("select method, target, output from calls order by rowid")
        return [(method, target, json.loads(output)) for method, target, output in found]

    def behave(self, method: str, statement: str | None) -> None:
        """Run a statement whenever the method is called, once the call is counted; None: behave well again."""
        self._run("delete from mode where method = ?", method)
        if statement:
            self._run("insert into mode values (?, ?)", method, statement)


class Engine:
    """An organization whose flows are executed job by job."""

    def __init__(self, store: Store, sandbox: Sandbox, clock: Clock, door: Door, outbound: Any = None) -> None:
        outbound = outbound or Unbound()
        self.store, self.sandbox, self.clock, self.door = store, sandbox, clock, door
        self.jobs = JobTable(store, clock)
        self.queue = Queue(store, clock)
        self.environment: dict[str, str] = {}
        place = SecretPlace(environment=self.environment)
        self.outbound = outbound
        notices = Notices(self.queue, is_bound=outbound.is_bound)
        self.executor = Executor(store, self.queue, sandbox, place, clock, notices=notices)
        self.delivery = Delivery(store, self.queue, outbound, clock)
        self.inbound = Inbound(store, self.queue)
        self.sweeper = Sweeper(store, self.queue, clock)
        self.settings: dict[str, str] = {}
        self.ids: dict[str, str] = {}
        with store.transaction() as conn:
            create_organization(conn, "acme", actor=Actor.SYSTEM, now=clock.now)
        people = {"ada": "member", "bob": "member", "eve": "member", "root": "admin", "guest": "guest"}
        self.users = {name: self._user(name, "normal", role) for name, role in people.items()}
        self.users["ci"] = self._user("ci", "bot", "requester")

    def _user(self, name: str, kind: str, role: str) -> User:
        email = None if kind == "bot" else f"{name}@acme.example"
        with self.store.transaction() as conn:
            return create_user(
                conn, username=email or name, email=email, type=kind, role=role, actor=Actor.SYSTEM, now=self.clock.now
            )

    def save(self, name: str, key: str, document: dict[str, Any]) -> str:
        """Declare a resource, or declare it anew under the same key; gives its id."""
        with self.store.transaction() as conn:
            saved = resources.save(
                conn, name, document, actor=Actor.SYSTEM, now=self.clock.now, resource_id=self.ids.get(key)
            )
        self.ids[key] = saved.id
        return saved.id

    def delete(self, name: str, key: str) -> None:
        """Remove a resource."""
        with self.store.transaction() as conn:
            assert resources.delete(conn, name, self.ids.pop(key), actor=Actor.SYSTEM, now=self.clock.now)

    def strategy(self, implementation: str = STRATEGY, targets: tuple[str, ...] = ("readers", "admins")) -> str:
        """Declare the strategy with its integration and targets; gives its id."""
        integration: dict[str, Any] = {"type": "custom", "name": "door", "external_id": str(self.door.path)}
        if self.settings:
            integration["settings"] = self.settings
        integration_id = self.save("integration", "integration", integration)
        ids = [
            self.save("target", name, {"type": "custom", "name": name, "label": name, "settings": {"identifier": name}})
            for name in targets
        ]
        document = {
            "type": "custom", "name": "door", "targets": ids, "integration_id": integration_id,
            "implementation": implementation,
        }  # fmt: skip
        return self.save("strategy", "strategy", document)

    def flow(self, code: str = OPEN, *, access: bool = True, fields: Any = (), **params: Any) -> str:
        """Declare the flow; it is asked for as ``flow``."""
        if access:
            params["strategy_id"] = self.ids.get("strategy") or self.strategy()
        environment = {"name": "local", "integrations": {"door_id": self.ids["integration"]} if access else {}}
        document = {
            "name": "flow", "environment_id": self.save("environment", "environment", environment),
            "implementation": HEAD + textwrap.dedent(code), "vars": {"team": "infra"},
            "params": [{**params, "prompt_field": list(fields)}],
        }  # fmt: skip
        return self.save("flow", "flow", document)

    def request(self, who: str = "ada", flow: str = "flow", source: str = "api", **inputs: Any) -> Accepted:
        """Ask, by default for reading during 600 seconds, and do nothing of it yet."""
        if "strategy" in self.ids and "duration" not in inputs and "timeless" not in inputs:
            inputs["duration"] = 600
        inputs.pop("timeless", None)
        if "strategy" in self.ids and "target_srn" not in inputs:
            inputs["target_srn"] = "acme:access_target:custom:readers:latest"
        submission = Submission(flow_srn=flow, inputs=inputs, requester=self.users[who], source=source)
        return self.inbound.request(submission, now=self.clock.now)

    def act(self, who: str, name: str, run_id: str, message: str | None = None, **details: Any) -> Accepted:
        """Do something to a run, and do nothing of it yet."""
        details.setdefault("source", "api")
        action = Action(name=name, run_id=run_id, actor=self.users[who], message=message, **details)
        return self.inbound.act(action, now=self.clock.now)

    def work(self, limit: int = 50) -> int:
        """Run every job that is due, and those that these make due; how many there were."""
        phases = {**self.executor.phases(), **self.delivery.phases()}
        for count in range(limit):
            job = self.jobs.take()
            if job is None:
                return count
            phase, event_id, attempt = job
            phases[phase](event_id, attempt)
        raise AssertionError(f"there was no end to the jobs after {limit}")

    def later(self, **span: float) -> int:
        """Let time pass, then work."""
        self.clock.forward(**span)
        return self.work()

    def requested(self, who: str = "ada", **inputs: Any) -> str:
        """A run that was asked for and processed."""
        run_id = self.request(who, **inputs).run_id
        self.work()
        return run_id

    def escalated(self, who: str = "ada", **inputs: Any) -> str:
        """A run that was asked for, approved by bob and granted."""
        run_id = self.requested(who, **inputs)
        self.act("bob", "approve", run_id)
        self.work()
        assert self.run(run_id).status == "escalated", [event.error for event in self.events(run_id)]
        return run_id

    def run(self, run_id: str) -> Run:
        with self.store.reading() as conn:
            found = get_run(conn, run_id)
        assert found is not None
        return found

    def events(self, run_id: str) -> list[Event]:
        with self.store.reading() as conn:
            return events_of_run(conn, run_id)

    def event(self, event_id: str) -> Event:
        with self.store.reading() as conn:
            found = get_event(conn, event_id)
        assert found is not None
        return found

    def named(self, run_id: str, name: str) -> Event:
        """The only event of a run with this name."""
        (found,) = (event for event in self.events(run_id) if event.name == name)
        return found

    def lease(self, run_id: str) -> Lease | None:
        with self.store.reading() as conn:
            return lease_of_run(conn, run_id)

    def effects(self, event_id: str) -> list[Effect]:
        with self.store.reading() as conn:
            return effects_of_event(conn, event_id)

    def trail(self, run_id: str | None = None) -> list[str]:
        """Names of the audit entries of a run, or of refusals that belong to none."""
        return [entry["name"] for entry in self.entries(run_id)]

    def entries(self, run_id: str | None = None) -> list[dict[str, Any]]:
        with self.store.reading() as conn:
            found = entries(conn, run_id=run_id)
        return found if run_id else [entry for entry in found if entry["name"] == "action.refused"]


@pytest.fixture(scope="session")
def authors_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The one folder authors' code may write to."""
    return tmp_path_factory.mktemp("authors")


@pytest.fixture(scope="session")
def sandbox(authors_folder: Path) -> Iterator[Sandbox]:
    with Sandbox(Limits(memory_bytes=96 * MIB), folders=[authors_folder]) as shared:
        yield shared


@pytest.fixture
def clock(now: datetime) -> Clock:
    return Clock(now)


@pytest.fixture
def engine(store: Store, sandbox: Sandbox, clock: Clock, authors_folder: Path) -> Engine:
    """The organization acme on both databases; nothing is declared yet."""
    return Engine(store, sandbox, clock, Door(authors_folder / f"{uuid.uuid4()}.db"))


@pytest.fixture
def grace() -> timedelta:
    return GRACE


@pytest.fixture
def no_append(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Make the audit log refuse entries from now on."""

    def refuse(*_: Any, **__: Any) -> str:
        raise RuntimeError("the audit log is full")

    def start() -> None:
        monkeypatch.setattr("sym.engine.journal.append", refuse)
        monkeypatch.setattr("sym.engine.inbound.append", refuse)

    return start
