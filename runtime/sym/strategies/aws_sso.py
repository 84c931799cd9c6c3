"""``type = "aws_sso"``: access through AWS IAM Identity Center (AWS SSO).

A target is a permission set in an AWS account, which is assigned to the user for as long as the access lasts, or a
group of the identity store, which the user is put into. One strategy may have targets of both types. People are found
in the identity store by their e-mail address.
"""

from __future__ import annotations

from sym.sdk.schema import attribute, schema

integration = "permission_context"


@schema
class Settings:
    """Settings of an AWS SSO strategy."""

    instance_arn: str = attribute("The ARN of the IAM Identity Center instance.")


@schema
class PermissionSet:
    """A permission set in one AWS account."""

    permission_set_arn: str = attribute("The ARN of the permission set.")
    account_id: str = attribute("The id of the AWS account.")


@schema
class Group:
    """A group of the identity store."""

    group_id: str = attribute("The id of the group, a UUID.")


targets = {"aws_sso_permission_set": PermissionSet, "aws_sso_group": Group}
multiple = frozenset({"account_id", "group_id"})
