from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from sym.audit.events import Actor
from sym.errors import NotFound
from sym.sealing import SealingKeys
from sym.store import resources
from sym.store.database import Store
from sym.store.declaring import Declaring


@pytest.fixture
def declaring(tmp_path: Path, now: datetime) -> Declaring:
    return Declaring(actor=Actor.SYSTEM, now=now, keys=SealingKeys(tmp_path / "keys"))


def test_what_has_no_value_is_saved_without_keys(store: Store, declaring: Declaring) -> None:
    with store.transaction() as conn:
        created = declaring.save(conn, "target", {"type": "custom", "name": "t"}, {})
        changed = declaring.save(conn, "target", {"type": "custom", "name": "u"}, {"value_wo": None}, created.id)
        assert resources.get(conn, "target", created.id) == changed
    assert (changed.id, changed.version) == (created.id, 2)
    assert not declaring.keys.path.exists()


def test_an_update_of_what_is_not_there_is_refused(store: Store, declaring: Declaring) -> None:
    nobody = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"
    with store.transaction() as conn, pytest.raises(NotFound, match=nobody):
        declaring.save(conn, "secret", {"path": "p", "source_id": nobody}, {"value_wo": "x"}, nobody)
