"""Forgetting who somebody is elsewhere."""

from __future__ import annotations

from sym.store.audit import entries
from sym.store.identities import Identity, save_identity
from tests.runtime.api.conftest import World, assert_error

ARN = "arn:aws:sso:::instance/ssoins-7"


def test_an_identity_is_forgotten_and_it_is_recorded(api: World) -> None:
    ann = api.users["ann"]
    with api.store.transaction() as conn:
        for account in (ARN, "other"):
            save_identity(conn, Identity(user_id=ann.id, service="aws_sso", service_id=account, external_user_id="p1"),
                          api.now)  # fmt: skip
    path, query = f"/api/v1/users/{ann.id}/identities", {"service_type": "aws_sso", "external_id": ARN}
    assert_error(api.call("DELETE", path, token=api.token("ann"), params=query), 403, "Auth:FORBIDDEN")
    left = api.call("DELETE", path, token=api.token("root"), params=query).json()
    assert left == {"identities": [{"service_type": "aws_sso", "external_id": "other", "user_id": "p1"}]}
    with api.store.reading() as conn:
        (entry,) = entries(conn, name="identity.deleted")
    assert entry["fields"]["identity"] == {
        "user": ann.id, "service": "aws_sso", "service_id": ARN, "external_user_id": "p1",
    }  # fmt: skip
    assert_error(api.call("DELETE", path, token=api.token("root"), params=query), 404, "IdentityAPI:NOT_FOUND")
    assert_error(api.call("DELETE", path, token=api.token("root")), 400, "API:INVALID_REQUEST", "service_type",
                 "external_id")  # fmt: skip


def test_an_account_that_no_database_can_hold_is_refused(api: World) -> None:
    address = f"/api/v1/users/{api.users['ann'].id}/identities"
    for query, field in (({"service_type": "okta", "external_id": "a\0"}, "external_id"),
                         ({"service_type": "o\0", "external_id": "a"}, "service_type")):  # fmt: skip
        response = api.call("DELETE", address, token=api.token("root"), params=query)
        assert_error(response, 400, "API:INVALID_REQUEST", field)
