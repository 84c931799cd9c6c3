"""Accounts of services: a union of what integrations, identities and labels say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sym.audit.events import Actor
from sym.store import known_services
from sym.store.audit import entries
from sym.store.database import Store
from sym.store.identities import Identity, identities_of, save_identity
from sym.store.known_services import Service
from sym.store.resources import save
from sym.store.users import User

OKTA = ("okta", "acme.okta.com")


def test_an_account_is_there_once(store: Store, add_user: Callable[..., User], ada: Actor, now: datetime) -> None:
    with store.transaction() as conn:
        user = add_user(conn)
        integration = {"type": "okta", "name": "Main", "external_id": OKTA[1], "label": "Acme", "settings": {}}
        save(conn, "integration", integration, actor=ada, now=now)
        for service, account in (OKTA, ("slack", "T1")):
            identity = Identity(user_id=user.id, service=service, service_id=account, external_user_id="u")
            save_identity(conn, identity, now)
        known_services.set_label(conn, "slack", "T2", "Two", actor=ada, now=now)
        assert known_services.list_services(conn) == [
            Service(service="okta", service_id=OKTA[1], label="Acme", integrations=("main",), identities=1),
            Service(service="slack", service_id="T1", identities=1),
            Service(service="slack", service_id="T2", label="Two"),
        ]
        assert known_services.find_service(conn, "slack", "T3") is None


def test_a_label_is_recorded_when_it_changes(store: Store, ada: Actor, now: datetime) -> None:
    with store.transaction() as conn:
        for label in ("A", "A", "B", ""):
            known_services.set_label(conn, *OKTA, label, actor=ada, now=now)
        updated = entries(conn, name="service.updated")
        assert [entry["fields"]["service"]["label"] for entry in updated] == ["A", "B", ""]
        found = known_services.find_service(conn, *OKTA)
        assert found is not None
        assert found.label == ""


def test_the_identities_in_an_account_are_forgotten_with_it(
    store: Store, add_user: Callable[..., User], ada: Actor, now: datetime
) -> None:
    with store.transaction() as conn:
        one, two = add_user(conn), add_user(conn, "alan")
        for user in (one, two):
            save_identity(
                conn, Identity(user_id=user.id, service=OKTA[0], service_id=OKTA[1], external_user_id="u"), now
            )
        assert known_services.forget_service(conn, *OKTA, actor=ada, now=now) == 2
        assert (identities_of(conn, one.id), identities_of(conn, two.id)) == ([], [])
        assert known_services.list_services(conn) == []
        names = [entry["name"] for entry in entries(conn)]
    assert names.count("service.deleted") == 1
