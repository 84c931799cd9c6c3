"""Whatever happens in whatever order: in the end the membership is there if it was before, and otherwise not; and as
long as a lease is active, and nobody is at work, it is there."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sym.engine.sandbox.sandbox import Sandbox
from sym.errors import SymError
from sym.store.database import Store
from sym.store.grants import live_leases
from tests.runtime.engine.conftest import Clock, Door, Engine
from tests.runtime.engine.membership import VENDOR, declare, planted

MEMBER = ("ada", "r")


class PowerCut(BaseException):
    """The process is gone."""


def steps(nested: Any) -> Any:
    """Things that happen. ``nested`` may happen in the middle of a call of the vendor."""
    simple = [
        st.tuples(st.just("ask"), st.sampled_from([30, 600, 3600]), st.sampled_from(["readers", "same"])),
        st.tuples(st.just("revoke"), st.integers(0, 3)),
        st.tuples(st.just("jobs"), st.integers(1, 6)),
        st.tuples(st.just("work")),
        st.tuples(st.just("pass"), st.sampled_from([1, 2, 15, 40, 100, 700, 4000])),
        st.tuples(st.just("behave"), st.sampled_from(["add", "remove"]),
                  st.sampled_from(["refuse", "throttle", "lose", "lie"])),
        st.tuples(st.just("lag"), st.integers(0, 8)),
        st.tuples(st.just("async"), st.integers(0, 3)),
        st.tuples(st.just("crash"), st.sampled_from(["add", "remove"])),
    ]  # fmt: skip
    if nested is not None:
        simple.append(st.tuples(st.just("during"), st.sampled_from(["add", "remove"]), st.lists(nested, max_size=5)))
    return st.one_of(simple)


class Scenario:
    """One life of an organization, of which only ada asks, and only for one membership."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.runs: list[str] = []

    def take(self, step: Any) -> None:
        """Let one thing happen."""
        getattr(self, f"_{step[0]}")(*step[1:])

    def _ask(self, duration: int, target: str) -> None:
        accepted = self.engine.request(target_srn=f"acme:access_target:planted_full:{target}:latest", duration=duration)
        self.engine.executor.decide(accepted.event_id, 1)
        self.engine.act("root", "approve", accepted.run_id)
        self.runs.append(accepted.run_id)

    def _revoke(self, number: int) -> None:
        if number < len(self.runs):
            try:
                self.engine.act("root", "deescalate", self.runs[-number - 1])
            except SymError:
                return

    def _jobs(self, count: int) -> None:
        phases = self.engine.executor.phases()
        for _ in range(count):
            job = self.engine.jobs.take()
            if job is None:
                return
            phases[job[0]](*job[1:])

    def _work(self) -> None:
        self._jobs(60)

    def _pass(self, seconds: int) -> None:
        self.engine.clock.forward(seconds=seconds)
        self.engine.sweeper.sweep()

    def _behave(self, method: str, how: str) -> None:
        VENDOR.behave[method].append(how)

    def _lag(self, looks: int) -> None:
        VENDOR.lag = looks

    def _async(self, polls: int) -> None:
        VENDOR.work = polls

    def _crash(self, method: str) -> None:
        VENDOR.during[method] = self._power_cut

    def _power_cut(self) -> None:
        raise PowerCut

    def _during(self, method: str, nested: list[Any]) -> None:
        VENDOR.during[method] = lambda: [self.take(step) for step in nested] and None

    def is_idle(self) -> bool:
        """Whether nothing is being performed."""
        return all(event.phase in ("decide", "done") for run in self.runs for event in self.engine.events(run))

    def live(self) -> list[str]:
        """The states of all leases that have not ended."""
        with self.engine.store.reading() as conn:
            return [lease.status for lease in live_leases(conn)]

    def settle(self) -> None:
        """Let everything come to its end, at a vendor that behaves."""
        VENDOR.behave = {"add": [], "remove": []}
        VENDOR.during.clear()
        VENDOR.lag = VENDOR.work = 0
        for _ in range(60):
            self._pass(100)
            self._work()
        for _ in range(60):
            if self.is_idle() and not self.live():
                return
            self._pass(4000)
            self._work()
        raise AssertionError(f"it does not come to an end: {self.live()}")


@pytest.fixture(scope="module", autouse=True)
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with planted(tmp_path_factory.mktemp("shelf")):
        yield


@pytest.fixture(scope="session")
def template(_sqlite_template: Path) -> Path:
    return _sqlite_template


@contextmanager
def scenario(template: Path, sandbox: Sandbox) -> Iterator[Scenario]:
    VENDOR.__init__()  # type: ignore[misc]
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(template, Path(folder) / "store.db")
        store = Store(f"sqlite:///{folder}/store.db")
        engine = Engine(store, sandbox, Clock(datetime(2026, 3, 14, tzinfo=UTC)), Door(Path(folder) / "door.db"))
        declare(engine)
        yield Scenario(engine)
        store.close()


@settings(
    max_examples=int(os.environ.get("INTERLEAVINGS", "20")),
    derandomize="INTERLEAVINGS" not in os.environ,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
@given(happening=st.lists(steps(steps(None)), min_size=3, max_size=14), is_member=st.booleans())
def test_the_membership_is_there_while_and_only_while_somebody_needs_it(
    template: Path, sandbox: Sandbox, happening: list[Any], is_member: bool
) -> None:
    with scenario(template, sandbox) as life:
        if is_member:
            VENDOR.members.add(MEMBER)
        for step in happening:
            try:
                life.take(step)
            except PowerCut:
                VENDOR.during.clear()
            if life.is_idle() and ("active" in life.live() or is_member):
                assert MEMBER in VENDOR.members
        life.settle()
        assert VENDOR.members == ({MEMBER} if is_member else set())
