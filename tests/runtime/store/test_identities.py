from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
import sqlalchemy as sa

from sym.audit.events import Actor
from sym.errors import NotFound
from sym.store import audit, identities
from sym.store.database import Store
from sym.store.identities import Identity
from sym.store.users import User

AddUser = Callable[..., User]


def _slack(user: User, name: str) -> Identity:
    return Identity(user_id=user.id, service="slack", service_id="T1", external_user_id=name)


def test_an_identity_is_replaced_in_its_account_only(
    store: Store, add_user: AddUser, ada: Actor, now: datetime
) -> None:
    with store.transaction() as conn:
        user = add_user(conn)
        okta = Identity(user_id=user.id, service="okta", service_id="x.okta.com", external_user_id="00u")
        for identity in (_slack(user, "U1"), okta, _slack(user, "U2"), _slack(user, "U2")):
            identities.save_identity(conn, identity, now, actor=ada)
        assert identities.identities_of(conn, user.id) == [okta, _slack(user, "U2")]
        saved = audit.entries(conn, name="identity.saved")
        assert [entry["fields"]["identity"]["external_user_id"] for entry in saved] == ["U1", "00u", "U2"]


def test_users_are_found_by_who_they_are_elsewhere(store: Store, add_user: AddUser, now: datetime) -> None:
    with store.transaction() as conn:
        grace, alan = add_user(conn), add_user(conn, "alan")
        identities.save_identity(conn, _slack(grace, "U1"), now)
        assert identities.users_with_identity(conn, "slack", "T1", "U1") == [grace]
        assert identities.users_with_identity(conn, "slack", "T2", "U1") == []
        identities.save_identity(conn, _slack(alan, "U1"), now)
        assert {user.id for user in identities.users_with_identity(conn, "slack", "T1", "U1")} == {grace.id, alan.id}


def test_an_identity_of_nobody_is_refused(store: Store, now: datetime) -> None:
    identity = Identity(user_id="nobody", service="slack", service_id="T1", external_user_id="U1")
    with pytest.raises(sa.exc.IntegrityError), store.transaction() as conn:
        identities.save_identity(conn, identity, now)


def test_an_identity_is_forgotten_with_a_record(store: Store, add_user: AddUser, ada: Actor, now: datetime) -> None:
    with store.transaction() as conn:
        grace, alan = add_user(conn), add_user(conn, "alan")
        for identity in (_slack(grace, "U1"), _slack(alan, "U2")):
            identities.save_identity(conn, identity, now)
        assert identities.known_accounts(conn) == {("slack", "T1")}
        forgotten = identities.delete_identity(conn, grace.id, "slack", "T1", actor=ada, now=now)
        assert forgotten == _slack(grace, "U1")
        assert identities.all_identities(conn) == [_slack(alan, "U2")]
        (entry,) = audit.entries(conn, name="identity.deleted")
        assert entry["fields"]["identity"]["external_user_id"] == "U1"
        with pytest.raises(NotFound, match="slack:T1"):
            identities.delete_identity(conn, grace.id, "slack", "T1", actor=ada, now=now)
