"""Comparing accounts with a directory, in one worker at a time, and telling admins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from sym.audit.events import Actor
from sym.engine.directory import Listed
from sym.engine.directory_watch import DirectoryWatch
from sym.engine.leaving import leave
from sym.engine.outbound import ErrorReport, Unbound, Unreachable
from sym.errors import Unavailable
from sym.store.directory import list_notes, noted
from sym.store.identities import Identity, save_identity
from sym.store.tokens import Token, insert_token
from sym.store.users import User, create_user, deactivate, get_user
from tests.runtime.engine.conftest import Engine

HOUR = timedelta(hours=1)


@dataclass
class Folk:
    """A directory of tests; ``others`` are found only when asked for alone."""

    service_id: str = "T1"
    service: str = "slack"
    listed: list[Listed] = field(default_factory=list)
    others: dict[str, Listed] = field(default_factory=dict)
    failure: Exception | None = None
    asked: int = 0

    def people(self) -> Sequence[Listed]:
        self.asked += 1
        if self.failure is not None:
            raise self.failure
        return self.listed

    def person(self, external_id: str) -> Listed | None:
        if self.failure is not None:
            raise self.failure
        return self.others.get(external_id)

    def has(self, key: str, email: str | None = None, *, is_open: bool = True) -> None:
        self.listed = [each for each in self.listed if each.id != key]
        self.listed.append(Listed(id=key, email=email, is_open=is_open, has_say=True))


class Told(Unbound):
    """Notes what error loggers would hear."""

    is_bound = True

    def __init__(self) -> None:
        self.reports: list[ErrorReport] = []
        self.is_down = False

    def report(self, report: ErrorReport) -> None:
        if self.is_down:
            raise Unreachable("down")
        self.reports.append(report)


@dataclass
class Case:
    engine: Engine
    folk: Folk
    told: Told
    watch: DirectoryWatch
    directories: list[Folk]

    def closed(self, *names: str) -> set[str]:
        with self.engine.store.reading() as conn:
            users = {name: get_user(conn, self.engine.users[name].id) for name in names or self.engine.users}
        return {name for name, user in users.items() if user is None or user.deactivated_at is not None}

    def called(self, name: str, key: str, service_id: str = "T1") -> None:
        with self.engine.store.transaction() as conn:
            known = Identity(user_id=self.engine.users[name].id, service="slack", service_id=service_id,
                             external_user_id=key)  # fmt: skip
            save_identity(conn, known, self.engine.clock.now)

    def what(self) -> list[str]:
        return [str(report.content["what"]) for report in self.told.reports]

    def people(self, count: int) -> list[User]:
        """More people, who are in the directory."""
        made = []
        for number in range(count):
            with self.engine.store.transaction() as conn:
                user = create_user(conn, username=f"p{number}", email=f"p{number}@acme.example", type="normal",
                                   role="member", actor=Actor.SYSTEM, now=self.engine.clock.now)  # fmt: skip
            self.engine.users[user.username] = user
            self.called(user.username, f"UP{number}")
            self.folk.has(f"UP{number}", user.email)
            made.append(user)
        return made


@pytest.fixture
def case(engine: Engine) -> Case:
    """Ada, bob, eve and root are in the directory, as UADA and so on."""
    folk, told = Folk(), Told()
    directories = [folk]
    watch = DirectoryWatch(engine.store, engine.queue, lambda: directories, told, every=HOUR)
    made = Case(engine, folk, told, watch, directories)
    for name in ("ada", "bob", "eve", "root"):
        made.called(name, f"U{name.upper()}")
        folk.has(f"U{name.upper()}", f"{name}@acme.example")
    return made


def test_who_was_closed_there_leaves_with_all_they_have(case: Case) -> None:
    engine = case.engine
    engine.flow()
    granted, waiting = engine.escalated("ada"), engine.requested("ada")
    case.folk.has("UADA", is_open=False)
    assert case.watch.check(at_start=True)
    engine.work()
    assert case.closed() == {"ada"}
    assert (engine.run(granted).status, engine.run(waiting).status) == ("deescalated", "denied")
    assert engine.door.members == []


def test_who_is_not_there_any_more_leaves(case: Case) -> None:
    case.folk.listed = [each for each in case.folk.listed if each.id != "UADA"]
    case.watch.check()
    assert case.closed() == {"ada"}


def test_who_is_not_listed_but_found_stays(case: Case) -> None:
    (hidden,) = [each for each in case.folk.listed if each.id == "UADA"]
    case.folk.listed.remove(hidden)
    case.folk.others["UADA"] = hidden
    case.watch.check()
    assert case.closed() == set()


def test_who_was_never_seen_there_leaves_by_address(case: Case) -> None:
    case.folk.has("UGUEST", "guest@acme.example", is_open=False)
    case.watch.check()
    assert case.closed() == {"guest"}


def test_bots_are_no_people(case: Case) -> None:
    case.called("ci", "UCI")
    case.folk.has("UCI", is_open=False)
    case.watch.check()
    assert case.closed() == set()


def test_it_is_done_at_the_start_and_every_hour(case: Case) -> None:
    assert case.watch.check(at_start=True)
    assert not case.watch.check(at_start=True)  # another server that starts
    case.engine.clock.forward(minutes=59)
    assert not case.watch.check()
    case.engine.clock.forward(minutes=1)
    assert case.watch.check()
    case.engine.clock.forward(minutes=2)
    assert case.watch.check(at_start=True)  # started anew
    assert case.folk.asked == 3


def test_off_is_never(case: Case) -> None:
    engine = case.engine
    watch = DirectoryWatch(engine.store, engine.queue, lambda: case.directories, case.told, every=None)
    assert not watch.check(at_start=True)
    assert case.folk.asked == 0


def test_a_listing_that_fails_touches_nobody_and_is_asked_for_again_soon(case: Case) -> None:
    case.folk.has("UADA", is_open=False)
    case.folk.failure = Unavailable("Slack does not list its people: ratelimited.")
    assert case.watch.check()
    assert case.closed() == set()
    with case.engine.store.reading() as conn:
        row = noted(conn, "slack:T1")
    assert row is not None
    assert (row.started_at, row.finished_at) == (case.engine.clock.now, None)
    case.folk.failure = None
    assert not case.watch.check()
    case.engine.clock.forward(minutes=5)
    assert case.watch.check()
    assert case.closed() == {"ada"}
    with case.engine.store.reading() as conn:
        row = noted(conn, "slack:T1")
    assert row is not None
    assert row.finished_at == case.engine.clock.now


def test_a_broken_answer_ends_nobodys_access_and_is_told_loudly(case: Case, caplog: pytest.LogCaptureFixture) -> None:
    case.people(6)
    case.folk.listed = case.folk.listed[:1]
    case.watch.check()
    assert case.closed() == set()
    assert "of 10 people have left at once: nobody is touched" in caplog.text
    case.watch.look()
    assert case.what() == ["directory.refused"]
    case.engine.clock.forward(hours=2)
    case.watch.check()
    case.watch.look()
    assert case.what() == ["directory.refused"]  # once a day
    case.engine.clock.forward(days=1)
    case.watch.look()
    assert len(case.told.reports) == 2


def test_it_is_forgotten_when_the_answer_is_whole_again(case: Case) -> None:
    case.people(6)
    whole, case.folk.listed = case.folk.listed, []
    case.watch.check()
    case.folk.listed = whole
    case.engine.clock.forward(hours=1)
    case.watch.check()
    with case.engine.store.reading() as conn:
        assert list_notes(conn, "refused:") == []
    assert case.closed() == set()


def test_a_quarter_may_leave(case: Case) -> None:
    case.people(16)
    for number in range(5):
        case.folk.has(f"UP{number}", is_open=False)
    case.watch.check()
    assert case.closed() == {f"p{number}" for number in range(5)}


def test_who_has_an_account_in_another_directory_leaves_when_that_is_closed_too(case: Case) -> None:
    other = Folk("T2")
    case.directories.append(other)
    case.called("ada", "UX", "T2")
    other.has("UX", "ada@acme.example")
    case.folk.has("UADA", is_open=False)
    case.watch.check()
    assert case.closed() == set()
    other.failure = Unavailable("down")
    case.engine.clock.forward(hours=1)
    case.watch.check()
    assert case.closed() == set()
    other.failure = None
    other.has("UX", is_open=False)
    case.engine.clock.forward(hours=1)
    case.watch.check()
    assert case.closed() == {"ada"}


def test_who_is_back_is_not_let_in_but_told_of(case: Case) -> None:
    case.folk.has("UADA", is_open=False)
    case.watch.check()
    case.folk.has("UADA", "ada@acme.example")
    for _ in range(2):
        case.engine.clock.forward(hours=1)
        case.watch.check()
        case.watch.look()
    assert case.closed() == {"ada"}
    assert case.what() == ["person.restored"]
    assert "symflow users reactivate ada@acme.example" in str(case.told.reports[0].content["hint"])


# every minute


def marked(case: Case) -> None:
    engine = case.engine
    with engine.store.transaction() as conn:
        token = Token(jti="j1", user_id=engine.users["ci"].id, label="deploy", issued_by="ada@acme.example",
                      issued_at=engine.clock.now, expires_at=engine.clock.now + timedelta(days=9),
                      issuer_id=engine.users["ada"].id)  # fmt: skip
        insert_token(conn, token, actor=Actor.SYSTEM)
        leave(conn, engine.queue, engine.users["ada"], actor=Actor.SYSTEM, now=engine.clock.now)


def test_tokens_of_bots_are_told_of_once(case: Case) -> None:
    marked(case)
    for _ in range(3):
        case.watch.look()
        case.engine.clock.forward(minutes=1)
    (report,) = case.told.reports
    assert report.content["what"] == "token.flagged"
    assert report.content["text"] == "ci: the token j1 (deploy), issued by ada@acme.example"


def test_what_could_not_be_told_is_told_the_next_time(case: Case) -> None:
    marked(case)
    case.told.is_down = True
    case.watch.look()
    case.told.is_down = False
    case.engine.clock.forward(minutes=1)
    case.watch.look()
    assert case.what() == ["token.flagged"]


def test_one_worker_at_a_time_tells(case: Case) -> None:
    marked(case)
    other = DirectoryWatch(case.engine.store, case.engine.queue, lambda: [], case.told, every=HOUR)
    case.watch.look()
    other.look()
    assert case.what() == ["token.flagged"]


def test_accounts_that_were_closed_otherwise_and_requests_that_wait_for_nobody(case: Case) -> None:
    engine = case.engine
    engine.flow(f"""
@reducer
def get_permissions(event):
    return RequestPermission(webapp_view=PermissionLevel.MEMBER, approve_deny=["{engine.users["bob"].id}"])
""")
    mine, others = engine.requested("ada"), engine.requested("eve")
    with engine.store.transaction() as conn:
        for name in ("ada", "bob"):
            deactivate(conn, engine.users[name].id, actor=Actor.SYSTEM, now=engine.clock.now)
    case.watch.look()
    engine.work()
    assert engine.run(mine).status == "denied"
    routing: dict[str, Any] = engine.run(others).routing or {}
    assert routing["notifications"][routing["position"]]["destinations"] == [
        {"kind": "person", "user_id": engine.users["root"].id}
    ]
