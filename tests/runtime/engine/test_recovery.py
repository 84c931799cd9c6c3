"""A store that was restored from an older backup: it grants nothing until it has taken back what it forgot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import sqlalchemy as sa

from sym.engine import restoration
from sym.engine.ledger import Ledger
from sym.engine.ledger_files import Entry
from sym.engine.recovery import ANCHOR, Recovery, compare, forgotten
from sym.errors import Conflict, Invalid, Recovering, Unavailable
from sym.store.grants import move_lease
from sym.store.organizations import require_organization
from sym.store.recovery import recoveries
from sym.store.resources import version_of
from sym.store.users import get_user
from tests.runtime.engine.backup import Backup

Start = Callable[..., Recovery]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "ledger"


@pytest.fixture
def start(engine: Any, folder: Path) -> Start:
    """Starts what watches over grants, as the runtime does; again: as after a restart."""
    before: list[Recovery] = []

    def begin(**options: Any) -> Recovery:
        for old in before:
            old.stop()
        with engine.store.reading() as conn:
            org = require_organization(conn).id
        recovery = Recovery(engine.store, Ledger(folder, org, engine.clock), engine.clock, **options)
        recovery.check()
        engine.executor.before_each_grant(recovery.before_grant)
        before.append(recovery)
        return recovery

    return begin


def declare(engine: Any) -> None:
    """The flow, for as long or short as a test likes."""
    lengths = ["1s", "1m", "10m", "20m", "30m"]
    engine.flow(fields=[{"name": "duration", "type": "duration", "allowed_values": lengths}])


def recover(engine: Any, recovery: Recovery, *sources: str) -> list[str]:
    """What ``symflow recover`` does; gives the ids of what was taken back."""
    found = compare(engine.store, recovery._ledger.read())
    for item in found:
        restoration.take_back(engine.store, item, engine.clock.now)
    restoration.end_recovery(engine.store, [recovery._ledger.id, *sources], leases=len(found), now=engine.clock.now)
    return [item.entry.lease_id for item in found]


def administration(engine: Any) -> list[str]:
    from sym.store.audit import entries

    with engine.store.reading() as conn:
        return [entry["name"] for entry in entries(conn) if entry["name"].startswith("recovery.")]


def sweep(engine: Any, **span: float) -> None:
    """Let time pass; jobs that the queue does not know are found by the sweeper."""
    engine.clock.forward(**span)
    engine.sweeper.sweep()
    engine.work()


def test_the_drill(engine: Any, start: Start) -> None:
    declare(engine)
    start()
    known = engine.escalated(duration=600)
    old = engine.escalated("eve", duration=1200)
    pending = engine.requested("bob")
    backup = Backup(engine.store)
    # All of this the backup will not know.
    forgotten_lease = engine.lease(engine.escalated("root", duration=1800))
    run_id, lease_id = forgotten_lease.run_id, forgotten_lease.id
    engine.act("root", "deescalate", old)
    engine.work()
    assert engine.door.members == [("ada", "readers"), ("root", "readers")]
    backup.restore()
    engine.jobs.lose()

    recovery = start()
    assert recovery.problems() == [
        "recovery mode: the ledger knows 1 grants and 1 ends that the store has forgotten. Run `symflow recover`."
    ]
    with pytest.raises(Recovering, match="symflow recover"):
        engine.request()
    with pytest.raises(Recovering):
        engine.act("root", "approve", pending)
    assert [entry["fields"]["code"] for entry in engine.entries()] == ["API:RECOVERY_MODE"] * 2
    engine.act("root", "deny", pending)
    engine.work()
    assert engine.run(pending).status == "denied"

    # What the store knows ends on time.
    sweep(engine, seconds=700)
    assert engine.run(known).status == "deescalated"
    assert engine.door.members == [("root", "readers")]

    assert len(recover(engine, recovery)) == 2
    assert recovery.problems() == []
    assert recover(engine, recovery) == []
    lease = engine.lease(run_id)
    assert (lease.id, lease.status, lease.ends_at) == (lease_id, "active", forgotten_lease.ends_at)
    assert engine.run(run_id).status == "escalated"
    sweep(engine, seconds=1)
    assert engine.run(old).status == "deescalated"
    assert engine.door.members == [("root", "readers")]
    sweep(engine, seconds=1000)
    assert engine.lease(run_id).status == "active"
    sweep(engine, seconds=100)
    assert engine.lease(run_id).status == "ended"
    assert engine.door.members == []
    assert engine.door.details[-1] == ("deescalate", "readers", {"member": "root", "badge": 7})
    assert engine.trail(run_id) == ["lease.recovered", "run.deescalated"]
    assert "lease.recovered" in engine.trail(old)
    assert administration(engine) == ["recovery.entered", "recovery.ended"]
    engine.escalated()
    assert start().problems() == []


def test_a_store_that_lost_nothing_is_not_in_recovery(engine: Any, start: Start) -> None:
    declare(engine)
    start()
    run_id = engine.escalated()
    ended = engine.escalated("eve", duration=1)
    engine.later(seconds=2)
    assert engine.run(ended).status == "deescalated"
    assert start().problems() == []
    assert administration(engine) == []
    assert set(start()._ledger.read().entries) == {engine.lease(run_id).id}


def test_access_that_is_overdue_ends_at_once(engine: Any, start: Start) -> None:
    declare(engine)
    start()
    backup = Backup(engine.store)
    run_id = engine.escalated(duration=60)
    backup.restore()
    engine.jobs.lose()
    engine.clock.forward(days=3)
    recover(engine, start())
    sweep(engine, seconds=0.01)
    assert engine.lease(run_id).status == "ended"
    assert engine.door.members == []


def test_a_grant_that_was_under_way_when_the_backup_was_made_is_not_made_again(engine: Any, start: Start) -> None:
    declare(engine)
    start()
    run_id = engine.requested(duration=600)
    engine.act("bob", "approve", run_id)
    taken: list[Backup] = []
    engine.door.behave("escalate", "pass")
    original = engine.executor._performer.call

    def call(*arguments: Any) -> Any:
        taken.append(Backup(engine.store))
        return original(*arguments)

    engine.executor._performer.call = call
    engine.work()
    engine.executor._performer.call = original
    lease = engine.lease(run_id)
    taken[0].restore()
    engine.jobs.lose()
    recovery = start()
    sweep(engine, minutes=2)
    assert engine.door.calls == ["escalate"]
    recover(engine, recovery)
    sweep(engine, minutes=2)
    assert engine.door.calls == ["escalate"]
    assert engine.lease(run_id).ends_at == lease.ends_at
    sweep(engine, minutes=10)
    assert engine.door.calls == ["escalate", "deescalate"]
    assert engine.run(run_id).status == "deescalated"


def test_what_waits_for_its_grant_is_granted_once_recovery_is_over(engine: Any, start: Start) -> None:
    declare(engine)
    start()
    waiting = engine.requested()
    engine.act("bob", "approve", waiting)
    backup = Backup(engine.store)
    engine.jobs.lose()
    engine.escalated("eve")
    backup.restore()
    engine.jobs.lose()
    recovery = start()
    sweep(engine, minutes=2)
    assert engine.run(waiting).status == "approved"
    assert engine.door.members == [("eve", "readers")]
    recover(engine, recovery)
    sweep(engine, minutes=2)
    assert engine.run(waiting).status == "escalated"


def test_a_longer_end_the_store_forgot_is_the_one_that_counts(engine: Any, start: Start) -> None:
    declare(engine)
    start()
    run_id = engine.escalated(duration=600)
    backup = Backup(engine.store)
    lease = engine.lease(run_id)
    later = lease.ends_at + timedelta(seconds=600)
    with engine.store.transaction() as conn:
        assert move_lease(conn, lease, ends_at=later)
    backup.restore()
    recover(engine, start())
    sweep(engine, seconds=700)
    assert engine.lease(run_id).status == "active"
    assert engine.run(run_id).expires_at == later
    sweep(engine, seconds=700)
    assert engine.lease(run_id).status == "ended"
    assert engine.door.calls == ["escalate", "deescalate"]


def test_people_flows_and_everything_else_may_be_unknown(engine: Any, start: Start) -> None:
    backup = Backup(engine.store)
    declare(engine)
    engine.users["new"] = engine._user("new", "normal", "member")
    start()
    run_id = engine.escalated("new", duration=600)
    backup.restore()
    engine.jobs.lose()
    recover(engine, start())
    with engine.store.reading() as conn:
        person = get_user(conn, engine.users["new"].id)
        flow = version_of(conn, engine.run(run_id).flow_id, 0)
    assert (person.username, person.email, person.role) == ("new@acme.example", "new@acme.example", "guest")
    assert flow.slug == "flow"
    sweep(engine, seconds=601)
    assert engine.run(run_id).status == "deescalated"
    assert engine.door.members == []


def test_a_person_who_has_an_account_again_gets_the_lease(engine: Any, start: Start) -> None:
    declare(engine)
    backup = Backup(engine.store)
    engine.users["new"] = engine._user("new", "normal", "member")
    start()
    run_id = engine.escalated("new", duration=600)
    backup.restore()
    engine.jobs.lose()
    again = engine._user("new", "normal", "member")
    recover(engine, start())
    assert engine.run(run_id).requester_id == engine.lease(run_id).requester_id == again.id
    sweep(engine, seconds=601)
    assert [event.error for event in engine.events(run_id)] == [None] * 2
    assert engine.door.members == []


def test_without_a_ledger_that_can_be_written_nothing_is_granted_and_everything_ends(
    engine: Any, start: Start, folder: Path
) -> None:
    declare(engine)
    recovery = start()
    granted = engine.escalated(duration=60)
    recovery._ledger.close()
    folder.chmod(0o755)
    run_id = engine.requested("eve")
    engine.act("bob", "approve", run_id)
    engine.work()
    assert engine.run(run_id).status == "approved"
    assert engine.door.calls == ["escalate"]
    assert "cannot be written" in recovery.problems()[0]
    engine.later(seconds=61)
    assert engine.run(granted).status == "deescalated"
    folder.chmod(0o700)
    engine.later(seconds=10)
    assert engine.run(run_id).status == "escalated"
    assert recovery.problems() == []
    # The store knows the end that the ledger could not take.
    assert start().problems() == []


def test_the_ledger_holds_no_secret(engine: Any, start: Start, folder: Path) -> None:
    engine.environment["SYM_SECRET_TOKEN"] = "hunter2"
    source = engine.save("secrets", "secrets", {"type": "env", "name": "env", "settings": {}})
    secret = engine.save("secret", "secret", {"path": "TOKEN", "source_id": source, "label": "t"})
    engine.settings = {"secret_ids_json": f'["{secret}"]'}
    declare(engine)
    start()
    engine.escalated()
    text = "".join(path.read_text() for path in folder.glob("*.jsonl"))
    assert "TOKEN" in text
    assert "hunter2" not in text


def test_leases_of_a_time_without_a_ledger_are_listed_at_the_next_start(engine: Any, start: Start) -> None:
    declare(engine)
    run_id = engine.escalated()
    backup = Backup(engine.store)
    entries = start()._ledger.read().entries
    assert [(entry.document["run"]["id"], entry.is_complete) for entry in entries.values()] == [(run_id, True)]
    backup.restore()
    assert start().problems() == []


def test_a_store_that_trails_its_audit_anchor_is_in_recovery_until_somebody_recovers(engine: Any, start: Start) -> None:
    declare(engine)
    recovery = start(trails=lambda _: "the anchor knows seal 7, the store only 3.")
    assert recovery.problems() == ["recovery mode: the anchor knows seal 7, the store only 3. Run `symflow recover`."]
    with pytest.raises(Recovering):
        engine.request()
    recover(engine, recovery)
    assert recovery.problems() != []
    recover(engine, recovery, ANCHOR)
    assert recovery.problems() == []


def test_another_machine_that_is_not_done_keeps_the_store_from_granting(engine: Any, start: Start) -> None:
    from sym.store.recovery import enter_recovery

    recovery = start()
    with engine.store.transaction() as conn:
        enter_recovery(conn, "other-machine", "it is older.", engine.clock.now)
    assert restoration.end_recovery(engine.store, [recovery._ledger.id], leases=0, now=engine.clock.now) == [
        "it is older."
    ]
    with engine.store.reading() as conn:
        assert [item.source for item in recoveries(conn)] == ["other-machine"]


def test_a_ledger_that_cannot_be_read_keeps_nothing_from_ending(engine: Any, start: Start, folder: Path) -> None:
    declare(engine)
    start()
    granted = engine.escalated(duration=60)
    for path in folder.glob("*.jsonl"):
        path.chmod(0o644)
    recovery = start()
    sweep(engine, seconds=200)
    assert engine.run(granted).status == "deescalated"
    assert "was not read yet" in recovery.problems()[0]
    assert "chmod 600" in recovery.problems()[0]
    waiting = engine.requested("eve")
    engine.act("bob", "approve", waiting)
    engine.work()
    assert engine.run(waiting).status == "approved"
    for path in folder.glob("*.jsonl"):
        path.chmod(0o600)
    sweep(engine, seconds=10)
    assert engine.run(waiting).status == "escalated"
    assert recovery.problems() == []


def test_a_long_ledger_keeps_nothing_from_ending_and_everything_from_being_granted(
    engine: Any, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(engine)
    recovery = start()
    granted = engine.escalated(duration=60)
    with engine.store.reading() as conn:
        org = require_organization(conn).id
    recovery.stop()
    slow, go = Recovery(engine.store, Ledger(recovery._ledger.folder, org, engine.clock), engine.clock), Event()
    real = slow._ledger.read
    monkeypatch.setattr(slow._ledger, "read", lambda: (go.wait(30), real())[1])
    monkeypatch.setattr("sym.engine.recovery.PATIENCE_SECONDS", 0.01)
    engine.executor.before_each_grant(slow.before_grant)
    try:
        slow.start()
        assert "it takes a while" in slow.problems()[0]
        waiting = engine.requested("eve")
        engine.act("bob", "approve", waiting)
        sweep(engine, seconds=61)
        assert engine.run(granted).status == "deescalated"
        assert engine.run(waiting).status == "approved"
    finally:
        go.set()
        slow._checking.join(30)
    sweep(engine, seconds=10)
    assert engine.run(waiting).status == "escalated"
    assert slow.problems() == []
    slow.stop()


def test_a_check_that_fails_keeps_everything_from_being_granted(engine: Any, start: Start) -> None:
    declare(engine)

    def broken(_: Any) -> str | None:
        raise RuntimeError("on the moon")

    recovery = start()
    recovery.stop()
    failing = Recovery(engine.store, recovery._ledger, engine.clock, broken)
    failing.start()
    assert failing.problems() != []
    engine.executor.before_each_grant(failing.before_grant)
    run_id = engine.requested()
    engine.act("bob", "approve", run_id)
    engine.work()
    assert (engine.run(run_id).status, engine.door.calls) == ("approved", [])
    failing.stop()


def entry(status: str = "active", version: int = 2, **document: Any) -> Entry:
    return Entry(lease_id="a", version=version, status=status, document=document)


@pytest.mark.parametrize(
    ("said", "known", "is_forgotten"),
    [
        (entry(), None, True),
        (entry("granting", 1), None, True),
        (entry("ended", 3), None, False),
        (entry(), (2, "active"), False),
        (entry(), (3, "ended"), False),
        (entry("active", 3), (2, "active"), True),
        (entry("ended", 4), (2, "active"), True),
        (entry("granting", 1), (1, "pending"), False),
        (entry("active", 5), (4, "ended"), True),
    ],
)
def test_what_is_forgotten(said: Entry, known: tuple[int, str] | None, is_forgotten: bool) -> None:
    assert bool(forgotten([said], {"a": known} if known else {})) is is_forgotten


def test_what_the_ledger_does_not_say_enough_of_is_not_made_up(engine: Any) -> None:
    (item,) = forgotten([entry()], {})
    with pytest.raises(Invalid, match="does not hold"):
        restoration.take_back(engine.store, item, engine.clock.now)


def test_a_lease_that_changes_at_the_same_moment_is_left_as_it_is(
    engine: Any, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(engine)
    start()
    run_id = engine.escalated()
    before = engine.lease(run_id).version
    (item,) = forgotten([entry("active", 9)], {"a": (2, "active")})
    item = type(item)(entry=Entry(**{**vars(item.entry), "lease_id": engine.lease(run_id).id}), known=item.known)
    monkeypatch.setattr(restoration, "restore_lease", lambda *_, **__: False)
    with pytest.raises(Conflict, match="same moment"):
        restoration.take_back(engine.store, item, engine.clock.now)
    assert engine.lease(run_id).version == before


def test_a_store_that_cannot_be_read_is_said_so(engine: Any, start: Start) -> None:
    recovery = start()
    with engine.store.transaction() as conn:
        conn.execute(sa.text("drop table sym_recovery"))
    with pytest.raises(Unavailable):
        recovery.problems()
