"""Who gets a token: on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from sym.audit.events import Actor
from sym.engine.administration.bots import close_bot, create_bot, reactivate_bot
from sym.engine.administration.tokens import Order, found_token, issue_token, lifetime_of, revoke
from sym.engine.queue import Queue
from sym.errors import Conflict, Invalid, NotFound, Refused
from sym.store.database import Store
from sym.store.organizations import create_organization
from sym.store.tokens import page_of_tokens
from sym.store.users import create_user

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _organization(store: Store, now: datetime) -> None:
    with store.transaction() as conn:
        create_organization(conn, "acme", actor=Actor.SYSTEM, now=now)
        create_bot(conn, "ci", "requester", actor=Actor.SYSTEM, now=now)


def test_a_deleted_bot_has_no_good_token_and_gets_none(store: Store, now: datetime) -> None:
    order = Order(username="CI", lifetime=DAY, label="x")
    with store.transaction() as conn:
        token, bot = issue_token(conn, order, issuer=None, actor=Actor.SYSTEM, now=now)
        assert (token.user_id, token.expires_at, token.issuer_id) == (bot.id, now + DAY, None)
        left = close_bot(conn, Queue(store, lambda: now), "ci", actor=Actor.SYSTEM, now=now)
        assert (left.user.deactivated_at, left.revoked) == (now, (token.jti,))
        with pytest.raises(Conflict, match="deactivated"):
            issue_token(conn, order, issuer=None, actor=Actor.SYSTEM, now=now)
        reactivate_bot(conn, "ci", actor=Actor.SYSTEM, now=now)
        assert page_of_tokens(conn, now=now, state="good") == []
        issue_token(conn, order, issuer=None, actor=Actor.SYSTEM, now=now)


def test_an_admin_is_asked_for_and_speaks_for_no_other_person(store: Store, now: datetime) -> None:
    def person(conn: object, name: str, role: str) -> object:
        return create_user(conn, username=name, email=name, type="normal", role=role, actor=Actor.SYSTEM, now=now)  # type: ignore[arg-type]

    with store.transaction() as conn:
        ann, root = person(conn, "ann@x.example", "member"), person(conn, "root@x.example", "admin")
        for issuer, username in ((ann, "ci"), (ann, "ann@x.example"), (root, "ann@x.example"), (ann, "nobody")):
            with pytest.raises(Refused):
                issue_token(conn, Order(username=username, lifetime=DAY), issuer=issuer, actor=Actor.SYSTEM, now=now)  # type: ignore[arg-type]
        for username in ("ci", "ROOT@x.example"):
            token, _ = issue_token(
                conn, Order(username=username, lifetime=DAY), issuer=root, actor=Actor.SYSTEM, now=now  # type: ignore[arg-type]
            )  # fmt: skip
            assert found_token(conn, token.jti, asker=None) == token
            for jti in (token.jti, "nothing"):
                with pytest.raises(Refused):
                    revoke(conn, jti, asker=ann, actor=Actor.SYSTEM, now=now)  # type: ignore[arg-type]
        with pytest.raises(NotFound):
            found_token(conn, "a\0", asker=None)


@pytest.mark.parametrize("expiry", ["", "1", "1w", "0s", "3651d", "1 d d", "\u0661d", 0, -1, 10**9])
def test_what_is_no_lifetime_is_refused(expiry: str | int) -> None:
    with pytest.raises(Invalid) as refused:
        lifetime_of(expiry)
    assert refused.value.path == "expiry"


def test_a_lifetime_is_a_number_and_a_unit_or_seconds() -> None:
    assert [lifetime_of(text) for text in ("90s", "5m", "2h", "1mo", 90)] == [
        timedelta(seconds=90), timedelta(minutes=5), timedelta(hours=2), timedelta(days=30), timedelta(seconds=90),
    ]  # fmt: skip
