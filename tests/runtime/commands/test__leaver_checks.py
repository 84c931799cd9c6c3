"""What doctor says of people who left."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from sym.audit.events import Actor
from sym.commands._leaver_checks import leaver_rows
from sym.store.database import Store
from sym.store.directory import note
from sym.store.leavers import flag_tokens_issued_by
from sym.store.tokens import Token, insert_token
from sym.store.trust import Trust, insert_trust
from sym.store.users import create_user, deactivate

HOUR = timedelta(hours=1)


def test_nothing_to_look_at(store: Store, now: datetime) -> None:
    assert list(leaver_rows(store, HOUR, now)) == [("ok", "Nothing to look at; compared: no directory.", "")]
    with store.transaction() as conn:
        note(conn, "slack:T1", started_at=now, finished_at=now)
    assert next(iter(leaver_rows(store, HOUR, now)))[1] == "Nothing to look at; compared: slack:T1."


@pytest.mark.parametrize(("hours", "every", "result"), [(3, HOUR, "ok"), (4, HOUR, "warning"), (400, None, "ok")])
def test_a_directory_that_is_not_compared_is_found(
    store: Store, now: datetime, hours: int, every: timedelta | None, result: str
) -> None:
    with store.transaction() as conn:
        note(conn, "slack:T1", started_at=now, finished_at=now)
    assert [row[0] for row in leaver_rows(store, every, now + hours * HOUR)] == [result]


def test_one_that_never_was_is_found(store: Store, now: datetime) -> None:
    with store.transaction() as conn:
        note(conn, "slack:T1", started_at=now)
    ((result, detail, _),) = leaver_rows(store, HOUR, now)
    assert (result, detail) == ("warning", "The people of slack:T1 could not be compared yet.")


def test_one_that_is_not_believed_is_named_once(store: Store, now: datetime) -> None:
    with store.transaction() as conn:
        note(conn, "slack:T1", started_at=now)
        note(conn, "refused:slack:T1", started_at=now)
    ((result, detail, action),) = leaver_rows(store, HOUR, now)
    assert result == "warning"
    assert "more than a quarter" in detail
    assert "symflow users delete" in action


def test_tokens_of_bots_are_named_until_they_expire(store: Store, now: datetime) -> None:
    with store.transaction() as conn:
        ada = create_user(conn, username="ada", email=None, type="normal", role="admin", actor=Actor.SYSTEM, now=now)
        bot = create_user(conn, username="ci", email=None, type="bot", role="requester", actor=Actor.SYSTEM, now=now)
        token = Token(jti="j7", user_id=bot.id, label="", issued_by="ada", issuer_id=ada.id, issued_at=now,
                      expires_at=now + HOUR)  # fmt: skip
        insert_token(conn, token, actor=Actor.SYSTEM)
        flag_tokens_issued_by(conn, ada.id, actor=Actor.SYSTEM, now=now)
    ((result, detail, _),) = leaver_rows(store, HOUR, now)
    assert (result, "j7" in detail) == ("warning", True)
    assert [row[0] for row in leaver_rows(store, HOUR, now + HOUR)] == ["ok"]


def test_trust_is_named_while_whoever_added_it_is_gone(store: Store, now: datetime) -> None:
    with store.transaction() as conn:
        ada = create_user(conn, username="ada", email=None, type="normal", role="admin", actor=Actor.SYSTEM, now=now)
        bot = create_user(conn, username="ci", email=None, type="bot", role="requester", actor=Actor.SYSTEM, now=now)
        for name, creator in (("t1", ada.id), ("t2", None)):
            trust = Trust(id=name, user_id=bot.id, issuer="https://a.example", audience="a", claims={"sub": "x"},
                          created_at=now, creator_id=creator)  # fmt: skip
            insert_trust(conn, trust, actor=Actor.SYSTEM)
    assert [row[0] for row in leaver_rows(store, HOUR, now)] == ["ok"]
    with store.transaction() as conn:
        deactivate(conn, ada.id, actor=Actor.SYSTEM, now=now)
    ((result, detail, _),) = leaver_rows(store, HOUR, now)
    assert (result, detail) == ("warning", "Trust in issuers was added by people who have left: t1.")
