"""AWS IAM groups."""
# ruff: noqa: PLC0414 - the aliases mark what this module re-exports

from __future__ import annotations

from sym.sdk._stubs import stubbed
from sym.sdk.exceptions.aws import AWSIAMError as AWSIAMError
from sym.sdk.integrations import _call
from sym.sdk.user import User


@stubbed
def is_user_in_group(user: User, *, group_name: str) -> bool:
    """Say whether the user is in the group. Raises ``AWSIAMError`` if there is no such group."""
    return bool(_call.ask("aws_iam", "is_user_in_group", user=user, group_name=group_name))
