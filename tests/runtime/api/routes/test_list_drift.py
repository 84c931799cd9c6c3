"""Access that nobody approved, and approved access that is not there."""

from __future__ import annotations

from sym.store.drift import Finding, claim_check, finish_check, note_findings
from sym.store.identities import Identity, save_identity
from tests.runtime.api.conftest import World, assert_error

PLACE = {
    "integration": {"type": "okta", "external_id": "acme.okta.com"}, "strategy": "okta", "label": "Readers",
    "target": {"type": "okta_group", "settings": {"group_id": "00g1"}}, "flow": "access", "environment_id": None,
}  # fmt: skip


def found(api: World, identity: str) -> Finding:
    return Finding(id=identity, kind="unapproved", place_id="p", place=PLACE, identity=identity, first_seen_at=api.now,
                   last_seen_at=api.now)  # fmt: skip


def test_before_the_first_check_it_says_so(api: World) -> None:
    assert api.get("/drift", name="root").json() == {
        "checked_at": None, "is_complete": False, "places": 0, "problems": [], "findings": [],
    }  # fmt: skip


def test_who_has_what_is_named_as_the_service_does_and_as_sym_does_if_it_can(api: World) -> None:
    with api.store.transaction() as conn:
        claim_check(conn, api.now, api.now - api.now)
        finish_check(conn, api.now, reached=None, checked=7, problems=["x could not be asked"])
        note_findings(conn, "p", [found(api, "00u-ann"), found(api, "00u-unknown")])
        save_identity(conn, Identity(user_id=api.users["ann"].id, service="okta", service_id="acme.okta.com",
                                     external_user_id="00u-ann"), api.now)  # fmt: skip
    body = api.get("/drift", name="root").json()
    assert (body["is_complete"], body["places"], body["problems"]) == (True, 7, ["x could not be asked"])
    assert body["checked_at"]
    known, unknown = body["findings"]
    assert known["person"]["email"] == api.users["ann"].email
    assert (unknown["identity"], unknown["person"]) == ("00u-unknown", None)
    assert unknown["target_settings"] == {"group_id": "00g1"}
    assert unknown["integration"] == {"type": "okta", "external_id": "acme.okta.com"}


def test_only_admins_see_it(api: World) -> None:
    assert_error(api.get("/drift", name="ann"), 403, "Auth:FORBIDDEN")
