"""What is sent to log destinations, in which order, from where, and what happens when they do not take it."""

from __future__ import annotations

import json
import logging
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from jsonschema import Draft202012Validator

from sym.audit.entry_schema import entry_schema
from sym.engine.reporting import CLAIM
from sym.store import audit, tables
from sym.store.database import Store
from sym.store.log_cursors import next_batch
from sym.store.messages import messages_of_run
from sym.store.pruning import prunable
from tests.fakes.services.inbox import AUTHORIZATION, KEY, Inbox
from tests.runtime.engine.conftest import Engine
from tests.runtime.engine.reported import Reported


@pytest.fixture
def reported(engine: Engine, tmp_path: Path) -> Reported:
    made = Reported(engine, tmp_path)
    made.flow()
    return made


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    made = Inbox()
    yield made
    made.close()


def to(inbox: Inbox, **more: str) -> dict[str, str]:
    return {"url": f"{inbox.url}/entries", **more}


def decided(engine: Engine) -> str:
    """A run that was asked for and approved."""
    run_id = engine.requested()
    engine.act("bob", "approve", run_id)
    engine.work()
    return run_id


def test_it_gets_every_entry_of_the_environments_runs_once_and_in_order(reported: Reported, inbox: Inbox) -> None:
    reported.destination("http", to(inbox))
    runs = [decided(reported.engine), decided(reported.engine)]
    assert reported.send() == len(inbox.ids) > 2
    assert inbox.ids == reported.logged(*runs)
    assert reported.send() == 0
    runs.append(reported.engine.requested())
    reported.send()
    assert inbox.ids == reported.logged(*runs)


def test_it_begins_with_its_declaration(reported: Reported, inbox: Inbox) -> None:
    decided(reported.engine)
    reported.sealer.seal()
    reported.destination("http", to(inbox))
    later = decided(reported.engine)
    reported.sealer.seal()
    reported.send()
    assert inbox.ids == reported.logged(later)


def test_it_begins_once_its_declaration_is_sealed(reported: Reported, inbox: Inbox) -> None:
    declared = reported.destination("http", to(inbox))
    assert reported.reporter.due() == [declared]
    assert reported.reporter.send(declared) == 0
    run_id = decided(reported.engine)
    assert reported.send() == len(reported.logged(run_id))


def test_runs_of_other_environments_are_not_sent(reported: Reported, inbox: Inbox) -> None:
    engine = reported.engine
    reported.destination("http", to(inbox))
    reported.listed([])
    decided(engine)
    assert reported.send() == 0
    # Nor afterwards: what happened before it was listed is none of its own.
    reported.listed(reported.ids)
    run_id = decided(engine)
    reported.send()
    assert inbox.ids == reported.logged(run_id)


def test_what_belongs_to_no_run_is_not_sent(reported: Reported, inbox: Inbox) -> None:
    reported.destination("http", to(inbox))
    reported.flow()
    assert reported.send() == 0


def test_an_entry_has_the_documented_shape_and_by_default_nothing_personal(reported: Reported, inbox: Inbox) -> None:
    reported.destination("http", to(inbox))
    decided(reported.engine)
    reported.send()
    for entry in inbox.entries:
        Draft202012Validator(entry_schema()).validate(entry)
    assert "acme.example" not in json.dumps(inbox.entries)
    assert str(inbox.entries[0]["actor"]["user"]).startswith("acme:user:")
    assert "commitment" in json.dumps(inbox.entries[0]["actor"])


def test_what_is_personal_is_sent_where_that_is_declared_except_what_was_erased(
    reported: Reported, inbox: Inbox
) -> None:
    reported.destination("http", to(inbox, personal_values="sent"))
    run_id = decided(reported.engine)
    erased = reported.logged(run_id)[-1]
    with reported.engine.store.transaction() as conn:
        audit.erase(conn, erased, now=reported.engine.clock.now, path="/actor/username")
    reported.send()
    for entry in inbox.entries:
        Draft202012Validator(entry_schema()).validate(entry)
    assert inbox.entries[0]["actor"]["username"] == "ada@acme.example"
    assert inbox.entries[-1]["actor"]["username"] == {"erased": True}


