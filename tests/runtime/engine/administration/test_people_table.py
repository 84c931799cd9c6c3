"""A table against the people there are."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from sym.audit.events import Actor
from sym.engine.administration.people_table import Change, InvalidTable, PeopleTable, Row, carry_out
from sym.errors import Conflict
from sym.store.audit import entries
from sym.store.database import Store
from sym.store.identities import Identity, identities_of, save_identity
from sym.store.users import deactivate, find_user
from tests.runtime.engine.administration.conftest import Office, populate

OKTA = ("okta", "acme.okta.com")


@pytest.fixture
def office(tmp_path: Path, now: datetime) -> Office:
    """On SQLite alone: there is no SQL here."""
    store = Store(f"sqlite:///{tmp_path / 'store.db'}")
    store.migrate()
    return populate(store, now)


def row(name: str, line: int = 2, okta: str | None = None, **details: str) -> Row:
    return Row(line=line, email=f"{name}@x.example", details=details, identities={} if okta is None else {OKTA: okta})


def knows(office: Office, name: str, okta: str) -> None:
    with office.store.transaction() as conn:
        identity = Identity(user_id=office.users[name].id, service=OKTA[0], service_id=OKTA[1], external_user_id=okta)
        save_identity(conn, identity, office.now)


def plan(office: Office, *rows: Row, deletes: bool = False) -> list[Change]:
    with office.store.transaction() as conn:
        return PeopleTable(conn, rows, deletes_missing=deletes).plan()


def do(office: Office, *rows: Row, deletes: bool = False) -> list[str]:
    """Carry it out; gives the names of the entries it left."""
    with office.store.transaction() as conn:
        before = len(entries(conn))
        changes = PeopleTable(conn, rows, deletes_missing=deletes).plan()
        carry_out(conn, office.queue, changes, actor=Actor.SYSTEM, now=office.now)
        return [entry["name"] for entry in entries(conn)[before:]]


def okta_of(office: Office, name: str) -> list[str]:
    with office.store.reading() as conn:
        user = find_user(conn, email=f"{name}@x.example")
        assert user is not None
        return [identity.external_user_id for identity in identities_of(conn, user.id)]


def problems(office: Office, *rows: Row) -> list[str]:
    with pytest.raises(InvalidTable) as caught:
        plan(office, *rows)
    return [f"{place}: {text}" for place, text in caught.value.problems]


def test_what_is_so_already_is_no_change(office: Office) -> None:
    knows(office, "ann", "00u1")
    assert plan(office, row("root", role="admin"), row("ANN", okta="00u1", role="", first_name=""), row("bob")) == []


def test_whoever_is_new_changed_or_gone(office: Office) -> None:
    knows(office, "ann", "00u1")
    rows = (row("root"), row("ann", okta="", first_name="Ann"), row("zoe", okta="00u2", role="guest"))
    assert do(office, *rows, deletes=True) == [
        "user.renamed", "identity.deleted", "user.created", "identity.saved", "user.deactivated",
    ]  # fmt: skip
    assert okta_of(office, "zoe") == ["00u2"]


def test_two_change_places(office: Office) -> None:
    knows(office, "ann", "00u1")
    knows(office, "bob", "00u2")
    do(office, row("ann", okta="00u2"), row("bob", okta="00u1"))
    assert (okta_of(office, "ann"), okta_of(office, "bob")) == (["00u2"], ["00u1"])


def test_one_hands_over_to_another(office: Office) -> None:
    knows(office, "bob", "00u1")
    do(office, row("ann", okta="00u1"), row("bob", okta=""))
    assert (okta_of(office, "ann"), okta_of(office, "bob")) == (["00u1"], [])


def test_nobody_is_given_what_somebody_else_has_or_gets(office: Office) -> None:
    knows(office, "bob", "00u1")
    assert problems(office, row("ann", 4, okta="00u1"), row("bob", 5)) == [
        "line 4, column okta:acme.okta.com: 00u1 is bob@x.example already."
    ]
    assert problems(office, row("ann", 4, okta="00u2"), row("zoe", 5, okta="00u2")) == [
        "line 5, column okta:acme.okta.com: 00u2 is ann@x.example already."
    ]


def test_every_mistake_has_its_line_and_column(office: Office) -> None:
    with office.store.transaction() as conn:
        deactivate(conn, office.users["bob"].id, actor=Actor.SYSTEM, now=office.now)
    found = problems(
        office, row("bob", 2), Row(line=3, email="x"), row("ann", 4, okta=" 00u1", role="king"), row("zoe", 5),
        row("ZOE", 6), Row(line=7, email="root@x.example", identities={("slakc", "T1"): "U1", ("okta", " "): "U1"}),
    )  # fmt: skip
    assert [text.partition(": ")[0] for text in found] == [
        "line 2, column sym:cloud", "line 3, column sym:cloud", "line 4, column role",
        "line 4, column okta:acme.okta.com", "line 5, column sym:cloud", "line 6, column sym:cloud",
        "line 7, column slakc:T1", "line 7, column okta",
    ]  # fmt: skip
    assert "users reactivate" in found[0]


def test_somebody_stays_admin(office: Office) -> None:
    for rows in ((row("ann"),), (row("root", role="guest"), row("ann"))):
        with pytest.raises(Conflict, match="last admin"):
            plan(office, *rows, deletes=True)


def test_an_admin_hands_over_in_one_table_in_whatever_order(office: Office) -> None:
    assert do(office, row("root", role="member"), row("ann", role="admin")) == ["user.role_changed"] * 2
    assert do(office, row("zoe", role="admin"), row("bob"), deletes=True) == [
        "user.created", "user.deactivated", "user.deactivated",
    ]  # fmt: skip


def test_accounts_without_a_column_stay_as_they_are(office: Office) -> None:
    knows(office, "ann", "00u1")
    do(office, row("ann", first_name="Ann"), row("bob"), row("root"), deletes=True)
    assert okta_of(office, "ann") == ["00u1"]


def test_an_identity_that_was_shared_before_stands_in_nobodys_way(office: Office) -> None:
    knows(office, "ann", "00u1")
    knows(office, "bob", "00u1")
    assert do(office, row("ann", okta="00u1"), row("bob", okta="00u1"), row("root", okta="00u2")) == ["identity.saved"]
    assert do(office, row("ann", okta="00u1"), row("bob", okta="00u3")) == ["identity.saved"]
