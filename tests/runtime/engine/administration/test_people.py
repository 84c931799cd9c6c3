"""Rules about people, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from sym.audit.events import Actor
from sym.engine.administration import people
from sym.errors import Conflict, NotFound, Retryable
from sym.store.tokens import Token, get_token, insert_token
from sym.store.users import lock_admins
from tests.runtime.engine.administration.conftest import Office

Together = Callable[..., list[BaseException | None]]


def demote(office: Office, name: str) -> None:
    with office.store.transaction() as conn:
        people.change_role(conn, office.users[name].id, "member", actor=Actor.SYSTEM, now=office.now)


def close(office: Office, name: str) -> None:
    with office.store.transaction() as conn:
        people.deactivate_person(conn, office.queue, office.users[name].id, actor=Actor.SYSTEM, now=office.now)


@pytest.mark.parametrize("act", [demote, close])
def test_of_two_admins_who_go_at_once_one_stays(
    office: Office, together: Together, act: Callable[[Office, str], None]
) -> None:
    office.join("two", "admin")
    raised = together(lambda: act(office, "root"), lambda: act(office, "two"))
    refused = [error for error in raised if error is not None]
    assert [type(error) for error in refused] in ([Conflict], [Retryable])
    with office.store.transaction() as conn:
        assert len(lock_admins(conn)) == 1


def test_whoever_comes_second_waits_and_is_refused(office: Office) -> None:
    """The two do not only happen to come one after the other: the second is held up while the first is at it."""
    office.join("two", "admin")
    reached, raised = threading.Event(), []

    def second() -> None:
        reached.set()
        try:
            demote(office, "two")
        except Conflict as error:
            raised.append(error.code)

    thread = threading.Thread(target=second)
    with office.store.transaction() as conn:
        people.change_role(conn, office.users["root"].id, "member", actor=Actor.SYSTEM, now=office.now)
        thread.start()
        assert reached.wait(10)
        thread.join(0.2)
        assert thread.is_alive()
    thread.join(60)
    assert raised == ["UserAPI:LAST_ADMIN"]


def test_tokens_of_whoever_leaves_are_revoked_once(office: Office) -> None:
    ann = office.users["ann"]

    def issued(jti: str, days: int) -> None:
        token = Token(jti=jti, user_id=ann.id, label="", issued_by="system", issued_at=office.now,
                      expires_at=office.now + timedelta(days=days))  # fmt: skip
        with office.store.transaction() as conn:
            insert_token(conn, token, actor=Actor.SYSTEM)

    issued("good", 1)
    issued("over", -1)
    close(office, "ann")
    with office.store.reading() as conn:
        tokens = {jti: get_token(conn, jti) for jti in ("good", "over")}
    assert {jti: token.revoked_at for jti, token in tokens.items() if token} == {"good": office.now, "over": None}


def test_people_are_found_by_every_name_they_have(office: Office) -> None:
    ann = office.users["ann"]
    with office.store.reading() as conn:
        for name in ("ANN@x.example", ann.id, ann.id.upper()):
            assert people.person_named(conn, name) == ann
        with pytest.raises(NotFound, match="no person zoe"):
            people.person_named(conn, "zoe")
