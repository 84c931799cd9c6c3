"""What may be removed, and what must stay."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from sym.audit.seals import Sign
from sym.engine.audit_keys import signing
from sym.engine.keys import KeyDirectory
from sym.engine.retention import prune
from sym.store.audit import entries
from sym.store.pruning import last_pruning
from sym.store.seals import seal_next
from tests.runtime.engine.conftest import Engine


@pytest.fixture
def sign(tmp_path: Path, engine: Engine) -> Sign:
    keys = KeyDirectory(tmp_path / "keys")
    keys.create(engine.clock.now)
    return signing(keys)


def seal(engine: Engine, sign: Sign) -> None:
    with engine.store.transaction() as conn:
        assert seal_next(conn, sign=sign, now=engine.clock.now)


def remove(engine: Engine, sign: Sign) -> int:
    """Remove all there is that may be removed."""
    engine.clock.forward(seconds=1)
    return prune(engine.store, before=engine.clock.now, sign=sign, now=engine.clock.now)


def test_entries_of_access_that_is_not_over_stay_and_all_after_them(engine: Engine, sign: Sign) -> None:
    engine.flow()
    seal(engine, sign)
    run_id = engine.escalated()
    seal(engine, sign)
    before = engine.trail(run_id)
    assert remove(engine, sign) > 0
    assert engine.trail(run_id) == before
    assert remove(engine, sign) == 0
    engine.later(seconds=600)
    seal(engine, sign)
    assert remove(engine, sign) > 0
    assert engine.trail(run_id) == []


def test_the_last_word_about_pruning_is_the_newest(engine: Engine, sign: Sign) -> None:
    seal(engine, sign)
    remove(engine, sign)
    engine.clock.forward(days=1)
    seal(engine, sign)
    assert remove(engine, sign) == 1
    with engine.store.reading() as conn:
        pruning = last_pruning(conn)
        assert [entry["name"] for entry in entries(conn)] == ["audit.pruned"]
    assert pruning is not None
    assert pruning.through == 2
    engine.clock.forward(seconds=1)
    assert prune(engine.store, before=engine.clock.now - timedelta(days=9), sign=sign, now=engine.clock.now) == 0
