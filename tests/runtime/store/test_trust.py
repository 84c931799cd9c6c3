from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from sym.audit.events import Actor
from sym.errors import NotFound
from sym.store import audit
from sym.store.database import Store
from sym.store.trust import Trust, insert_trust, list_trust, remove_trust, trust_of_leavers
from sym.store.users import User, deactivate


def test_trust_is_kept_and_forgotten(store: Store, add_user: Callable[..., User], ada: Actor, now: datetime) -> None:
    with store.transaction() as conn:
        bot, other = add_user(conn, "ci"), add_user(conn, "cd")
        plain = {"audience": "a", "claims": {"repository": "acme/app"}}
        one = Trust(id="t1", user_id=bot.id, issuer="https://a", created_at=now, **plain)  # type: ignore[arg-type]
        two = Trust(id="t2", user_id=other.id, issuer="https://A", created_at=now - timedelta(1), **plain)  # type: ignore[arg-type]
        for trust in (one, two):
            insert_trust(conn, trust, actor=ada)
        assert list_trust(conn) == [two, one]
        assert list_trust(conn, issuer="https://a") == [one]
        assert list_trust(conn, user_id=other.id) == [two]
        assert remove_trust(conn, "t1", actor=ada, now=now) == one
        with pytest.raises(NotFound):
            remove_trust(conn, "t1", actor=ada, now=now)
        assert list_trust(conn) == [two]
        names = [entry["name"] for entry in audit.entries(conn) if entry["name"].startswith("trust")]
    assert names == ["trust.added", "trust.added", "trust.removed"]


def test_who_added_it_is_kept_and_known_when_they_have_left(
    store: Store, add_user: Callable[..., User], ada: Actor, now: datetime
) -> None:
    with store.transaction() as conn:
        bot, adder = add_user(conn, "ci"), add_user(conn, "root")
        made = [
            Trust(id=str(number), user_id=bot.id, issuer="https://a", audience="a", claims={"sub": "x"},
                  created_at=now, creator_id=who)
            for number, who in enumerate((None, adder.id, bot.id))
        ]  # fmt: skip
        for trust in made:
            insert_trust(conn, trust, actor=ada)
        assert list_trust(conn) == made
        assert trust_of_leavers(conn) == []
        deactivate(conn, adder.id, actor=ada, now=now)
        assert trust_of_leavers(conn) == [made[1].id]
