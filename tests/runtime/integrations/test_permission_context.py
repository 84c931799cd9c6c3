from __future__ import annotations

from typing import Any

import pytest

from sym.engine.connections.opening import Connections
from sym.integrations import permission_context
from tests.fakes.services.aws import ACCOUNT, ROLE
from tests.fakes.services.identity_center import Memberships
from tests.shelf_settings import choices, optional, required, secrets


def test_the_account_is_that_of_aws_or_an_identity_center() -> None:
    assert "AWS account" in permission_context.external_id
    assert "SSO" in permission_context.external_id


def test_it_takes_what_the_connector_modules_put_out() -> None:
    assert required(permission_context.Settings) == {"cloud", "region", "role_arn"}
    assert optional(permission_context.Settings) == {"external_id", "account_id", "instance_arn"}
    assert secrets(permission_context.Settings) == set()


def test_aws_is_the_only_cloud() -> None:
    assert choices(permission_context.Settings, "cloud") == ("aws",)


def view(external_id: str, **settings: str) -> dict[str, Any]:
    given = {"cloud": "aws", "region": "us-east-1", "role_arn": ROLE, **settings}
    return {"$type": "integration", "srn": "test:integration:permission_context:aws:latest:1",
            "type": "permission_context", "external_id": external_id, "settings": given}  # fmt: skip


def test_a_context_of_an_account_says_of_nobody_who_they_are() -> None:
    found = Connections().open(view(ACCOUNT), lambda _id: "")
    assert (found.instance_arn, found.find_identity("ada@example.com"), found.role_arn) == (None, None, ROLE)


@pytest.mark.parametrize("by_setting", [True, False])
def test_a_context_of_an_instance_finds_people_in_its_identity_store(by_setting: bool) -> None:
    vendor = Memberships()
    own = view(ACCOUNT, instance_arn=vendor.instance) if by_setting else view(vendor.instance)
    found = Connections().open(own, lambda _id: "")
    assert found.find_identity("requester@example.com") == vendor.user_ids["requester@example.com"]
    # moto answers with everybody where it does not know a filter; so does nobody who is not asked for.
    assert found.find_identity("nobody@example.com") is None
    vendor.close()
