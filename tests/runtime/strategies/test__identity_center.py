from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from sym.sdk.exceptions.aws import AWSSSOError
from sym.strategies._identity_center import IdentityCenter, plain
from tests.fakes.services.aws_flow import connection_of
from tests.fakes.services.identity_center import Memberships


@pytest.fixture
def vendor() -> Iterator[Memberships]:
    made = Memberships()
    yield made
    made.close()


def center(vendor: Memberships) -> IdentityCenter:
    return IdentityCenter(connection_of(vendor), vendor.instance)


def test_joining_and_leaving_twice_is_as_good_as_once(vendor: Memberships) -> None:
    somebody = vendor.user_ids["requester@example.com"]
    center(vendor).join(vendor.group, somebody)
    center(vendor).join(vendor.group, somebody)
    assert list(center(vendor).members(vendor.group)) == [somebody]
    assert [center(vendor).leave(vendor.group, somebody) for _ in range(2)] == [True, False]


def test_an_instance_the_role_does_not_see_is_named(vendor: Memberships) -> None:
    with pytest.raises(AWSSSOError, match="sees no IAM Identity Center instance arn:aws:sso:::instance/none"):
        _ = IdentityCenter(connection_of(vendor), "arn:aws:sso:::instance/none").store_id


def test_the_identity_store_is_looked_up_once(vendor: Memberships) -> None:
    asked = center(vendor)
    assert asked.store_id == asked.store_id == vendor.store
    assert vendor.calls.count("ListInstances") == 1


def test_a_user_has_their_primary_address_else_a_name_that_is_one(vendor: Memberships) -> None:
    store = vendor.client("identitystore")
    made = store.create_user(
        IdentityStoreId=vendor.store, UserName="ada", DisplayName="Ada", Name={"GivenName": "A", "FamilyName": "L"},
        Emails=[{"Value": "old@example.com"}, {"Value": "ada@example.com", "Primary": True}],
    )  # fmt: skip
    assert center(vendor).user(made["UserId"]) == {"user_id": made["UserId"], "email": "ada@example.com"}
    other = vendor.user_ids["approver@example.com"]
    assert center(vendor).user(other) == {"user_id": other, "email": "approver@example.com"}


def test_times_are_texts() -> None:
    moment = datetime(2026, 1, 5, tzinfo=UTC)
    assert plain({"at": moment, "n": 1}) == {"at": "2026-01-05T00:00:00+00:00", "n": 1}
