from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from sym.audit.events import Actor
from sym.errors import Conflict, Invalid, NotFound
from sym.store import audit, users
from sym.store.database import Store
from sym.store.users import User

AddUser = Callable[..., User]


def test_names_and_addresses_are_lower_case_and_found_in_any_case(store: Store, add_user: AddUser) -> None:
    with store.transaction() as conn:
        user = add_user(conn, "Grace", email="Grace@Example.com", first_name="Grace")
        assert (user.username, user.email) == ("grace", "grace@example.com")
        assert users.get_user(conn, user.id) == user
        assert users.find_user(conn, username="GRACE") == user
        assert users.find_user(conn, email="GRACE@example.com") == user
        assert users.find_user(conn, username="alan") is None
        assert users.get_user(conn, "nobody") is None


def test_looking_for_nothing_or_for_two_things_is_an_error(store: Store) -> None:
    with store.reading() as conn:
        with pytest.raises(ValueError, match="username or"):
            users.find_user(conn)
        with pytest.raises(ValueError, match="username or"):
            users.find_user(conn, username="a", email="b")


@pytest.mark.parametrize(
    ("second", "path"),
    [
        ({"username": "GRACE", "email": "x@example.com"}, "username"),
        ({"username": "g2", "email": "GRACE@example.com"}, "email"),
    ],
)
def test_a_taken_name_or_address_is_a_conflict(
    store: Store, add_user: AddUser, second: dict[str, Any], path: str
) -> None:
    with store.transaction() as conn:
        add_user(conn)
        with pytest.raises(Conflict) as caught:
            add_user(conn, **second)
        assert caught.value.path == path
        assert len(users.list_users(conn)) == 1
        assert len(audit.entries(conn)) == 1


def test_bots_need_no_address(store: Store, add_user: AddUser) -> None:
    with store.transaction() as conn:
        add_user(conn, "ci", email=None, type="bot", role="requester")
        add_user(conn, "cd", email=None, type="bot", role="requester")
        assert [user.username for user in users.list_users(conn)] == ["cd", "ci"]
        assert [entry["name"] for entry in audit.entries(conn)] == ["bot.created", "bot.created"]


@pytest.mark.parametrize(
    ("bad", "path"),
    [
        ({"username": ""}, "username"),
        ({"username": "two words"}, "username"),
        ({"username": "nul\0"}, "username"),
        ({"email": "nowhere"}, "email"),
        ({"type": "robot"}, "type"),
        ({"role": "king"}, "role"),
        ({"role": "requester"}, "role"),
    ],
)
def test_bad_values_are_refused(store: Store, add_user: AddUser, bad: dict[str, Any], path: str) -> None:
    with store.transaction() as conn:
        with pytest.raises(Invalid) as caught:
            add_user(conn, **bad)
        assert caught.value.path == path


def test_a_changed_role_is_recorded_and_an_unchanged_one_is_not(
    store: Store, add_user: AddUser, ada: Actor, now: datetime
) -> None:
    with store.transaction() as conn:
        user = add_user(conn)
        users.set_role(conn, user.id, "member", actor=ada, now=now)
        changed = users.set_role(conn, user.id, "admin", actor=ada, now=now)
        assert users.get_user(conn, user.id) == changed
        entries = audit.entries(conn, name="user.role_changed")
        assert [entry["fields"]["user"]["previous_role"] for entry in entries] == ["member"]
        with pytest.raises(Invalid):
            users.set_role(conn, user.id, "requester", actor=ada, now=now)
        with pytest.raises(NotFound):
            users.set_role(conn, "nobody", "admin", actor=ada, now=now)


def test_an_account_is_closed_once_and_its_row_stays(
    store: Store, add_user: AddUser, ada: Actor, now: datetime
) -> None:
    with store.transaction() as conn:
        user = add_user(conn)
        closed = users.deactivate(conn, user.id, actor=ada, now=now)
        assert closed.deactivated_at == now
        assert users.deactivate(conn, user.id, actor=ada, now=now) == closed
        assert users.get_user(conn, user.id) == closed
        assert len(audit.entries(conn, name="user.deactivated")) == 1
        with pytest.raises(NotFound):
            users.deactivate(conn, "nobody", actor=ada, now=now)


def test_people_are_listed_by_what_they_are_a_page_at_a_time(
    store: Store, add_user: AddUser, ada: Actor, now: datetime
) -> None:
    with store.transaction() as conn:
        for name in ("cy", "bo", "al"):
            add_user(conn, name, role="admin" if name == "bo" else "member")
        add_user(conn, "ci", email=None, type="bot", role="requester")
        users.deactivate(conn, str((users.find_user(conn, username="cy") or add_user(conn)).id), actor=ada, now=now)

        def names(which: users.People, **more: Any) -> list[str]:
            return [user.username for user in users.list_people(conn, which, **more)]

        assert names(users.People()) == ["al", "bo", "cy"]
        assert names(users.People(), after="al", limit=1) == ["bo"]
        assert names(users.People(role="admin")) == ["bo"]
        assert names(users.People(state="active")) == ["al", "bo"]
        assert names(users.People(state="deactivated")) == ["cy"]
        assert names(users.People(email="AL@example.com")) == ["al"]


def test_only_open_accounts_of_people_are_admins(store: Store, add_user: AddUser, ada: Actor, now: datetime) -> None:
    with store.transaction() as conn:
        one, two = add_user(conn, "one", role="admin"), add_user(conn, "two", role="admin")
        add_user(conn, "tf", email=None, type="bot", role="admin")
        add_user(conn)
        users.deactivate(conn, two.id, actor=ada, now=now)
        assert users.lock_admins(conn) == {one.id}


def test_an_account_is_opened_again_and_that_is_recorded(
    store: Store, add_user: AddUser, ada: Actor, now: datetime
) -> None:
    with store.transaction() as conn:
        user = add_user(conn)
        assert users.reactivate(conn, user.id, actor=ada, now=now) == user
        users.deactivate(conn, user.id, actor=ada, now=now)
        assert users.reactivate(conn, user.id, actor=ada, now=now) == user
        assert users.get_user(conn, user.id) == user
        assert len(audit.entries(conn, name="user.reactivated")) == 1
        with pytest.raises(NotFound):
            users.reactivate(conn, "nobody", actor=ada, now=now)


def test_a_name_is_recorded_and_can_be_erased_from_the_entry(
    store: Store, add_user: AddUser, ada: Actor, now: datetime
) -> None:
    with store.transaction() as conn:
        user = add_user(conn)
        named = users.rename(conn, user.id, "Grace", "Hopper", actor=ada, now=now)
        assert users.rename(conn, user.id, "Grace", "Hopper", actor=ada, now=now) == named
        assert users.full_name(named) == "Grace Hopper"
        (entry,) = audit.entries(conn, name="user.renamed", reveal=False)
        assert "Hopper" not in str(entry)
        (entry,) = audit.entries(conn, name="user.renamed")
        assert entry["fields"]["user"]["name"] == "Grace Hopper"
