"""A key is rotated and retired together with its entry in the log."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sym.audit.events import Actor
from sym.engine.administration import keys as administration
from sym.engine.administration.keys import retire_key, rotate_key
from sym.engine.keys import KeyDirectory
from sym.errors import Conflict, NotFound, Unrecorded
from sym.store.audit import entries
from sym.store.database import Store
from sym.store.organizations import create_organization


@pytest.fixture
def keys(store: Store, tmp_path: Path, now: datetime) -> KeyDirectory:
    made = KeyDirectory(tmp_path / "keys")
    made.create(now)
    with store.transaction() as conn:
        create_organization(conn, "acme", actor=Actor.SYSTEM, now=now)
    return made


def test_both_are_in_the_log(store: Store, keys: KeyDirectory, now: datetime) -> None:
    (old,) = keys.known("token")
    later = now + timedelta(days=1)
    with store.transaction() as conn:
        new = rotate_key(conn, keys, "token", actor=Actor.SYSTEM, now=later)
        assert [(key.key_id, key.stopped_at) for key in keys.known("token")] == [(old.key_id, later), (new, None)]
        assert retire_key(conn, keys, old.key_id, actor=Actor.SYSTEM, now=later).key_id == old.key_id
        log = entries(conn)[-2:]
    assert [(entry["name"], entry["fields"]["key"]) for entry in log] == [
        ("key.rotated", {"purpose": "token", "key_id": new}),
        ("key.retired", {"purpose": "token", "key_id": old.key_id}),
    ]
    assert list(keys.public_keys("token")) == [new]


def test_a_key_that_could_not_be_recorded_does_not_sign(
    store: Store, keys: KeyDirectory, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise Unrecorded

    (before,) = keys.known("token")
    monkeypatch.setattr(administration, "append", full)
    with pytest.raises(Unrecorded), store.transaction() as conn:
        rotate_key(conn, keys, "token", actor=Actor.SYSTEM, now=now + timedelta(days=1))
    assert keys.known("token") == [before]


def test_what_is_needed_is_not_retired(store: Store, keys: KeyDirectory, now: datetime) -> None:
    (audit,), (token,) = keys.known("audit"), keys.known("token")
    keys.add("audit", now + timedelta(days=1))
    with store.transaction() as conn:
        for key in (audit, token):
            with pytest.raises(Conflict):
                retire_key(conn, keys, key.key_id, actor=Actor.SYSTEM, now=now)
        with pytest.raises(NotFound):
            retire_key(conn, keys, "nothing", actor=Actor.SYSTEM, now=now)
        assert "key.retired" not in [entry["name"] for entry in entries(conn)]
    assert audit.key_id in keys.public_keys("audit")
