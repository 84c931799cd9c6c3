"""The engine of one test: a store of its own, the real executor before it, no worker, and a clock that is turned."""

from __future__ import annotations

import atexit
import functools
import shutil
import sys
import tempfile
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

from sym.audit.events import Actor
from sym.engine.connections.http import Transport
from sym.engine.connections.opening import Connections
from sym.engine.delivery import Delivery
from sym.engine.executor import Executor
from sym.engine.host import FlowHost
from sym.engine.inbound import Inbound
from sym.engine.notices import Notices
from sym.engine.outbound import Outbound
from sym.engine.queue import PHASES, Queue
from sym.engine.reach import Reach
from sym.engine.sandbox.sandbox import Answer, Call, CallFailed, Sandbox
from sym.engine.views import World
from sym.sdk._host import Host
from sym.sdk._secrets import SecretPlace
from sym.store.database import Store
from sym.store.jobs import Job, finish_jobs, next_due, take_jobs
from sym.store.organizations import create_organization
from sym.testing.fakes import FakeHost
from sym.testing.recorded_access import MODULE, RecordedAccess

MOST_JOBS = 1000
"""Jobs of one turn: more is taken for a flow that goes round in circles."""
ORG = "test"
OURS = frozenset({"slack", "store", "sym"})
"""The author modules that no vendor serves."""
SLACK = timedelta(milliseconds=10)
"""What is due within this of a moment is due then: the clock of a test moves a little with every look."""


class Clock:
    """Time that stands still until it is moved; but whoever looks finds it a microsecond later than whoever looked
    before, so that what happened first is first."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(microseconds=1)
        return self.now


class FakedHost:
    """The real host of a flow, but for the services behind it, which are the test's."""

    def __init__(self, real: FlowHost, services: FakeHost, access: RecordedAccess, *, is_reached: bool) -> None:
        self._real = real
        self._is_reached = is_reached
        self._services = services
        self._access = access

    def call(self, module: str, function: str, arguments: dict[str, Any]) -> Any:
        """See ``Host.call``."""
        if module == MODULE:
            return self._access.call(function, arguments)
        if self._is_reached and module not in OURS and not self._services.is_faked(module, function):
            return self._real.call(module, function, arguments)
        return self._services.call(module, function, arguments)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


class StagedExecutor(Executor):
    """The executor, whose flows reach the test's services."""

    services: FakeHost
    access: RecordedAccess
    is_reached = False
    """Whether services are asked that the test does not fake."""

    def _host(self, world: World) -> FlowHost:
        return cast("FlowHost", FakedHost(super()._host(world), self.services, self.access, is_reached=self.is_reached))

    def host(self, world: World) -> FlowHost:
        """The host for code of ``world``'s event."""
        return self._host(world)


class Stage:
    """An organization on a store of its own, whose jobs are run when the test says so."""

    def __init__(self, sandbox: Sandbox, outbox: Outbound, services: FakeHost, *, now: datetime,
                 addresses: Mapping[str, str] | None = None) -> None:  # fmt: skip
        self._folder = Path(tempfile.mkdtemp(prefix="symflow-test-"))
        path = self._folder / "store.db"
        shutil.copy(_empty_store(), path)
        self.store = Store(f"sqlite:///{path}")
        self.clock = Clock(now)
        self.sandbox = sandbox
        self.secrets: dict[str, str] = {}
        queue = Queue(self.store, self.clock)
        place = SecretPlace(environment=self.secrets)
        notices = Notices(queue, is_bound=outbox.is_bound)
        connections = Connections(Transport(addresses, pause=lambda _seconds: None))
        self.executor = StagedExecutor(
            self.store, queue, sandbox, place, self.clock, notices=notices, reach=Reach(connections=connections)
        )
        self.executor.services = services
        self.executor.is_reached = bool(addresses)
        self.executor.access = self.access = RecordedAccess()
        delivery = Delivery(self.store, queue, outbox, self.clock)
        self._phases = {
            "decide": self.executor.decide, "perform": self.executor.perform, "after": self.executor.after,
            "deliver": delivery.deliver,
        }  # fmt: skip
        self.inbound = Inbound(self.store, queue)
        with self.store.transaction() as conn:
            create_organization(conn, ORG, actor=Actor.SYSTEM, now=now)

    def work(self) -> None:
        """Run every job that is due, and those that these make due. What fails unexpectedly in the engine is raised."""
        for _ in range(MOST_JOBS):
            job = self._take()
            if job is None:
                return
            self._phases[job.phase](job.subject_id, job.attempt)
        raise AssertionError(f"There was no end to the flow's work after {MOST_JOBS} steps.")

    def travel(self, span: timedelta) -> None:
        """Let time pass: everything that becomes due happens, each thing at its own time."""
        end = self.clock.now + span
        self.work()
        for _ in range(MOST_JOBS):
            with self.store.reading() as conn:
                due = next_due(conn, before=end + SLACK)
            if due is None:
                break
            self.clock.now = max(self.clock.now, due)
            self.work()
        self.clock.now = max(self.clock.now, end)
        self.work()

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _take(self) -> Job | None:
        with self.store.transaction() as conn:
            for job in take_jobs(conn, "test", PHASES, now=self.clock.now, limit=1):
                finish_jobs(conn, [job.key])
                return job
        return None


class PrintingSandbox(Sandbox):
    """The real sandbox; what the code prints there is printed here as well."""

    def call(self, call: Call, host: Host) -> Answer:
        """See ``Sandbox.call``."""
        try:
            answer = super().call(call, host)
        except CallFailed as error:
            sys.stdout.write(error.log)
            raise
        sys.stdout.write(answer.log)
        return answer


@functools.cache
def _empty_store() -> Path:
    """A migrated store to copy: migrating takes longer than most tests."""
    folder = Path(tempfile.mkdtemp(prefix="symflow-test-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "empty.db"
    store = Store(f"sqlite:///{path}")
    store.migrate()
    store.close()
    return path


@functools.cache
def shared_sandbox() -> Sandbox:
    """The sandbox of all tests of this process whose code writes nowhere."""
    sandbox = PrintingSandbox()
    atexit.register(sandbox.close)
    return sandbox
