"""The thread that seals: what it does in one turn, and that it begins and ends."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from sym.audit.events import ActionRefused, Actor
from sym.engine.anchors import FileAnchors
from sym.engine.audit_keys import checking
from sym.engine.audit_log import verify_store
from sym.engine.keys import KeyDirectory
from sym.engine.sealer import AuditSettings, Sealer
from sym.engine.spool import Spool
from sym.store import audit, tables
from sym.store.database import Store
from tests.runtime.engine.conftest import Clock


@pytest.fixture
def settings(tmp_path: Path, clock: Clock) -> AuditSettings:
    KeyDirectory(tmp_path / "keys").create(clock.now)
    return AuditSettings(
        keys_dir=tmp_path / "keys", spool=tmp_path / "spool.jsonl", anchor=str(tmp_path / "anchor.jsonl")
    )


@pytest.fixture
def sealer(store: Store, settings: AuditSettings, clock: Clock) -> Sealer:
    return Sealer(store, settings, clock)


def append(store: Store, clock: Clock, count: int = 1) -> None:
    with store.transaction() as conn:
        for _ in range(count):
            event = ActionRefused(actor=Actor.SYSTEM, action="approve", code="X", message="no")
            audit.append(conn, event, now=clock.now)


def seals(store: Store) -> int:
    with store.reading() as conn:
        return int(conn.execute(sa.select(sa.func.count()).select_from(tables.audit_seal)).scalar_one())


def test_it_seals_what_is_there_and_then_nothing(sealer: Sealer, store: Store, clock: Clock, settings: Any) -> None:
    assert sealer.seal() == 0
    append(store, clock, 3)
    assert (sealer.seal(), sealer.seal(), seals(store)) == (3, 0, 1)
    check = checking(KeyDirectory(settings.keys_dir).public_keys("audit"))
    assert verify_store(store, check).bad == 0


def test_a_long_queue_is_sealed_in_several_seals(sealer: Sealer, store: Store, clock: Clock) -> None:
    append(store, clock, 2001)
    assert (sealer.seal(), seals(store)) == (2001, 2)


def test_idle_turns_only_read(sealer: Sealer, store: Store, clock: Clock) -> None:
    append(store, clock)
    assert sealer._turn(at_once=False) is True
    statements: list[str] = []
    sa.event.listen(store._engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    assert sealer._turn(at_once=False) is False
    assert [text.split()[0] for text in statements] in (["BEGIN", "SELECT"], ["SELECT"])


def test_anchors_are_written_now_and_then_and_at_the_end(
    sealer: Sealer, store: Store, clock: Clock, settings: Any
) -> None:
    anchors = FileAnchors(Path(settings.anchor))
    for expected in (1, 1, 3):
        append(store, clock)
        sealer._turn(at_once=False)
        assert [anchor.seal for anchor in anchors.all()][-1] == expected
        clock.forward(seconds=6)
    append(store, clock)
    sealer._turn(at_once=True)
    assert [anchor.seal for anchor in anchors.all()] == [1, 3, 4]
    sealer._turn(at_once=True)
    assert len(list(anchors.all())) == 3


def test_an_anchor_that_cannot_be_written_is_made_up_for(store: Store, settings: AuditSettings, clock: Clock,
                                                        caplog: pytest.LogCaptureFixture) -> None:  # fmt: skip
    place = Path(str(settings.anchor))
    place.mkdir()
    sealer = Sealer(store, settings, clock)
    append(store, clock)
    with caplog.at_level(logging.ERROR):
        sealer._turn(at_once=False)
        sealer._turn(at_once=False)
    assert seals(store) == 1
    assert len([record for record in caplog.records if "cannot be written" in record.message]) == 1
    place.rmdir()
    sealer._turn(at_once=False)
    assert FileAnchors(place).last() is not None


def test_without_a_key_nothing_is_sealed_and_the_log_says_so_once(
    store: Store, tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    sealer = Sealer(store, AuditSettings(keys_dir=tmp_path / "none", spool=tmp_path / "spool"), clock)
    append(store, clock)
    with caplog.at_level(logging.ERROR):
        assert (sealer._turn(at_once=False), sealer._turn(at_once=False)) == (False, False)
    assert ["symflow init-org" in record.message for record in caplog.records] == [True]
    assert seals(store) == 0


def test_what_is_spooled_is_entered_and_sealed(sealer: Sealer, store: Store, clock: Clock, settings: Any) -> None:
    with Spool(settings.spool).transaction(store) as conn:
        event = ActionRefused(actor=Actor.SYSTEM, action="approve", code="X", message="no")
        audit.append(conn, event, now=clock.now)
    clock.forward(hours=1)
    assert sealer.seal() == 1


def test_entries_are_kept_as_long_as_they_are_to_be_kept(store: Store, settings: AuditSettings, clock: Clock) -> None:
    from dataclasses import replace

    sealer = Sealer(store, replace(settings, retention=timedelta(days=400)), clock)
    append(store, clock, 2)
    sealer._turn(at_once=False)
    clock.forward(days=399)
    append(store, clock)
    sealer._turn(at_once=False)
    with store.reading() as conn:
        assert len(audit.entries(conn)) == 3
    clock.forward(days=2)
    sealer._turn(at_once=False)
    with store.reading() as conn:
        assert [entry["name"] for entry in audit.entries(conn)] == ["action.refused", "audit.pruned"]
    check = checking(KeyDirectory(settings.keys_dir).public_keys("audit"))
    assert verify_store(store, check, anchor=settings.anchor).bad == 0


def test_the_thread_seals_and_anchors_before_it_ends(sealer: Sealer, store: Store, clock: Clock, settings: Any) -> None:
    sealer.start()
    append(store, clock)
    deadline = time.monotonic() + 20
    while seals(store) == 0 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert seals(store) == 1
    append(store, clock)
    sealer.stop()
    assert seals(store) == 2
    last = FileAnchors(Path(settings.anchor)).last()
    assert last is not None
    assert last.seal == 2
