"""When directories were compared, and what was seen there."""

from __future__ import annotations

from datetime import datetime, timedelta

from sym.audit.events import Actor
from sym.store import directory
from sym.store.database import Store
from sym.store.directory import Note
from sym.store.identities import Identity, save_identity
from sym.store.users import User, create_user, deactivate

HOUR = timedelta(hours=1)


def account(store: Store, now: datetime, name: str, *, kind: str = "normal", known_as: str | None = None) -> User:
    with store.transaction() as conn:
        role = "member" if kind == "normal" else "requester"
        user = create_user(conn, username=name, email=f"{name}@acme.example", type=kind, role=role,
                           actor=Actor.SYSTEM, now=now)  # fmt: skip
        if known_as:
            known = Identity(user_id=user.id, service="slack", service_id="T1", external_user_id=known_as)
            save_identity(conn, known, now)
    return user


def test_one_claims_it_and_only_when_it_is_due(store: Store, now: datetime) -> None:
    with store.transaction() as conn:
        assert directory.claim(conn, "check:", now, HOUR)
        assert not directory.claim(conn, "check:", now, HOUR)
        assert not directory.claim(conn, "check:", now + HOUR - timedelta(seconds=1), HOUR)
        assert directory.claim(conn, "look:", now, HOUR)
        assert directory.claim(conn, "check:", now + HOUR, HOUR)


def test_what_is_not_said_stays(store: Store, now: datetime) -> None:
    with store.transaction() as conn:
        directory.note(conn, "slack:T1", started_at=now)
        directory.note(conn, "slack:T1", finished_at=now + HOUR)
        assert directory.noted(conn, "slack:T1") == Note(directory="slack:T1", started_at=now, finished_at=now + HOUR)
        assert directory.list_notes(conn, "slack:") == [directory.noted(conn, "slack:T1")]
        assert directory.list_notes(conn, "left:") == []
        directory.forget(conn, "slack:T1")
        assert directory.noted(conn, "slack:T1") is None


def test_that_somebody_is_back_is_news_once_and_only_if_they_had_left(store: Store, now: datetime) -> None:
    with store.transaction() as conn:
        assert not directory.note_restored(conn, "slack:T1", "u1", now)
        name = directory.name_of_left("slack:T1", "u1")
        directory.note(conn, name, started_at=now)
        assert directory.note_restored(conn, "slack:T1", "u1", now)
        assert not directory.note_restored(conn, "slack:T1", "u1", now)
        assert directory.user_of_left(name) == ("slack:T1", "u1")


def test_people_are_known_by_their_ids_there_closed_ones_too(store: Store, now: datetime) -> None:
    ada, bob = account(store, now, "ada", known_as="U1"), account(store, now, "bob", known_as="U2")
    account(store, now, "ci", kind="bot", known_as="U3")
    account(store, now, "eve", known_as="U4")
    account(store, now, "mallory", known_as="U4")  # an id that two have is nobody's
    other = account(store, now, "zoe")
    with store.transaction() as conn:
        closed = deactivate(conn, bob.id, actor=Actor.SYSTEM, now=now)
        assert directory.known_in(conn, "slack", "T1") == {"U1": ada, "U2": closed}
        assert directory.known_in(conn, "slack", "T2") == {}
        assert directory.unknown_in(conn, "slack") == {"zoe@acme.example": other}
