"""Where people can have an identity."""

from __future__ import annotations

from sym.audit.events import Actor
from sym.store.identities import Identity, save_identity
from sym.store.resources import save
from tests.runtime.api.conftest import World, assert_error


def test_accounts_are_those_of_integrations_and_those_somebody_has_an_identity_in(api: World) -> None:
    with api.store.transaction() as conn:
        for external_id, label in (("acme.okta.com", "Acme"), ("lab.okta.com", None)):
            document = {"type": "okta", "name": external_id[:3], "external_id": external_id, "label": label,
                        "settings": {"api_token_secret": "s"}}  # fmt: skip
            save(conn, "integration", {**document, "type": "custom", "settings": None}, actor=Actor.SYSTEM, now=api.now)
        for external_id in ("T1", "T0"):
            save_identity(conn, Identity(user_id=api.users["ann"].id, service="slack", service_id=external_id,
                                         external_user_id="U1"), api.now)  # fmt: skip
        save_identity(conn, Identity(user_id=api.users["ann"].id, service="custom", service_id="acme.okta.com",
                                     external_user_id="U1"), api.now)  # fmt: skip
    answer = api.get("/identities/accounts", name="root").json()["accounts"]
    assert [(one["service_type"], one["external_id"], one["label"]) for one in answer] == [
        ("custom", "acme.okta.com", "Acme"), ("custom", "lab.okta.com", ""), ("slack", "T0", ""), ("slack", "T1", ""),
    ]  # fmt: skip
    only = api.get("/identities/accounts?service_type=slack", name="root").json()["accounts"]
    assert [one["external_id"] for one in only] == ["T0", "T1"]
    assert_error(api.get("/identities/accounts", name="ann"), 403, "Auth:FORBIDDEN")
