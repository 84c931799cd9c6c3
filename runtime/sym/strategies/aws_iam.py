"""``type = "aws_iam"``: access by membership of an AWS IAM group. People need an IAM user in the account."""

from __future__ import annotations

from sym.sdk.schema import attribute, schema

integration = "permission_context"


@schema
class Settings:
    """An AWS IAM strategy needs no settings."""


@schema
class Group:
    """An IAM group."""

    iam_group: str = attribute("The name of the group.")


targets = {"aws_iam_group": Group}
multiple = frozenset({"iam_group"})
