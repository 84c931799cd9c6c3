from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from sym.audit.events import Actor
from sym.errors import NotFound
from sym.store import audit, tokens
from sym.store.database import Store
from sym.store.tokens import Token
from sym.store.users import User


def _token(user: User, jti: str, now: datetime) -> Token:
    ends = now + timedelta(days=90)
    return Token(jti=jti, user_id=user.id, label="ci", issued_by="ada", issued_at=now, expires_at=ends)


def test_tokens_are_listed_newest_first(store: Store, add_user: Callable[..., User], ada: Actor, now: datetime) -> None:
    with store.transaction() as conn:
        user, other = add_user(conn), add_user(conn, "alan")
        old, new = _token(user, "j1", now), _token(user, "j2", now + timedelta(days=1))
        theirs = _token(other, "j3", now - timedelta(days=1))
        for token in (old, new, theirs):
            tokens.insert_token(conn, token, actor=ada)
        assert tokens.list_tokens(conn) == [new, old, theirs]
        assert tokens.list_tokens(conn, user_id=user.id) == [new, old]
        assert tokens.get_token(conn, "j1") == old
        assert tokens.get_token(conn, "j9") is None
        assert len(audit.entries(conn, name="token.issued")) == 3


def test_a_token_is_revoked_once(store: Store, add_user: Callable[..., User], ada: Actor, now: datetime) -> None:
    with store.transaction() as conn:
        tokens.insert_token(conn, _token(add_user(conn), "j1", now), actor=ada)
        revoked = tokens.revoke_token(conn, "j1", actor=ada, now=now)
        assert revoked.revoked_at == now
        assert tokens.revoke_token(conn, "j1", actor=ada, now=now + timedelta(days=1)) == revoked
        assert tokens.get_token(conn, "j1") == revoked
        assert len(audit.entries(conn, name="token.revoked")) == 1
        with pytest.raises(NotFound):
            tokens.revoke_token(conn, "j9", actor=ada, now=now)


def test_tokens_are_found_by_state_and_paged(
    store: Store, add_user: Callable[..., User], ada: Actor, now: datetime
) -> None:
    hour = timedelta(hours=1)
    with store.transaction() as conn:
        user, other = add_user(conn), add_user(conn, "alan")
        made = {
            "good": _token(user, "j1", now), "gone": _token(user, "j2", now - timedelta(days=90)),
            "dead": _token(user, "j3", now), "odd": replace(_token(user, "j4", now), flagged_at=now),
            "theirs": _token(other, "j5", now + hour),
        }  # fmt: skip
        for token in made.values():
            tokens.insert_token(conn, token, actor=ada)
        tokens.revoke_token(conn, "j3", actor=ada, now=now)

        def ids(**query: Any) -> list[str]:
            return [token.jti for token in tokens.page_of_tokens(conn, now=now, **query)]

        assert ids() == ["j5", "j1", "j3", "j4", "j2"]
        assert ids(user_id=user.id, state="good") == ["j1", "j4"]
        assert ids(state="expired") == ["j2"]
        assert ids(state="revoked") == ["j3"]
        assert ids(state="flagged") == ["j4"]
        assert ids(after=(now, "j1"), limit=2) == ["j3", "j4"]
        assert [token.state(now) for token in (made["good"], made["gone"])] == ["good", "expired"]
        assert tokens.good_tokens(conn, [user.id, other.id], now=now) == {user.id: 2, other.id: 1}
        assert tokens.good_tokens(conn, [], now=now) == {}
        issued = tokens.good_tokens_issued(conn, now - timedelta(days=100), now + hour, now=now)
        assert [token.jti for token in issued] == ["j1", "j4"]
        assert [token.jti for token in tokens.good_tokens_issued(conn, now + hour, None, now=now)] == ["j5"]
