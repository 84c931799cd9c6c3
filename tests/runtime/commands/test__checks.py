"""What the doctor finds, with a store that is ill in one way at a time."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sym import config
from sym.audit.events import Actor
from sym.commands import _checks
from sym.commands._checks import Finding, Patient
from sym.engine.sandbox import measures
from sym.store.database import Store
from sym.store.events import Event, insert_event
from sym.store.grants import Lease, insert_lease
from sym.store.runs import Run, insert_run
from sym.store.tables import audit_entry, worker
from sym.store.users import create_user
from sym.store.workers import Worker, heartbeat, register

MINUTE = timedelta(minutes=1)


@pytest.fixture
def patient(store: Store, now: datetime) -> Patient:
    """A store on both databases, and a clock that stands still."""
    return Patient(config.load({"SYM_STORE_URL": store.url}), store, lambda: now)


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """Not the one of ``symflow``: empty, on both databases."""
    opened = Store(store_url)
    yield opened
    opened.close()


def one(check: Callable[[Patient], Iterator[Finding]], patient: Patient) -> Finding:
    """What a check finds; whatever is not well says what to do."""
    (found,) = check(patient)
    assert bool(found.action) == (found.result != "ok")
    return found


def event(store: Store, now: datetime, **details: Any) -> Event:
    """A run with an event that is in hand, or as ``details`` say."""
    with store.transaction() as conn:
        user = create_user(conn, username=f"{uuid.uuid4()}", email=None, type="normal", role="member",
                           actor=Actor.SYSTEM, now=now)  # fmt: skip
        run = Run(id=str(uuid.uuid4()), flow_id="f", flow_slug="flow", flow_version=1, requester_id=user.id,
                  status="requested", source="api", fields={}, actors={}, created_at=now, updated_at=now)  # fmt: skip
        insert_run(conn, run)
        plain: dict[str, Any] = {"phase": "decide", "scheduled_at": now, "due_at": now + MINUTE, "status": "processing"}
        made = Event(id=str(uuid.uuid4()), run_id=run.id, name="request", actor_id=user.id, channel_type="sym",
                     fields={}, context={}, created_at=now, **{**plain, **details})  # fmt: skip
        insert_event(conn, made)
    return made


def lease(store: Store, now: datetime, status: str, ends_at: datetime) -> Lease:
    made = event(store, now)
    with store.transaction() as conn:
        found = Lease(id=str(uuid.uuid4()), run_id=made.run_id, key=uuid.uuid4().hex, key_document={}, status=status,
                      requester_id=made.actor_id, snapshot={}, ends_at=ends_at)  # fmt: skip
        insert_lease(conn, found)
    return found


def test_an_empty_store_is_well_but_for_those_who_should_work(patient: Patient) -> None:
    checks = [
        check for check in _checks.STORE_CHECKS if _checks.name_of(check) not in ("organization", "clock", "ledger")
    ]
    assert {_checks.name_of(check): one(check, patient).result for check in checks} == {
        "workers": "warning", "events": "ok", "leases": "ok", "stuck leases": "ok", "audit log": "ok",
        "audit destinations": "ok", "leavers": "ok",
    }  # fmt: skip


@pytest.mark.parametrize(("seconds", "result"), [(0, "ok"), (60, "warning"), (-60, "warning")])
def test_a_clock_that_differs_from_the_databases_is_found(store: Store, seconds: int, result: str) -> None:
    clock = lambda: datetime.now(UTC) + timedelta(seconds=seconds)  # noqa: E731
    found = one(_checks._clock, Patient(config.load({"SYM_STORE_URL": store.url}), store, clock))
    if store.dialect == "sqlite":
        assert found.result == "ok"
        return
    assert found.result == result
    if seconds:
        assert ("ahead" if seconds > 0 else "behind") in found.detail


def test_workers_are_missed_when_there_is_work(patient: Patient, store: Store, now: datetime) -> None:
    event(store, now)
    assert one(_checks._workers, patient).result == "failed"
    with store.transaction() as conn:
        register(conn, Worker(executor_id="a", started_at=now, last_seen=now - 5 * MINUTE))
    found = one(_checks._workers, patient)
    assert (found.result, "5 min ago" in found.detail) == ("failed", True)
    with store.transaction() as conn:
        heartbeat(conn, "a", now)
    assert one(_checks._workers, patient).result == "ok"


def test_releases_side_by_side_are_named(patient: Patient, store: Store, now: datetime) -> None:
    with store.transaction() as conn:
        for name, release in (("a", "3.7.0"), ("b", "3.8.0")):
            register(conn, Worker(executor_id=name, started_at=now, last_seen=now, release=release))
    found = one(_checks._workers, patient)
    assert (found.result, "3.7.0, 3.8.0" in found.detail) == ("warning", True)
    with store.transaction() as conn:
        conn.execute(worker.update().where(worker.c.executor_id == "a").values(stopped_at=now))
    assert one(_checks._workers, patient).detail == "1 alive, release 3.8.0."


def test_events_that_do_not_move_are_named(patient: Patient, store: Store, now: datetime) -> None:
    event(store, now)
    assert one(_checks._events, patient).result == "ok"
    late = event(store, now - 9 * MINUTE, due_at=now - 3 * MINUTE)
    found = one(_checks._events, patient)
    assert found.result == "failed"
    assert late.run_id in found.detail
    assert "3 min" in found.detail


def test_access_past_its_end_is_found_and_a_moment_is_allowed_for(
    patient: Patient, store: Store, now: datetime
) -> None:
    lease(store, now, "active", now - timedelta(seconds=5))
    assert one(_checks._leases, patient).result == "ok"
    lease(store, now, "ending", now - 7200 * timedelta(seconds=1))
    found = one(_checks._leases, patient)
    assert (found.result, "2 should have ended, the first 2 h ago" in found.detail) == ("failed", True)


def test_stuck_access_is_named(patient: Patient, store: Store, now: datetime) -> None:
    stuck = lease(store, now, "stuck", now)
    found = one(_checks._stuck_leases, patient)
    assert (found.result, stuck.run_id in found.detail) == ("failed", True)
    assert "symflow leases list --stuck" in found.action


def test_entries_that_are_not_sealed_are_found_after_a_minute(patient: Patient, store: Store, now: datetime) -> None:
    event(store, now)
    assert one(_checks._audit_log, patient).result == "ok"
    with store.transaction() as conn:
        conn.execute(audit_entry.update().values(recorded_at=now - 2 * MINUTE))
    found = one(_checks._audit_log, patient)
    assert (found.result, "2 min ago" in found.detail) == ("warning", True)


def test_what_does_not_confine_authors_code_here_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    weak = [measures.Weakness("No locks.", "Buy some."), measures.Weakness("No doors.", "Build some.")]
    monkeypatch.setattr(measures, "missing", lambda: weak)
    assert [(found.result, found.detail, found.action) for found in _checks._sandbox()] == [
        ("warning", "No locks.", "Buy some."), ("warning", "No doors.", "Build some."),
    ]  # fmt: skip
    monkeypatch.setattr(measures, "missing", list)
    assert [found.result for found in _checks._sandbox()] == ["ok"]


def test_a_check_that_loses_the_store_fails_and_the_next_one_goes_on(tmp_path: Path, now: datetime) -> None:
    nothing = Patient(config.load({}), Store(f"sqlite:///{tmp_path / 'nothing.db'}"), lambda: now)
    for check in _checks.STORE_CHECKS:
        (found,) = _checks._guarded(check, nothing)
        assert (found.result, found.check) == ("failed", _checks.name_of(check))
