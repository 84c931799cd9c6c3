from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from sym.store.access_tables import exchanged
from sym.store.database import Store
from sym.store.exchanged import spend

MINUTE = timedelta(minutes=1)


def test_a_token_is_spent_once(store: Store, now: datetime) -> None:
    for expected in (True, False, False):
        with store.transaction() as conn:
            assert spend(conn, "a" * 64, expires_at=now + MINUTE, now=now) is expected
    with store.transaction() as conn:
        assert spend(conn, "b" * 64, expires_at=now + MINUTE, now=now)
        assert not spend(conn, "a" * 64, expires_at=now + MINUTE, now=now + MINUTE)


def test_what_was_rolled_back_was_not_spent(store: Store, now: datetime) -> None:
    try:
        with store.transaction() as conn:
            spend(conn, "a" * 64, expires_at=now + MINUTE, now=now)
            raise KeyError
    except KeyError:
        pass
    with store.transaction() as conn:
        assert spend(conn, "a" * 64, expires_at=now + MINUTE, now=now)


def test_what_has_expired_is_forgotten(store: Store, now: datetime) -> None:
    with store.transaction() as conn:
        spend(conn, "a" * 64, expires_at=now + MINUTE, now=now)
        spend(conn, "b" * 64, expires_at=now + 9 * MINUTE, now=now + 2 * MINUTE)
        assert conn.execute(sa.select(exchanged.c.digest)).scalars().all() == ["b" * 64]
