from __future__ import annotations

from sym.integrations import permission_context
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
