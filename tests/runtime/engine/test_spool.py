"""When the audit log cannot be written: nothing is granted, whatever is due ends, and the entries come later."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from sym.audit.events import ActionRefused, Actor
from sym.engine.effects import Escalate
from sym.engine.executor import Executor
from sym.engine.lifecycle import Decision, Following
from sym.engine.spool import Spool, is_ending, recorded
from sym.errors import Unavailable, Unrecorded
from sym.sdk._secrets import SecretPlace
from sym.store import audit, tables
from sym.store.database import Connection, Store
from tests.runtime.engine.conftest import Clock, Engine

EVENT = ActionRefused(actor=Actor.SYSTEM, action="approve", code="X", message="no")


def block(store: Store) -> None:
    """Make every insert into the audit log fail."""
    with store.transaction() as conn:
        if conn.dialect.name == "sqlite":
            conn.execute(sa.text("create trigger full_up before insert on sym_audit_entry "
                                 "begin select raise(abort, 'the audit log is full'); end"))  # fmt: skip
            return
        conn.execute(sa.text("create or replace function full_up() returns trigger language plpgsql as "
                             "$$ begin raise exception 'the audit log is full'; end $$"))  # fmt: skip
        conn.execute(sa.text("create trigger full_up before insert on sym_audit_entry for each row "
                             "execute function full_up()"))  # fmt: skip


def unblock(store: Store) -> None:
    with store.transaction() as conn:
        on = " on sym_audit_entry" if conn.dialect.name == "postgresql" else ""
        conn.execute(sa.text(f"drop trigger full_up{on}"))


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "deep" / "spool.jsonl")


@pytest.fixture
def spooling(engine: Engine, spool: Spool, clock: Clock) -> Engine:
    """An engine with a spool."""
    place = SecretPlace(environment=engine.environment)
    engine.executor = Executor(engine.store, engine.queue, engine.sandbox, place, clock, spool=spool)
    return engine


def names(store: Store) -> list[str]:
    with store.reading() as conn:
        return [entry["name"] for entry in audit.entries(conn)]


def test_an_entry_that_cannot_be_written_undoes_everything_else(store: Store, clock: Clock) -> None:
    block(store)

    def work(conn: Connection) -> None:
        conn.execute(tables.worker.insert().values(executor_id="w", started_at=clock.now, last_seen=clock.now))
        audit.append(conn, EVENT, now=clock.now)

    with pytest.raises(Unrecorded):
        recorded(store, None, work, ends=True)
    with store.reading() as conn:
        assert conn.execute(sa.select(tables.worker)).all() == []


def test_only_what_ends_access_is_spooled(store: Store, spool: Spool, clock: Clock) -> None:
    block(store)
    work: Callable[[Connection], str] = lambda conn: audit.append(conn, EVENT, now=clock.now)  # noqa: E731
    with pytest.raises(Unrecorded):
        recorded(store, spool, work, ends=False)
    assert spool.is_empty()
    entry_id = recorded(store, spool, work, ends=True)
    assert json.loads(spool.path.read_text())["entry"]["id"] == entry_id
    assert spool.path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(Exception, match=r"full|Unrecorded|cannot"):
        spool.replay(store)
    assert not spool.is_empty()
    unblock(store)
    clock.forward(hours=1)
    assert (spool.replay(store), spool.replay(store)) == (1, 0)
    with store.reading() as conn:
        assert [entry["id"] for entry in audit.entries(conn)] == [entry_id]
        assert audit.verify(conn, entry_id) == []


def test_what_was_rolled_back_is_not_entered(store: Store, spool: Spool, clock: Clock) -> None:
    def fail() -> None:
        with spool.transaction(store) as conn:
            audit.append(conn, EVENT, now=clock.now)
            conn.execute(sa.text("create table test_late (x integer)"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert spool.is_empty()


def test_what_could_not_be_committed_is_void(store: Store, spool: Spool, clock: Clock,
                                             monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    def refuse(*_: Any) -> None:
        raise ZeroDivisionError

    sa.event.listen(store._engine, "commit", refuse)
    with pytest.raises(ZeroDivisionError), spool.transaction(store) as conn:
        audit.append(conn, EVENT, now=clock.now)
    sa.event.remove(store._engine, "commit", refuse)
    assert "void" in spool.path.read_text()
    assert spool.replay(store) == 0
    assert (names(store), spool.is_empty()) == ([], True)


def test_nothing_is_entered_twice_and_half_a_line_is_left_out(store: Store, spool: Spool, clock: Clock) -> None:
    for _ in range(2):
        with spool.transaction(store) as conn:
            audit.append(conn, EVENT, now=clock.now)
    text = spool.path.read_text()
    spool.path.write_text(text + '{"entry": {"id": "torn')
    with spool.transaction(store) as conn:
        audit.append(conn, EVENT, now=clock.now)
    whole = spool.path.read_text()
    assert spool.replay(store) == 3
    spool.path.write_text(whole)
    spool.replay(store)
    assert len(names(store)) == 3


def test_several_threads_share_a_spool(store: Store, spool: Spool, clock: Clock) -> None:
    def add() -> None:
        with spool.transaction(store) as conn:
            audit.append(conn, EVENT, now=clock.now)

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert spool.replay(store) == 8


def test_a_spool_that_cannot_be_written_lets_nothing_happen(store: Store, tmp_path: Path, clock: Clock) -> None:
    spool = Spool(tmp_path)
    with pytest.raises(Unavailable, match="cannot be used"), spool.transaction(store) as conn:
        audit.append(conn, EVENT, now=clock.now)


def test_which_decisions_end_access() -> None:
    cleanup = Following(name="deescalate", channel="internal", fields={})
    assert is_ending("deescalate", Decision())
    assert is_ending("remove", Decision(lease="ended"))
    assert is_ending("escalate", Decision(error="x", status="errored", following=cleanup))
    assert not is_ending("escalate", Decision(status="escalated", lease="active", following=cleanup))
    assert not is_ending("approve", Decision(status="approved"))
    assert not is_ending("escalate", Decision(effect=Escalate(run_id="r"), lease="pending"))


def test_nothing_is_granted_while_the_log_cannot_be_written(spooling: Engine) -> None:
    engine = spooling
    engine.flow()
    run_id = engine.requested()
    engine.act("bob", "approve", run_id)
    block(engine.store)
    engine.work()
    assert (engine.run(run_id).status, engine.door.calls) == ("requested", [])
    unblock(engine.store)
    engine.later(minutes=5)
    assert (engine.run(run_id).status, engine.door.calls) == ("escalated", ["escalate"])


def test_a_grant_is_not_called_for_when_its_entry_could_not_be_written(spooling: Engine) -> None:
    engine = spooling
    engine.flow()
    run_id = engine.requested()
    engine.act("bob", "approve", run_id)
    phases = engine.executor.phases()
    while True:
        job = engine.jobs.take()
        assert job is not None
        if job[0] == "perform":
            block(engine.store)
        phases[job[0]](job[1], job[2])
        if job[0] == "perform":
            break
    assert engine.door.calls == []
    unblock(engine.store)
    engine.later(minutes=5)
    assert engine.run(run_id).status == "escalated"


def test_a_grant_whose_entry_fails_after_the_call_is_taken_back_at_once(
    spooling: Engine, spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = spooling
    engine.flow()
    run_id = engine.requested()
    engine.act("bob", "approve", run_id)
    performer = engine.executor._performer
    call = performer.call

    def call_and_block(*given: Any) -> Any:
        result = call(*given)
        if engine.door.calls == ["escalate"]:
            block(engine.store)
        return result

    monkeypatch.setattr(performer, "call", call_and_block)
    engine.work()
    assert (engine.door.calls, engine.door.members) == (["escalate", "deescalate"], [])
    assert engine.run(run_id).status == "errored"
    assert engine.trail(run_id) == ["run.requested", "run.approved"]
    unblock(engine.store)
    assert spool.replay(engine.store) == 2
    assert engine.trail(run_id) == ["run.requested", "run.approved", "event.failed", "run.deescalated"]
    assert "The audit log cannot be written" in str(engine.entries(run_id)[2]["state"]["errors"])


def test_access_ends_in_time_and_its_entry_comes_later(spooling: Engine, spool: Spool) -> None:
    engine = spooling
    engine.flow()
    run_id = engine.escalated()
    block(engine.store)
    engine.later(seconds=600)
    assert (engine.run(run_id).status, engine.door.members) == ("deescalated", [])
    assert "run.deescalated" not in engine.trail(run_id)
    ended = engine.clock.now
    unblock(engine.store)
    engine.clock.forward(hours=3)
    spool.replay(engine.store)
    entry = engine.entries(run_id)[-1]
    assert entry["name"] == "run.deescalated"
    with engine.store.reading() as conn:
        query = sa.select(tables.audit_entry.c.recorded_at).where(tables.audit_entry.c.id == entry["id"])
        assert conn.execute(query).scalar_one() == ended