def test_requests_are_signed_with_the_declared_secrets(reported: Reported) -> None:
    inbox = Inbox(is_signed=True)
    inbox.now = reported.engine.clock.now.timestamp()
    secrets = {"signing_secret": reported.secret("key", KEY),
               "authorization_secret": reported.secret("auth", AUTHORIZATION)}  # fmt: skip
    reported.destination("http", to(inbox, **secrets))
    run_id = decided(reported.engine)
    reported.send()
    assert inbox.ids == reported.logged(run_id)
    inbox.close()


def test_a_refusal_is_tried_again_with_longer_and_longer_pauses(
    reported: Reported, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    declared = reported.destination("http", to(inbox))
    run_id = decided(reported.engine)
    inbox.fail_next(503, times=3)
    pauses = []
    for _ in range(3):
        assert reported.send() == 0
        cursor = reported.cursor(declared)
        assert cursor.next_at is not None
        pauses.append((cursor.next_at - reported.engine.clock.now).total_seconds())
        assert reported.reporter.due() == []
        reported.engine.clock.now = cursor.next_at
    assert pauses == [2, 4, 8]
    assert "503" in str(reported.cursor(declared).error)
    assert reported.lag(declared).entries == len(reported.logged(run_id))
    reported.send()
    assert inbox.ids == reported.logged(run_id)
    cursor = reported.cursor(declared)
    assert (cursor.tries, cursor.error, cursor.failing_since, cursor.next_at) == (0, None, None, None)
    assert reported.lag(declared).entries == 0
    assert any("did not take the entry" in record.message for record in caplog.records)


def test_what_was_taken_before_a_refusal_is_not_sent_again(reported: Reported, inbox: Inbox) -> None:
    declared = reported.destination("http", to(inbox))
    ids = reported.logged(decided(reported.engine))
    inbox.refused = {ids[1]}
    assert reported.send() == 1
    assert inbox.ids == ids[:1]
    # What follows waits, however often it is tried: nothing is skipped.
    for _ in range(3):
        reported.engine.clock.forward(minutes=20)
        reported.send()
    assert inbox.ids == ids[:1]
    assert ids[1] not in inbox.ids
    inbox.refused = set()
    reported.engine.clock.forward(minutes=20)
    reported.send()
    assert inbox.ids == ids
    assert reported.cursor(declared).error is None


def test_a_crash_between_sending_and_noting_it_sends_again_the_same_entries_first(
    reported: Reported, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    declared = reported.destination("http", to(inbox))
    ids = reported.logged(decided(reported.engine))
    with monkeypatch.context() as broken:

        def crash(*_: Any, **__: Any) -> None:
            raise SystemExit("killed")

        broken.setattr("sym.engine.reporting.move_cursor", crash)
        with pytest.raises(SystemExit):
            reported.send()
    assert inbox.ids == ids
    # The claim of the dead worker holds for a while.
    assert reported.another().send(declared) == 0
    reported.engine.clock.forward(seconds=CLAIM.total_seconds())
    assert reported.another().send(declared) == len(ids)
    assert inbox.ids == [*ids, *ids]


def test_who_lost_the_claim_does_not_move_the_cursor(reported: Reported, inbox: Inbox) -> None:
    declared = reported.destination("http", to(inbox))
    ids = reported.logged(decided(reported.engine))
    reported.sealer.seal()
    slow = reported.reporter._claim(declared, "slow")
    assert slow is not None
    reported.engine.clock.forward(seconds=CLAIM.total_seconds())
    assert reported.another().send(declared) == len(ids)
    moved, _ = reported.reporter._send_batch(slow)
    assert moved is None
    assert set(inbox.ids) == set(ids)
    assert reported.lag(declared).entries == 0


def test_one_worker_at_a_time_sends_to_a_destination(reported: Reported, inbox: Inbox) -> None:
    declared = reported.destination("http", to(inbox))
    decided(reported.engine)
    reported.sealer.seal()
    assert reported.reporter._claim(declared, "one") is not None
    assert reported.another()._claim(declared, "two") is None
    assert reported.another().due() == []


def test_a_destination_that_is_down_keeps_no_other_from_its_entries(reported: Reported, inbox: Inbox) -> None:
    down = reported.destination("http", {"url": "http://127.0.0.1:9/entries"})
    up = reported.destination("http", to(inbox))
    run_id = decided(reported.engine)
    reported.send()
    assert inbox.ids == reported.logged(run_id)
    assert reported.cursor(down).tries == 1
    assert reported.cursor(up).tries == 0


def test_after_a_day_the_error_logger_is_told_once_and_it_is_tried_every_hour(
    engine: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    reported = Reported(engine, tmp_path, is_bound=True)
    reported.flow()
    inbox = Inbox()
    declared = reported.destination("http", to(inbox))
    slack = engine.save("integration", "slack", {"type": "slack", "name": "slack", "external_id": "T1"})
    logger = engine.save("error_logger", "logger", {"integration_id": slack, "destination": "#errors"})
    reported.listed(reported.ids, error_logger_id=logger)
    run_id = decided(engine)
    inbox.fail_next(500, times=1000)
    begun, hours = engine.clock.now, []
    while engine.clock.now - begun < timedelta(days=2):
        reported.send()
        cursor = reported.cursor(declared)
        assert cursor.next_at is not None
        hours.append((cursor.next_at - engine.clock.now).total_seconds() / 3600)
        engine.clock.now = cursor.next_at
    with engine.store.reading() as conn:
        errors = [message for message in messages_of_run(conn, run_id) if message.kind == "error"]
    (error,) = errors
    assert error.destination["channel"] == "#errors"
    assert "500" in error.content["text"]
    assert "symflow audit destinations" in error.content["hint"]
    assert timedelta(days=1) <= error.created_at - begun < timedelta(days=1, minutes=11)
    assert hours[-3:] == [1, 1, 1]
    assert max(hours[:20]) < 0.2
    assert [record.levelno for record in caplog.records].count(logging.ERROR) == 1
    inbox.faults.clear()
    reported.send()
    assert inbox.ids == reported.logged(run_id)
    assert reported.cursor(declared).told_at is None
    inbox.close()


def test_a_higher_number_that_was_sealed_first_is_sent_first_and_the_lower_one_is_not_lost(
    reported: Reported, inbox: Inbox, store: Store
) -> None:
    reported.destination("http", to(inbox))
    ids = reported.logged(decided(reported.engine))
    # As when the first of them is committed after the last one was sealed.
    held = {"id": ids[0]}
    with store.transaction() as conn:
        row = conn.execute(sa.text("select * from sym_audit_entry where id = :id"), held).mappings().one()
        values = conn.execute(sa.text("select * from sym_audit_personal where entry_id = :id"), held).mappings().all()
        conn.execute(sa.text("delete from sym_audit_personal where entry_id = :id"), held)
        conn.execute(sa.text("delete from sym_audit_entry where id = :id"), held)
    reported.send()
    assert inbox.ids == ids[1:]
    with store.transaction() as conn:
        given = {key: row[key] for key in ("sequence", "id", "name", "run_id", "event_id", "entry_hash")}
        document = row["document"] if isinstance(row["document"], dict) else json.loads(row["document"])
        now = reported.engine.clock.now
        conn.execute(tables.audit_entry.insert().values(**given, document=document, recorded_at=now))
        assert values
    reported.send()
    assert inbox.ids == [*ids[1:], ids[0]]


def test_many_entries_go_out_in_batches(reported: Reported, inbox: Inbox) -> None:
    declared = reported.destination("http", to(inbox))
    runs = [reported.engine.requested() for _ in range(7)]
    reported.sealer.seal()
    cursor = reported.reporter._claim(declared, "me")
    assert cursor is not None
    with reported.engine.store.reading() as conn:
        batch = next_batch(conn, cursor, limit=3)
        assert batch is not None
        ids = reported.logged(*runs)
        assert [entry.id for entry in batch.entries] == ids[:3]
        whole = next_batch(conn, cursor, limit=3, whole_seals=True)
        assert whole is not None
        assert [entry.id for entry in whole.entries] == ids


def test_a_removed_destination_is_forgotten(reported: Reported, inbox: Inbox, store: Store) -> None:
    declared = reported.destination("http", to(inbox))
    decided(reported.engine)
    reported.send()
    reported.listed([])
    reported.engine.delete("log_destination", "http-0")
    assert reported.reporter.due() == []
    assert reported.reporter.send(declared) == 0
    with store.reading() as conn:
        assert conn.execute(sa.text("select count(*) from sym_log_cursor")).scalar() == 0


def test_what_a_destination_waits_for_is_not_pruned(reported: Reported, inbox: Inbox, store: Store) -> None:
    reported.destination("http", to(inbox))
    reported.send()
    decided(reported.engine)
    inbox.fail_next(500)
    reported.send()
    later = reported.engine.clock.now + timedelta(days=400)
    with store.reading() as conn:
        held = prunable(conn, after=0, before=later)
    reported.engine.clock.forward(minutes=1)
    reported.send()
    with store.reading() as conn:
        free = prunable(conn, after=0, before=later)
    assert free is not None
    assert held is None or held.number < free.number


def test_a_destination_whose_type_cannot_be_opened_says_so(reported: Reported) -> None:
    declared = reported.destination("datadog", {"site": "datadoghq.eu"})
    decided(reported.engine)
    assert reported.send() == 0
    assert "api_key_secret" in str(reported.cursor(declared).error)


def test_no_secret_is_in_what_is_kept_of_a_failure(reported: Reported, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    inbox = Inbox(is_signed=True)
    secrets = {"signing_secret": reported.secret("key", KEY),
               "authorization_secret": reported.secret("auth", "Bearer wrong-token-of-the-inbox")}  # fmt: skip
    declared = reported.destination("http", to(inbox, **secrets))
    decided(reported.engine)
    reported.send()
    cursor = reported.cursor(declared)
    assert "401" in str(cursor.error)
    for text in (str(cursor), caplog.text):
        assert KEY not in text
        assert "wrong-token" not in text
    inbox.close()


def test_the_thread_begins_sends_and_ends(reported: Reported, inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sym.engine.reporting.BUSY_SECONDS", 0.02)
    reported.destination("http", to(inbox))
    ids = reported.logged(decided(reported.engine))
    reported.sealer.seal()
    reported.reporter.start()
    deadline = time.monotonic() + 20
    while len(inbox.ids) < len(ids) and time.monotonic() < deadline:
        time.sleep(0.02)
    reported.reporter.stop()
    assert inbox.ids == ids
    assert not any(thread.is_alive() for thread in reported.reporter._in_hand.values())


def test_a_destination_that_hangs_delays_no_other(
    reported: Reported, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    hanging = Inbox()
    hanging.seconds = 1.5
    reported.destination("http", to(hanging))
    reported.destination("http", to(inbox))
    ids = reported.logged(decided(reported.engine))
    reported.sealer.seal()
    arrived = threading.Event()
    take = inbox.answer

    def answer(request: Any) -> Any:
        given = take(request)
        if len(inbox.entries) == len(ids):
            arrived.set()
        return given

    monkeypatch.setattr(inbox, "answer", answer)
    assert reported.reporter._turn()
    assert arrived.wait(20)
    # The other one is still busy with its first entry or a later one.
    assert len(hanging.entries) < len(ids)
    reported.reporter.stop()
    hanging.close()


def test_a_new_start_on_sqlite_waits_for_nobody(reported: Reported, inbox: Inbox, store: Store) -> None:
    declared = reported.destination("http", to(inbox))
    decided(reported.engine)
    reported.sealer.seal()
    assert reported.reporter._claim(declared, "dead") is not None
    fresh = reported.another()
    fresh.start()
    fresh.stop()
    # Where there may be others, whoever had it may live; the thread may have sent it meanwhile.
    is_free = declared in fresh.due() or bool(inbox.ids)
    assert is_free == (store.dialect == "sqlite")


KILLED = """
import os, signal, sys
from datetime import datetime
from sym.engine import reporting
from sym.engine.connections.opening import Connections
from sym.engine.reporting import Reporter
from sym.sdk._secrets import SecretPlace
from sym.store.database import Store

url, destination, now = sys.argv[1:]
reporting.move_cursor = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
clock = lambda: datetime.fromisoformat(now)
Reporter(Store(url), Connections(), SecretPlace(environment={}), None, clock).send(destination)
"""


def test_a_worker_that_is_killed_between_sending_and_noting_it_loses_nothing(
    reported: Reported, inbox: Inbox, store_url: str
) -> None:
    declared = reported.destination("http", to(inbox))
    sent: list[str] = []
    for _ in range(3):
        sent += reported.logged(decided(reported.engine))
        reported.sealer.seal()
        arguments = [store_url, declared, reported.engine.clock.now.isoformat()]
        finished = subprocess.run([sys.executable, "-c", KILLED, *arguments], timeout=120, check=False)
        assert finished.returncode == -signal.SIGKILL
        reported.engine.clock.forward(seconds=CLAIM.total_seconds())
    assert set(inbox.ids) == set(sent)
    reported.send()
    assert list(dict.fromkeys(inbox.ids)) == sent
    assert len(inbox.ids) > len(sent)
    assert reported.lag(declared).entries == 0
