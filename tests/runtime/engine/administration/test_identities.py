"""An identity is one user's, on both databases."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sym.audit.events import Actor
from sym.engine.administration.identities import give_identity, take_identity
from sym.engine.administration.people import deactivate_person
from sym.errors import Conflict, Invalid
from sym.store.erasure import erase_person
from sym.store.identities import Identity, save_identity, users_with_identity
from sym.store.users import get_user
from tests.runtime.engine.administration.conftest import Office

Together = Callable[..., list[BaseException | None]]


def give(office: Office, name: str, account: str = "acme.okta.com", service: str = "okta") -> None:
    user = office.users[name]
    identity = Identity(user_id=user.id, service=service, service_id=account, external_user_id="00u1")
    with office.store.transaction() as conn:
        give_identity(conn, get_user(conn, user.id) or user, identity, actor=Actor.SYSTEM, now=office.now)


def test_of_two_who_claim_an_identity_at_once_one_gets_it(office: Office, together: Together) -> None:
    raised = together(lambda: give(office, "ann"), lambda: give(office, "bob"))
    assert [type(error) for error in raised if error] == [Conflict]
    with office.store.reading() as conn:
        assert len(users_with_identity(conn, "okta", "acme.okta.com", "00u1")) == 1


def test_an_identity_goes_over_once_it_was_taken_away(office: Office) -> None:
    give(office, "ann")
    with office.store.transaction() as conn:
        deactivate_person(conn, office.queue, office.users["ann"].id, actor=Actor.SYSTEM, now=office.now)
    with pytest.raises(Conflict, match=r"ann@x\.example \(deactivated\)"):
        give(office, "bob")
    with office.store.transaction() as conn:
        take_identity(conn, office.users["ann"], "okta", "acme.okta.com", actor=Actor.SYSTEM, now=office.now)
    give(office, "bob")


def test_a_type_somebody_has_an_identity_of_is_one(office: Office) -> None:
    with pytest.raises(Invalid, match="no type of service"):
        give(office, "ann", service="intranet")
    with office.store.transaction() as conn:
        seen = Identity(user_id=office.users["bob"].id, service="intranet", service_id="x", external_user_id="b")
        save_identity(conn, seen, office.now)
    give(office, "ann", service="intranet")


def test_the_erased_are_given_nothing(office: Office) -> None:
    with office.store.transaction() as conn:
        erase_person(conn, office.users["ann"], actor=Actor.SYSTEM, now=office.now)
    with pytest.raises(Conflict, match="erased"):
        give(office, "ann")
