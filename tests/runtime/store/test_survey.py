from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from sym.audit.events import Actor
from sym.store import grants
from sym.store.database import Store
from sym.store.events import Event
from sym.store.grants import Lease
from sym.store.messages import Message, insert_message
from sym.store.runs import Run
from sym.store.survey import ALIVE_FOR, database_time, survey
from sym.store.tables import audit_entry, audit_seal, worker
from sym.store.users import create_user
from sym.store.workers import Worker, register

AddRun = Callable[..., Run]
AddEvent = Callable[..., Event]
LeaseOf = Callable[..., Lease]
MINUTE = timedelta(minutes=1)


def test_an_empty_store_has_nothing_to_say(store: Store, now: datetime) -> None:
    with store.reading() as conn:
        found = survey(conn, now)
    assert found.leases == {"pending": 0, "active": 0, "ending": 0, "stuck": 0}
    assert (found.overdue_leases, found.queue, found.overdue_events, found.messages, found.workers) == (0, {}, 0, 0, 0)
    moments = (found.first_lease_end, found.first_due, found.first_timer, found.last_seal, found.first_unsealed)
    assert moments == (None,) * 5


def test_leases_are_counted_while_they_live_and_are_late_past_their_end(
    store: Store, add_run: AddRun, lease_of: LeaseOf, now: datetime
) -> None:
    ends = {"active": [-2, -1, 1], "ending": [-3], "stuck": [-9], "ended": [-8], "pending": [None]}
    with store.transaction() as conn:
        for status, minutes in ends.items():
            for number in minutes:
                end = now + number * MINUTE if number is not None else None
                grants.insert_lease(conn, lease_of(add_run(conn), status=status, ends_at=end))
        found = survey(conn, now)
    assert found.leases == {"pending": 1, "active": 3, "ending": 1, "stuck": 1}
    assert (found.overdue_leases, found.first_lease_end) == (3, now - 3 * MINUTE)


def test_the_queue_is_what_has_come_due_and_is_not_finished(
    store: Store, add_run: AddRun, add_event: AddEvent, now: datetime
) -> None:
    with store.transaction() as conn:
        run = add_run(conn)
        add_event(conn, run, phase="decide", due_at=now + MINUTE)
        add_event(conn, run, phase="perform", due_at=now - MINUTE, scheduled_at=now - 2 * MINUTE)
        add_event(conn, run, phase="perform", due_at=now - 3 * MINUTE, scheduled_at=now - 4 * MINUTE)
        add_event(conn, run, phase="decide", status="scheduled", due_at=now + MINUTE, scheduled_at=now - MINUTE)
        # Timers, soon and late, and what is over.
        add_event(conn, run, status="scheduled", due_at=now + 2 * MINUTE, scheduled_at=now + MINUTE)
        add_event(conn, run, status="scheduled", due_at=now + 999 * MINUTE, scheduled_at=now + 998 * MINUTE)
        add_event(conn, run, phase="done", due_at=None)
        found = survey(conn, now)
    assert found.queue == {"decide": 2, "perform": 2}
    assert (found.overdue_events, found.first_due) == (2, now - 3 * MINUTE)
    assert found.first_timer == now - MINUTE


def test_messages_that_wait_and_workers_that_live_are_counted(store: Store, add_run: AddRun, now: datetime) -> None:
    with store.transaction() as conn:
        run = add_run(conn)
        for number, status in enumerate(("waiting", "waiting", "delivered", "failed", "superseded")):
            insert_message(conn, Message(id=str(number), run_id=run.id, kind="request", destination={}, content={},
                                         status=status, created_at=now, due_at=now))  # fmt: skip
        register(conn, Worker(executor_id="alive", started_at=now, last_seen=now - ALIVE_FOR + timedelta(seconds=1)))
        register(conn, Worker(executor_id="dead", started_at=now, last_seen=now - ALIVE_FOR))
        register(conn, Worker(executor_id="stopped", started_at=now, last_seen=now))
        conn.execute(worker.update().where(worker.c.executor_id == "stopped").values(stopped_at=now))
        found = survey(conn, now)
    assert (found.messages, found.workers) == (2, 1)


def test_the_oldest_entry_that_is_not_sealed_is_found(store: Store, now: datetime) -> None:
    with store.transaction() as conn:
        for minutes, name in ((3, "ada"), (2, "bob"), (1, "eve")):
            create_user(conn, username=name, email=None, type="normal", role="member", actor=Actor.SYSTEM,
                        now=now - minutes * MINUTE)  # fmt: skip
        assert survey(conn, now).first_unsealed == now - 3 * MINUTE
        seal = {"first_sequence": 1, "last_sequence": 1, "entry_count": 1, "merkle_root": "0", "previous_hash": "0",
                "seal_hash": "0", "signature": "", "key_id": ""}  # fmt: skip
        conn.execute(audit_seal.insert().values(id=1, sealed_at=now - 2 * MINUTE, **seal))
        conn.execute(audit_seal.insert().values(id=2, sealed_at=now - MINUTE, **seal))
        first = sa.select(sa.func.min(audit_entry.c.sequence)).scalar_subquery()
        conn.execute(audit_entry.update().where(audit_entry.c.sequence == first).values(seal_id=1))
        found = survey(conn, now)
        assert (found.first_unsealed, found.last_seal) == (now - 2 * MINUTE, now - MINUTE)
        conn.execute(audit_entry.update().values(seal_id=2))
        assert survey(conn, now).first_unsealed is None


def test_looking_at_the_queue_reads_no_timer_that_is_far_off(
    store: Store, add_run: AddRun, add_event: AddEvent, now: datetime
) -> None:
    if store.dialect != "sqlite":
        return
    with store.reading() as conn:
        statements: list[str] = []
        sa.event.listen(conn, "before_cursor_execute", lambda _c, _u, text, *_: statements.append(text))
        survey(conn, now)
        (query,) = [text for text in statements if "sym_event" in text]
        plan = conn.exec_driver_sql("EXPLAIN QUERY PLAN " + query.replace("?", "'2026'")).fetchall()
    assert any("USING INDEX ix_sym_event_due_at" in row[-1] for row in plan), plan


def test_only_a_server_has_a_clock_of_its_own(store: Store) -> None:
    with store.reading() as conn:
        theirs = database_time(conn)
    if store.dialect == "sqlite":
        assert theirs is None
    else:
        assert theirs is not None
        assert abs(theirs - datetime.now(UTC)) < timedelta(minutes=1)
