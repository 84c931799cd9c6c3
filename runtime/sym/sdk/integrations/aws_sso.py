"""AWS IAM Identity Center (once AWS SSO): groups and accounts."""
# ruff: noqa: PLC0414 - the aliases mark what this module re-exports

from __future__ import annotations

from typing import Any, cast

from sym.sdk._stubs import stubbed
from sym.sdk.exceptions.aws import AWSSSOError as AWSSSOError
from sym.sdk.integrations import _call
from sym.sdk.user import User


@stubbed
def is_user_in_group(user: User, *, group_name: str) -> bool:
    """Say whether the user is in the group. Raises ``AWSSSOError`` if there is no such group."""
    return bool(_call.ask("aws_sso", "is_user_in_group", user=user, group_name=group_name))


@stubbed
def list_groups() -> list[dict[str, Any]]:
    """Return the groups as the Identity Store describes them. Raises ``AWSSSOError``."""
    return cast("list[dict[str, Any]]", _call.ask("aws_sso", "list_groups"))


@stubbed
def users_in_group(group_name: str) -> list[User]:
    """Return who is in the group. Raises ``AWSSSOError``, also for groups of more than 20."""
    return _call.users(_call.ask("aws_sso", "users_in_group", group_name=group_name))


@stubbed
def list_accounts(organizational_unit_id: str | None = None) -> list[dict[str, Any]]:
    """Return AWS accounts.

    Args:
        organizational_unit_id: those directly in this unit; a root (``r-…``) for those in no unit; ``None`` for all.

    Raises:
        AWSSSOError: there is no such unit, or AWS failed.
    """
    answer = _call.ask("aws_sso", "list_accounts", organizational_unit_id=organizational_unit_id)
    return cast("list[dict[str, Any]]", answer)
